"""Bringing the tables to today's layout; safe when two processes do it at once."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, text

# Any number of our own; PostgreSQL knows the lock by it.
_LOCK = 0x6E62_6100


def upgrade(engine: Engine) -> None:
    """Runs the steps that lack, all of them in one transaction."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    with engine.begin() as connection:
        _only_one(connection)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _only_one(connection: Connection) -> None:
    """Waits for another process that migrates; SQLite's transactions do so by themselves."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL statement_timeout = '10min'"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
