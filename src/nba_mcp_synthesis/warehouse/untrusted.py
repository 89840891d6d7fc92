"""Queries whose SQL comes from outside: through the gate, in a worker, in pages, with what to beware of."""

import base64
import binascii
import hashlib
import json
from dataclasses import astuple, dataclass, replace
from functools import cached_property
from time import perf_counter
from typing import Protocol

from pydantic_core import from_json

from nba_mcp_synthesis.errors import UsageError, WorkerLost
from nba_mcp_synthesis.facts import Pool, Result, Scan
from nba_mcp_synthesis.shapes import JsonValue
from nba_mcp_synthesis.telemetry.traces import queried
from nba_mcp_synthesis.warehouse.cautions import Cautions
from nba_mcp_synthesis.warehouse.engine import State, Warehouse, of_state
from nba_mcp_synthesis.warehouse.guard import Checked
from nba_mcp_synthesis.warehouse.limits import Limits

_NO_PAGES = "There is no next page, since the query gives other rows each time that it runs."


@dataclass(frozen=True)
class Fetched:
    """What a statement returned: `text` is a JSON array of `count` rows, from `state` of the warehouse.

    `scan` says what reading cost, where the engine is paid by the byte.
    """

    columns: tuple[str, ...]
    text: bytes
    count: int
    notes: tuple[str, ...]
    state: State
    scan: Scan | None = None


class Judge(Protocol):
    """Decides by the statement alone whether it may run."""

    def check(self, sql: str) -> Checked:
        """The statement as it may run.

        Raises:
            QueryRefused: it may not; the message says what and why, the hint what to send instead.
        """


class Runner(Protocol):
    """Runs statements from outside. Safe to use from several threads."""

    def warm(self) -> None:
        """Gets ready for the first one; errors as of `engine.Warehouse.state`."""

    def run(self, sql: str, bounds: Limits, skip: int = 0) -> Fetched:
        """At most the rows and bytes of `bounds`, `skip` rows left out.

        Raises:
            Busy, LimitExceeded, QueryFailed, NoWarehouse, WarehouseOutdated, WarehouseDown: see
                `engine.Warehouse.query`.
            WorkerLost: its process ended; nothing else was touched.
        """

    def close(self) -> None:
        """Lets go of everything; what is used afterwards starts anew."""

    def pool(self) -> Pool:
        """How many of what statements run in are used."""


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

    def __init__(self, warehouse: Warehouse, gate: Judge, runner: Runner, cautions: Cautions) -> None:
        self.limits = warehouse.limits
        self.engine = warehouse.engine
        self._gate = gate
        self._runner = runner
        self._cautions = cautions

    def warm(self) -> None:
        """Gets ready for the first query; NoWarehouse, WarehouseOutdated, WarehouseDown where it cannot."""
        self._runner.warm()

    def close(self) -> None:
        """Ends what runs."""
        self._runner.close()

    def pool(self) -> Pool:
        """How many of the connections that statements run in are used."""
        return self._runner.pool()

    def run(self, sql: str, limit: int, cursor: str | None = None) -> Page:
        """The next `limit` rows of the query.

        Pages follow one another without gap or overlap: the order of a query is the same each time on
        one state of the data, and a cursor is only good for the state it came from. A query that gives
        other rows each time it runs has no second page.

        Raises:
            QueryRefused: the gate did not let it through.
            QueryFailed, LimitExceeded, Busy, WorkerLost, NoWarehouse, WarehouseOutdated: as the runner says.
            UsageError: the cursor is of another query or of a state that has been replaced.
        """
        checked = self._gate.check(sql)
        told = _read(cursor, checked.sql) if cursor else None
        skip = told.skip if told else 0
        self._runner.warm()  # a first worker starts while the cautions are gathered
        cautions = self._cautions.of(checked.sql) if checked.relations else ()
        started = perf_counter()
        bounds = replace(self.limits, rows=min(limit, self.limits.rows))
        with queried(self.engine, checked.sql):
            found = self._runner.run(checked.sql, bounds, skip)
        bare = Result(found.columns, (), checked.sql, engine=self.engine, notes=found.notes, scan=found.scan)
        head = of_state(bare, found.state, started)
        if told and told.snapshot != found.state.snapshot:
            raise UsageError("New data were loaded since that page.", "Ask for the first page again.")
        following, more = _following(checked, found, skip)
        notes = (*found.notes, *cautions, *more, *_cost(found.scan))
        return Page(replace(head, notes=notes), found.text, found.count, following)


def _cost(scan: Scan | None) -> tuple[str, ...]:
    if scan is None:
        return ()
    return (f"Reading this took {scan.bytes / 1e6:,.1f} MB of the lake, about ${scan.cost_usd:.6f}.",)


def _following(checked: Checked, found: Fetched, skip: int) -> tuple[str | None, tuple[str, ...]]:
    """(cursor of the next page, what is to be said where there can be none)."""
    if not found.notes:
        return None, ()
    if not checked.is_repeatable:
        return None, (_NO_PAGES,)
    return _written(_Cursor(_digest(checked.sql), found.state.snapshot, skip + found.count)), ()


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
