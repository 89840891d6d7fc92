"""Reading the published tables by Athena: bounded in rows, bytes, seconds, and in what a query may scan.

Tables of the Glue catalogue change one after the other, so a query counts only if the catalogue says before
and after it that it has one and the same state (see `lake.registration`).
"""

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from time import monotonic
from typing import Any

from nba_mcp_synthesis.engine_addresses import AthenaAddress
from nba_mcp_synthesis.errors import Busy, LimitExceeded, Unavailable
from nba_mcp_synthesis.facts import Scan
from nba_mcp_synthesis.warehouse.athena import reasons
from nba_mcp_synthesis.warehouse.athena.catalogue import CatalogueReader
from nba_mcp_synthesis.warehouse.athena.execution import Executions
from nba_mcp_synthesis.warehouse.limits import Limits
from nba_mcp_synthesis.warehouse.over_lake import OverLake
from nba_mcp_synthesis.warehouse.published import State, runnable

_SEEN_SECONDS = 1.0
_MB, _TB = 1_000_000, 10**12
# Athena bills at least so many bytes for a query.
_LEAST_BILLED = 10 * _MB


@dataclass(frozen=True, slots=True)
class Budget:
    """What one query may read (0 for no limit), and the price of a TB."""

    scan_mb: int = 10_000
    usd_per_tb: float = 5.0

    def scan(self, scanned: int) -> Scan:
        """What reading so many bytes costs."""
        billed = max(scanned, _LEAST_BILLED) if scanned else 0
        return Scan(scanned, billed / _TB * self.usd_per_tb)


class AthenaWarehouse(OverLake):
    """Read access to the tables of a Glue database. Safe to use from several threads."""

    engine, dialect = "athena", "trino"

    def __init__(
        self,
        address: AthenaAddress,
        database: str,
        limits: Limits | None = None,
        concurrency: int = 4,
        budget: Budget | None = None,
    ) -> None:
        super().__init__(limits, concurrency)
        self._address, self._database = address, database
        self._budget = budget or Budget()
        self._catalogue = CatalogueReader(database)
        self._opening = threading.Lock()
        self._executions: Executions | None = None
        self._seen: tuple[State, float] | None = None

    @property
    def place(self) -> str:
        """The database and the workgroup."""
        return f"athena:///{self._database} (workgroup {self._address.workgroup})"

    def state(self) -> State:
        """The newest state that is registered; see `engine.Warehouse` for the errors."""
        with self._look_alone():
            seen = self._seen
            if seen is not None and monotonic() - seen[1] < _SEEN_SECONDS:
                return seen[0]
            return self._look()

    def known_state(self) -> State | None:
        """The state that was seen a moment ago, else None."""
        seen = self._seen
        return seen[0] if seen is not None and monotonic() - seen[1] < _SEEN_SECONDS else None

    @contextlib.contextmanager
    def opened(self, sql: str, bounds: Limits, skip: int) -> Iterator[tuple[Any, State, Scan]]:
        """(rows to fetch, the state that they are of, what was read for them) of a query."""
        with self._places.place(bounds.seconds):
            executions, before = self._open(), self.state()
            text = runnable(sql, self.dialect, lambda name: name, skip + bounds.rows + 1)
            with contextlib.closing(executions.run(text, bounds)) as found:
                self._check_unchanged(before)
                scan = self._budget.scan(int(found.data_scanned_in_bytes or 0))
                self._check_scan(scan)
                with reasons.told(self.place):
                    yield found, before, scan

    def ask(self) -> None:
        """Asks for the workgroup, which costs nothing."""
        self._open().cutoff()

    def close(self) -> None:
        """Lets go of what waits for queries."""
        with self._opening:
            if self._executions is not None:
                self._executions.close()
            self._executions = self._seen = None

    def _look(self) -> State:
        state = self._catalogue.state()
        self._seen = state, monotonic()
        return state

    def _open(self) -> Executions:
        with self._opening:
            if self._executions is None:
                made = Executions(self._address, self._database, self.concurrency)
                self._check_workgroup(made)
                self._executions = made
            return self._executions

    def _check_workgroup(self, executions: Executions) -> None:
        most = self._budget.scan_mb * _MB
        if not most:
            return
        cutoff = executions.cutoff()
        if cutoff is None or cutoff > most:
            has = "no limit" if cutoff is None else f"a limit of {cutoff // _MB:,} MB"
            raise Unavailable(
                f"The Athena workgroup {self._address.workgroup} has {has} for what one query reads, and "
                f"NBA_MCP_ATHENA_SCAN_MB allows {self._budget.scan_mb:,} MB.",
                "Set BytesScannedCutoffPerQuery of the workgroup to that or less, or raise the setting "
                "(0 for no limit).",
            )

    def _check_unchanged(self, before: State) -> None:
        with self._look_alone():
            if self._look().key != before.key:
                raise Busy("New data were published while the query ran.", "Send it again.")

    def _check_scan(self, scan: Scan) -> None:
        most = self._budget.scan_mb * _MB
        if most and scan.bytes > most:
            raise LimitExceeded(
                f"The query read {scan.bytes // _MB:,} MB; one may read {self._budget.scan_mb:,} MB.",
                "Filter on season and season_type, or name fewer columns.",
            )
