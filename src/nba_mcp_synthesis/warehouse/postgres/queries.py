"""Statements from outside in PostgreSQL: as the query of a cursor, with rows as the JSON text callers get."""

import contextlib
from collections.abc import Iterator
from typing import Any

from psycopg import ServerCursor

from nba_mcp_synthesis.errors import LimitExceeded
from nba_mcp_synthesis.warehouse.limits import Limits
from nba_mcp_synthesis.warehouse.postgres.sessions import Session
from nba_mcp_synthesis.warehouse.postgres.values import kind
from nba_mcp_synthesis.warehouse.postgres_engine import PostgresWarehouse
from nba_mcp_synthesis.warehouse.untrusted import Fetched
from nba_mcp_synthesis.warehouse.workers.encoding import Encoded, RowTooLargeError, encode

# The size of the first row is known before many are held.
_FIRST_ROWS = 1


class PostgresRunner:
    """Runs what the gate let through on a warehouse, in the sessions of that. Safe to use from threads."""

    def __init__(self, warehouse: PostgresWarehouse) -> None:
        self._warehouse = warehouse

    def warm(self) -> None:
        """Opens a session for the first query; see `engine.Warehouse.state` for the errors."""
        self._warehouse.state()

    def close(self) -> None:
        """Ends the sessions."""
        self._warehouse.close()

    def run(self, sql: str, bounds: Limits, skip: int = 0) -> Fetched:
        """At most the rows and bytes of `bounds`, `skip` rows left out; see `Runner` for the errors."""
        warehouse = self._warehouse
        with warehouse.places.place(bounds.seconds), warehouse.sessions.reading(bounds) as (session, about):
            state = warehouse.state_of(about)
            opened = _plan if sql[:7].upper() == "EXPLAIN" else _rows
            with opened(session, sql, skip) as rows:
                found = _encoded(rows, bounds)
        notes = {"rows": (bounds.cut_by_rows(),), "bytes": (bounds.cut_by_bytes(found.rows),)}.get(
            found.cut, ()
        )
        return Fetched(tuple(name for name, _ in rows.description), found.text, found.rows, notes, state)


class _Rows:
    """Rows with the names and kinds of their columns."""

    def __init__(self, cursor: Any, rows: list[tuple[Any, ...]] | None = None) -> None:
        self.description = [(column.name, kind(column.type_code)) for column in cursor.description or ()]
        self._cursor, self._rows = cursor, rows

    def fetchmany(self, size: int = 1) -> list[tuple[Any, ...]]:
        """The next rows; none at the end."""
        if self._rows is None:
            found: list[tuple[Any, ...]] = self._cursor.fetchmany(size)
            return found
        found, self._rows = self._rows[:size], self._rows[size:]
        return found


@contextlib.contextmanager
def _rows(session: Session, sql: str, skip: int) -> Iterator[_Rows]:
    with ServerCursor(session, "asked", scrollable=False) as cursor:
        cursor.execute(sql.encode())
        if skip:
            cursor.scroll(skip)
        yield _Rows(cursor)


@contextlib.contextmanager
def _plan(session: Session, sql: str, skip: int) -> Iterator[_Rows]:
    """EXPLAIN is no query that a cursor can have; streaming it takes the extended protocol too."""
    with session.cursor() as cursor:
        yield _Rows(cursor, list(cursor.stream(sql.encode()))[skip:])


def _encoded(rows: _Rows, bounds: Limits) -> Encoded:
    try:
        return encode(rows, bounds.rows, bounds.bytes, 0, _FIRST_ROWS)
    except RowTooLargeError:
        raise bounds.row_too_large() from None
    except (ValueError, OverflowError, RecursionError):
        raise LimitExceeded("A value of the result cannot be shown.", "Cast it to text.") from None
