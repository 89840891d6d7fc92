"""What warehouses over a published lake have in common: an engine elsewhere does the work, in our bounds."""

import contextlib
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager
from time import perf_counter
from typing import Any

from nba_mcp_synthesis.errors import LakeDown
from nba_mcp_synthesis.facts import Pool, Result, Scan
from nba_mcp_synthesis.warehouse.dialect import written
from nba_mcp_synthesis.warehouse.engine import of_state, read_whole
from nba_mcp_synthesis.warehouse.fetching import fetch
from nba_mcp_synthesis.warehouse.limits import Limits, Places
from nba_mcp_synthesis.warehouse.probing import Probe
from nba_mcp_synthesis.warehouse.published import State

# So long waits who wants to know the state while somebody else looks.
_LOOK_SECONDS = 10.0


class OverLake(ABC):
    """Read access to published tables; see `engine.Warehouse`. Safe to use from several threads."""

    engine: str
    dialect: str
    memory_mb = 0  # it is the engine's own

    def __init__(self, limits: Limits | None, concurrency: int) -> None:
        self.limits = limits or Limits()
        self.concurrency = concurrency
        self._places = Places(concurrency)
        self._looking = threading.Lock()
        self._probe = Probe(self.engine.capitalize(), self.ask)

    @property
    @abstractmethod
    def place(self) -> str:
        """Where the data are, as people may read it."""

    @abstractmethod
    def state(self) -> State:
        """The newest state."""

    @abstractmethod
    def known_state(self) -> State | None:
        """The state that was seen a moment ago, else None."""

    @abstractmethod
    def ask(self) -> None:
        """Waits for a sign of life of the engine; WarehouseDown where there is none."""

    def probe(self) -> None:
        """Raises what was wrong with the engine when it was last asked, which is less than a minute ago."""
        self._probe.check()

    @abstractmethod
    def opened(
        self, sql: str, bounds: Limits, skip: int
    ) -> AbstractContextManager[tuple[Any, State, Scan | None]]:
        """(rows to fetch, the state that they are of, what was read for them) of a query, in its place."""

    @abstractmethod
    def close(self) -> None:
        """Lets go of what waits for queries."""

    @contextlib.contextmanager
    def _look_alone(self) -> Iterator[None]:
        """One at a time looks for the state; LakeDown for those who would wait behind one that hangs."""
        if not self._looking.acquire(timeout=_LOOK_SECONDS):
            raise LakeDown(
                f"The state of {self.place} has not been told for {_LOOK_SECONDS:g} s.",
                "Does the lake answer? Try again in a moment.",
            )
        try:
            yield
        finally:
            self._looking.release()

    def query(self, sql: str, limits: Limits | None = None, skip: int = 0) -> Result:
        """Runs one SELECT and returns at most the rows and bytes of `limits`, `skip` rows left out.

        Raises:
            Busy, LimitExceeded, QueryFailed, NoWarehouse, WarehouseOutdated, WarehouseDown: see
                `engine.Warehouse`.
        """
        bounds = limits or self.limits
        started = perf_counter()
        with self.opened(sql, bounds, skip) as (found, state, scan):
            rows, notes = fetch(found, bounds, skip)
            columns = tuple(column[0] for column in found.description or ())
        result = Result(columns, rows, sql, engine=self.engine, notes=notes, scan=scan)
        return of_state(result, state, started)

    def read(self, sql: str) -> Result:
        """Runs a query of our own, whose result must not be cut: LimitExceeded where it would be."""
        return read_whole(self, written(sql, self.dialect))

    def counted(self, sql: str) -> Result:
        """The same as `read`."""
        return self.read(sql)

    def pool(self) -> Pool:
        """How many of the places for queries are held; there is nothing that would be kept open."""
        return Pool(self.engine, self._places.taken, 0, self.concurrency)
