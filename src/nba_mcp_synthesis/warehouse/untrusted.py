"""Queries whose SQL comes from outside: through the gate, in a worker, in pages, with what to beware of."""

import base64
import binascii
import hashlib
import json
from dataclasses import astuple, dataclass, replace
from functools import cached_property
from time import perf_counter

from pydantic_core import from_json

from nba_mcp_synthesis.errors import UsageError, WorkerLost
from nba_mcp_synthesis.facts import Result
from nba_mcp_synthesis.shapes import JsonValue
from nba_mcp_synthesis.warehouse.cautions import Cautions
from nba_mcp_synthesis.warehouse.duckdb_engine import DuckDBWarehouse
from nba_mcp_synthesis.warehouse.guard import Checked, Gate
from nba_mcp_synthesis.warehouse.workers.pool import Fetched, WorkerPool

_NO_PAGES = "There is no next page, since the query gives other rows each time that it runs."


@dataclass(frozen=True)
class _Cursor:
    """Where a page ended: of which query, on which state, after how many rows."""

    query: str
    snapshot: str
    skip: int


@dataclass(frozen=True)
class Page:
    """One page of a result; `next_cursor` fetches the next one, None on the last.

    `rows_text` is a JSON array of `count` rows, as the worker wrote it; `head` has everything but the rows.
    """

    head: Result
    rows_text: bytes
    count: int
    next_cursor: str | None

    @cached_property
    def result(self) -> Result:
        """The page with its rows, whose values are as JSON has them (`shapes.json_value`)."""
        return replace(self.head, rows=tuple(map(tuple, self.rows())))

    def rows(self) -> list[list[JsonValue]]:
        """The rows; WorkerLost where the worker wrote what is no JSON."""
        try:
            found: list[list[JsonValue]] = from_json(self.rows_text)
        except ValueError as error:
            raise WorkerLost(
                "The query's process gave rows that cannot be read.", "Send it again."
            ) from error
        return found


class UntrustedQueries:
    """Runs SQL from outside on a warehouse."""

    def __init__(
        self, warehouse: DuckDBWarehouse, cautions: Cautions | None = None, pool: WorkerPool | None = None
    ) -> None:
        self.limits = warehouse.limits
        self._pool = pool or WorkerPool(warehouse, warehouse.concurrency, warehouse.memory_mb)
        self._gate = Gate()
        self._cautions = cautions or Cautions(warehouse)

    def warm(self) -> None:
        """Starts a worker for the first query; NoWarehouse, WarehouseOutdated where it could open nothing."""
        self._pool.warm()

    def close(self) -> None:
        """Ends the workers."""
        self._pool.close()

    def run(self, sql: str, limit: int, cursor: str | None = None) -> Page:
        """The next `limit` rows of the query.

        Pages follow one another without gap or overlap: the order of a query is the same each time on
        one state of the data, and a cursor is only good for the state it came from. A query that gives
        other rows each time it runs has no second page.

        Raises:
            QueryRefused: the gate did not let it through.
            QueryFailed, LimitExceeded, Busy, WorkerLost, NoWarehouse, WarehouseOutdated: as the pool says.
            UsageError: the cursor is of another query or of a state that has been replaced.
        """
        checked = self._gate.check(sql)
        told = _read(cursor, checked.sql) if cursor else None
        skip = told.skip if told else 0
        self._pool.warm()  # a first worker starts while the cautions are gathered
        cautions = self._cautions.of(checked.sql) if checked.relations else ()
        started = perf_counter()
        found = self._pool.run(checked.sql, replace(self.limits, rows=min(limit, self.limits.rows)), skip)
        elapsed_ms = round((perf_counter() - started) * 1000, 3)
        if told and told.snapshot != found.state.snapshot:
            raise UsageError("New data were loaded since that page.", "Ask for the first page again.")
        following, more = _following(checked, found, skip)
        notes = (*found.notes, *cautions, *more)
        return Page(_head(checked.sql, found, elapsed_ms, notes), found.text, found.count, following)


def _following(checked: Checked, found: Fetched, skip: int) -> tuple[str | None, tuple[str, ...]]:
    """(cursor of the next page, what is to be said where there can be none)."""
    if not found.notes:
        return None, ()
    if not checked.is_repeatable:
        return None, (_NO_PAGES,)
    return _written(_Cursor(_digest(checked.sql), found.state.snapshot, skip + found.count)), ()


def _head(sql: str, found: Fetched, elapsed_ms: float, notes: tuple[str, ...]) -> Result:
    return Result(
        columns=found.columns,
        rows=(),
        sql=sql,
        truncated=bool(found.notes),
        elapsed_ms=elapsed_ms,
        data_as_of=found.state.data_as_of,
        simulated=found.state.simulated,
        snapshot=found.state.snapshot,
        notes=notes,
    )


def _written(cursor: _Cursor) -> str:
    return base64.urlsafe_b64encode(json.dumps(astuple(cursor)).encode()).decode()


def _read(text: str, sql: str) -> _Cursor:
    try:
        query, snapshot, skip = json.loads(base64.b64decode(text, altchars=b"-_", validate=True))
        cursor = _Cursor(str(query), str(snapshot), int(skip))
    except (binascii.Error, ValueError, TypeError, OverflowError, RecursionError) as error:
        raise UsageError("The cursor is not one that this server gave.", "Ask for the first page.") from error
    if cursor.query != _digest(sql) or cursor.skip < 0:
        raise UsageError("The cursor belongs to another query.", "Send the same SQL with it.")
    return cursor


def _digest(sql: str) -> str:
    return hashlib.sha256(sql.encode("utf-8", "surrogatepass")).hexdigest()[:16]
