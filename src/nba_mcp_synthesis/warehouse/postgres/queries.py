"""Statements from outside in PostgreSQL: as the query of a cursor, with rows as the JSON text callers get."""

from collections.abc import Sequence
from typing import Any

from psycopg import Column

from nba_mcp_synthesis.errors import LimitExceeded
from nba_mcp_synthesis.facts import Pool
from nba_mcp_synthesis.warehouse.fetching import Rows as Fetching
from nba_mcp_synthesis.warehouse.limits import Limits
from nba_mcp_synthesis.warehouse.postgres.asked import Asked
from nba_mcp_synthesis.warehouse.postgres.session import Session
from nba_mcp_synthesis.warehouse.postgres.values import kind
from nba_mcp_synthesis.warehouse.postgres_engine import PostgresWarehouse
from nba_mcp_synthesis.warehouse.untrusted import Fetched
from nba_mcp_synthesis.warehouse.workers.encoding import Encoded, RowTooLargeError, encode

# How large rows are is known before many of them are held; as many of the largest have room (see `session`).
_FIRST_ROWS = 4


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

    def pool(self) -> Pool:
        """How many sessions are used; those that only look at the state are among them."""
        busy, idle = self._warehouse.sessions.sizes()
        return Pool("postgres", busy, idle, self._warehouse.concurrency)

    def run(self, sql: str, bounds: Limits, skip: int = 0) -> Fetched:
        """At most the rows and bytes of `bounds`, `skip` rows left out; see `Runner` for the errors."""
        warehouse = self._warehouse
        with warehouse.places.place(bounds.seconds), warehouse.sessions.reading(bounds) as (session, about):
            state = warehouse.state_of(about)
            rows = _asked(session, sql, skip)
            found = _encoded(rows, bounds)
        notes = {"rows": (bounds.cut_by_rows(),), "bytes": (bounds.cut_by_bytes(found.rows),)}.get(
            found.cut, ()
        )
        return Fetched(tuple(name for name, _ in rows.description), found.text, found.rows, notes, state)


class _Rows:
    """Rows with the names and kinds of their columns."""

    def __init__(self, columns: Sequence[Column], rows: Fetching) -> None:
        self.description = [(column.name, kind(column.type_code)) for column in columns]
        self.fetchmany = rows.fetchmany


class _Plan:
    """The few rows of a plan, all there."""

    def __init__(self, rows: list[tuple[Any, ...]]) -> None:
        self._rows = rows

    def fetchmany(self, size: int = 1) -> list[tuple[Any, ...]]:
        """The next rows; none at the end."""
        found, self._rows = self._rows[:size], self._rows[size:]
        return found


def _asked(session: Session, sql: str, skip: int) -> _Rows:
    if sql[:7].upper() == "EXPLAIN":
        return _plan(session, sql, skip)
    asked = Asked(session, sql, skip, _FIRST_ROWS)
    return _Rows(asked.columns, asked)


def _plan(session: Session, sql: str, skip: int) -> _Rows:
    """EXPLAIN is no query that a cursor can have; streaming it takes the extended protocol too."""
    with session.cursor() as cursor:
        rows = list(cursor.stream(sql.encode()))
        return _Rows(cursor.description or (), _Plan(rows[skip:]))


def _encoded(rows: _Rows, bounds: Limits) -> Encoded:
    try:
        return encode(rows, bounds.rows, bounds.bytes, 0, _FIRST_ROWS)
    except RowTooLargeError:
        raise bounds.row_too_large() from None
    except (ValueError, OverflowError, RecursionError):
        raise LimitExceeded("A value of the result cannot be shown.", "Cast it to text.") from None
