"""Values as Python has them: the same from PostgreSQL as from DuckDB."""

from datetime import timedelta
from typing import Any

import psycopg
from psycopg.abc import Buffer
from psycopg.adapt import Loader
from psycopg.types.datetime import IntervalLoader

Numeric = int | float
_MOST_DIGITS = 300  # longer ones are beyond the range of doubles

# Types by the names that DuckDB has for them, for whoever writes rows as JSON.
_KINDS = {
    16: "BOOLEAN",
    21: "SMALLINT",
    23: "INTEGER",
    20: "BIGINT",
    700: "FLOAT",
    701: "DOUBLE",
    25: "VARCHAR",
    1042: "VARCHAR",
    1043: "VARCHAR",
    1082: "DATE",
}


class NumericLoader(Loader):
    """Whole numbers as int, others as float: how many digits a quotient has is not a part of its value."""

    def load(self, data: Buffer) -> Numeric:
        """The number that a text says."""
        text = bytes(data)
        if len(text) > _MOST_DIGITS and text.strip(b"-.0123456789") == b"":
            raise psycopg.DataError("a number has more digits than can be told")
        return int(text) if text.lstrip(b"-").isdigit() else float(text)


class JsonLoader(Loader):
    """JSON as the text that it is, as DuckDB gives it."""

    def load(self, data: Buffer) -> str:
        """The text."""
        return bytes(data).decode()


class FiniteIntervalLoader(IntervalLoader):
    """Intervals, but for infinite ones, which the library reads as no time at all."""

    def load(self, data: Buffer) -> timedelta:
        """The interval that a text says."""
        if b"infinity" in bytes(data):
            raise psycopg.DataError("an interval is infinite")
        return super().load(data)


def adapt(connection: psycopg.Connection[tuple[Any, ...]]) -> None:
    """Has a connection give values as DuckDB does."""
    connection.adapters.register_loader("numeric", NumericLoader)
    connection.adapters.register_loader("interval", FiniteIntervalLoader)
    connection.adapters.register_loader("json", JsonLoader)
    connection.adapters.register_loader("jsonb", JsonLoader)


def kind(oid: int) -> str:
    """A type by the name that DuckDB has for it."""
    return _KINDS.get(oid, "OTHER")
