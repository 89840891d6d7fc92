"""The tables of the state database. A change here needs a migration; a test compares the two."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
)
from sqlalchemy.types import TypeDecorator

HEAD = "0003"  # the newest migration


class UtcTime(TypeDecorator[datetime]):
    """A moment. Takes ISO text too, as the journal has it; always gives it with its zone, which is UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - as the base
        """To the database."""
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
        return moment.astimezone(UTC) if moment else None

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - as the base
        """From the database; SQLite forgets zones."""
        if value is None:
            return None
        moment: datetime = value
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


metadata = MetaData(
    naming_convention={"pk": "%(table_name)s_pkey", "fk": "%(table_name)s_%(column_0_name)s_fkey"}
)


def _text(name: str, **options: Any) -> "Column[str]":
    return Column(name, Text, **{"nullable": False, **options})


def _of_answer() -> "tuple[Column[str], Column[int]]":
    """Which answer a row belongs to, and its place there; together they are its name."""
    owner = ForeignKey("answers.record", ondelete="CASCADE")
    return Column("record", Text, owner, primary_key=True), Column("place", Integer, primary_key=True)


answers = Table(
    "answers",
    metadata,
    _text("record", primary_key=True),
    _text("id"),
    Column("asked_at", UtcTime, nullable=False),
    _text("door"),
    _text("caller"),
    _text("request_id", nullable=True),
    _text("question"),
    _text("previous", nullable=True),
    _text("status"),
    Column("confidence", Double, nullable=False),
    Column("cost_usd", Double, nullable=False),
    Column("tokens", Integer, nullable=False),
    Column("seconds", Double, nullable=False),
    _text("snapshot"),
    _text("data_as_of", nullable=True),
    Column("simulated", Boolean, nullable=False),
    Column("cached", Boolean, nullable=False),
    Column("body", JSON, nullable=False),
    Index("answers_asked_at", "asked_at"),
    Index("answers_id", "id"),
)
evidence = Table(
    "evidence",
    metadata,
    *_of_answer(),
    _text("id"),
    _text("sql"),
    _text("engine"),
    Column("columns", JSON, nullable=False),
    Column("row_count", Integer, nullable=False),
    _text("rows_sha256"),
    _text("written_by", nullable=True),
    Column("rows", JSON),
)
model_calls = Table(
    "model_calls",
    metadata,
    *_of_answer(),
    Column("called_at", UtcTime, nullable=False),
    _text("voice"),
    _text("outcome"),
    Column("tokens", Integer, nullable=False),
    Column("cost_usd", Double, nullable=False),
    Column("seconds", Double, nullable=False),
    Index("model_calls_called_at", "called_at"),
)
model_requests = Table(
    "model_requests",
    metadata,
    *_of_answer(),
    _text("voice"),
    _text("model"),
    _text("outcome"),
    Column("input_tokens", Integer, nullable=False),
    Column("output_tokens", Integer, nullable=False),
    Column("cost_usd", Double, nullable=False),
    Column("seconds", Double, nullable=False),
    _text("prompt"),
    _text("reply"),
)
api_keys = Table(
    "api_keys",
    metadata,
    _text("id", primary_key=True),
    _text("name"),
    _text("hash"),
    Column("scopes", JSON, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime),
    Column("revoked_at", UtcTime),
    Column("last_used_at", UtcTime),
)
audit_log = Table(
    "audit_log",
    metadata,
    _text("record", primary_key=True),
    Column("at", UtcTime, nullable=False),
    _text("caller"),
    _text("action"),
    _text("outcome"),
    _text("request_id", nullable=True),
    Column("rows", Integer),
    Column("cost_usd", Double),
    Column("seconds", Double),
    Column("detail", JSON),
    Index("audit_log_at", "at"),
)
