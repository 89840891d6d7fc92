"""Engines of the state database. They word no statement's values in errors, and end what takes too long."""

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, QueuePool, create_engine, event, text
from sqlalchemy.exc import DisconnectionError

_WAIT_SECONDS = 10


def sqlite_engine(path: Path) -> Engine:
    """An engine over a file, which is made, readable for its owner only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    engine = create_engine(
        "sqlite://", creator=lambda: _open(path), hide_parameters=True, poolclass=QueuePool, pool_size=2
    )

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # The whole lock at once: after another's write, a transaction that began by reading cannot write.
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _open(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=_WAIT_SECONDS, isolation_level=None, check_same_thread=False)
    # FULL: what was committed outlives the machine's power, since its journal file is removed then.
    for setting in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {setting}")
    return connection


def postgres_engine(connect: Callable[..., Any], login: Callable[[], object] = lambda: None) -> Engine:
    """An engine over connections that `connect` makes, with the login then; PgBouncer may be between.

    `login` gives what tells one login from another: connections of an earlier one are made anew when they are
    wanted next, and work that is under way finishes in its own.
    """
    engine = create_engine(
        "postgresql+psycopg://",
        creator=lambda: connect(prepare_threshold=None),
        hide_parameters=True,
        use_native_hstore=False,
        pool_size=2,
        max_overflow=4,
        pool_timeout=_WAIT_SECONDS,
        pool_recycle=900,
        pool_pre_ping=True,
    )

    @event.listens_for(engine, "connect")
    def connected(_: Any, record: Any) -> None:
        record.info["login"] = login()

    @event.listens_for(engine, "checkout")
    def checked_out(_: Any, record: Any, __: Any) -> None:
        if record.info.get("login") != login():
            raise DisconnectionError("the login was changed")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.execute(text(f"SET LOCAL statement_timeout = '{_WAIT_SECONDS}s'"))

    return engine
