"""What every warehouse engine does, and all that the rest of the product knows of one."""

from dataclasses import replace
from time import perf_counter
from typing import Protocol

from nba_mcp_synthesis.errors import LimitExceeded
from nba_mcp_synthesis.facts import Result
from nba_mcp_synthesis.warehouse.limits import Limits

# Bounds of the product's own queries, which settings for callers do not touch.
OWN_ROWS, OWN_BYTES = 100_000, 100_000_000


class State(Protocol):
    """One state of a warehouse."""

    @property
    def snapshot(self) -> str:
        """Its name, which changes with every load."""

    @property
    def data_as_of(self) -> str | None:
        """Date of the newest game (ISO)."""

    @property
    def simulated(self) -> bool:
        """True for the demo league."""


class Warehouse(Protocol):
    """Read access to one warehouse. Safe to use from several threads."""

    @property
    def engine(self) -> str:
        """Name of the engine, as evidence and /v1/policy tell it."""

    @property
    def dialect(self) -> str:
        """The SQL that `query` takes, by the name that sqlglot knows it under."""

    @property
    def place(self) -> str:
        """Where the data are, as people may read it: without a password."""

    @property
    def limits(self) -> Limits:
        """The bounds of a query that brings none of its own."""

    @property
    def concurrency(self) -> int:
        """Queries that run at the same time."""

    @property
    def memory_mb(self) -> int:
        """Memory that one query may use, in MiB."""

    def state(self) -> State:
        """The newest state.

        Raises:
            NoWarehouse: there are no data.
            WarehouseOutdated: they have another layout.
            WarehouseDown: the server does not answer.
        """

    def known_state(self) -> State | None:
        """The newest state where that can be told at once; None where it would have to be waited for."""

    def query(self, sql: str, limits: Limits | None = None, skip: int = 0) -> Result:
        """Runs one SELECT, in this engine's dialect, and returns at most the rows and bytes of `limits`.

        Raises:
            Busy: no place became free within the deadline.
            LimitExceeded: the query was stopped at its deadline, or outgrew the engine's memory.
            QueryFailed: the engine could not run it; its reason is in the message.
            NoWarehouse, WarehouseOutdated, WarehouseDown: as `state` says.
        """

    def read(self, sql: str) -> Result:
        """Runs a query of the product's own (see `dialect.py`), whose result must not be cut.

        Raises:
            LimitExceeded: it would be cut; otherwise as `query` says.
        """

    def counted(self, sql: str) -> Result:
        """The same as `read`, for what only a load changes: it may have been counted then."""

    def close(self) -> None:
        """Lets go of everything that is held open."""


def of_state(result: Result, state: State, started: float) -> Result:
    """A result with what it speaks about, and the time since `started`."""
    return replace(
        result,
        truncated=bool(result.notes),
        elapsed_ms=round((perf_counter() - started) * 1000, 3),
        data_as_of=state.data_as_of,
        simulated=state.simulated,
        snapshot=state.snapshot,
    )


def read_whole(warehouse: Warehouse, sql: str) -> Result:
    """The result of a query of our own, in the engine's dialect; LimitExceeded where it would be cut."""
    result = warehouse.query(sql, Limits(OWN_ROWS, OWN_BYTES, warehouse.limits.seconds))
    if result.truncated:
        raise LimitExceeded(f"An internal query has more than {OWN_ROWS:,} rows: {sql[:200]}")
    return result
