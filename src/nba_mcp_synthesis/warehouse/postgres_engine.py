"""Reading a PostgreSQL warehouse: read-only transactions, bounded queries, sessions that keep nothing.

Each call is one transaction that sees one state, and reads with it what that state is called. What a caller
sends goes through the extended protocol, which takes one statement, as the query of a cursor, which can be
nothing but a query.
"""

import threading
from dataclasses import dataclass, replace
from functools import partial
from time import monotonic, perf_counter

from nba_mcp_synthesis.facts import Result, Row
from nba_mcp_synthesis.telemetry.traces import queried
from nba_mcp_synthesis.warehouse import kept, migrations
from nba_mcp_synthesis.warehouse.dialect import written
from nba_mcp_synthesis.warehouse.engine import of_state, read_whole
from nba_mcp_synthesis.warehouse.fetching import fetch
from nba_mcp_synthesis.warehouse.limits import Limits, Places
from nba_mcp_synthesis.warehouse.postgres import reasons
from nba_mcp_synthesis.warehouse.postgres.address import Address
from nba_mcp_synthesis.warehouse.postgres.asked import Asked
from nba_mcp_synthesis.warehouse.postgres.session import Session
from nba_mcp_synthesis.warehouse.postgres.sessions import About, Sessions
from nba_mcp_synthesis.warehouse.postgres.tables import INTERNAL

# The state alone is asked for by health checks, which must not wait long.
_STATE = Limits(seconds=2.0)
# So long a state that was seen is the newest one for those who only keep things by its name. Each result
# has the state of its own transaction.
_SEEN_SECONDS = 1.0
_FIRST_ROWS = 500


@dataclass(frozen=True, slots=True)
class State:
    """One state of the warehouse, by what it says of itself."""

    snapshot: str
    data_as_of: str | None
    simulated: bool


class PostgresWarehouse:
    """Read access to the warehouse at `address`, which is asked at every login. Safe to use from threads."""

    engine = dialect = "postgres"

    def __init__(
        self,
        address: Address,
        limits: Limits | None = None,
        concurrency: int = 4,
        memory_mb: int = 512,
        search_path: str = "nba",
    ) -> None:
        self.limits = limits or Limits()
        self.concurrency = concurrency
        self.memory_mb = memory_mb
        self.sessions = Sessions(address, search_path)
        self.places = Places(concurrency)
        self._seen: tuple[State, float] | None = None
        self._looking = threading.Lock()

    @property
    def place(self) -> str:
        """The server and the database, without user and password."""
        return self.sessions.place

    def state(self) -> State:
        """The newest state of the warehouse; see `engine.Warehouse` for the errors."""
        with self._looking:  # one asks, and the others have what it found
            seen = self._seen
            if seen is not None and monotonic() - seen[1] < _SEEN_SECONDS:
                return seen[0]
            with self.sessions.reading(_STATE) as (_, about):
                return self.state_of(about)

    def known_state(self) -> State | None:
        """The state that was seen a moment ago, else None."""
        seen = self._seen
        return seen[0] if seen is not None and monotonic() - seen[1] < _SEEN_SECONDS else None

    def state_of(self, about: About) -> State:
        """The state that a transaction sees; NoWarehouse, WarehouseOutdated where it cannot be read."""
        if not about.get("snapshot"):
            raise reasons.no_data(self.place)
        migrations.check(int(about.get("layout_version", 0)), self.place)
        state = State(about["snapshot"], about.get("data_as_of") or None, about.get("simulated") == "true")
        self._seen = state, monotonic()
        return state

    def query(self, sql: str, limits: Limits | None = None, skip: int = 0) -> Result:
        """Runs one SELECT and returns at most the rows and bytes of `limits`, `skip` rows left out.

        Raises:
            Busy, LimitExceeded, QueryFailed, NoWarehouse, WarehouseOutdated, WarehouseDown: see
                `engine.Warehouse`.
        """
        bounds = limits or self.limits
        started = perf_counter()
        with (
            queried(self.engine, sql),
            self.places.place(bounds.seconds),
            self.sessions.reading(bounds) as (session, about),
        ):
            state = self.state_of(about)
            columns, rows, notes = _run(session, sql, bounds, skip)
        return of_state(Result(columns, rows, sql, engine=self.engine, notes=notes), state, started)

    def read(self, sql: str) -> Result:
        """Runs a query of our own, whose result must not be cut: LimitExceeded where it would be."""
        return read_whole(self, written(sql, self.dialect))

    def counted(self, sql: str) -> Result:
        """The same as `read`, or what the loader has kept of it."""
        found = kept.found(partial(read_whole, self), sql, self.state().snapshot, f"{INTERNAL}.kept")
        return replace(found, sql=written(sql, self.dialect)) if found else self.read(sql)

    def close(self) -> None:
        """Ends all sessions."""
        self._seen = None
        self.sessions.close()


def _run(
    session: Session, sql: str, bounds: Limits, skip: int
) -> tuple[tuple[str, ...], tuple[Row, ...], tuple[str, ...]]:
    asked = Asked(session, sql, skip, min(_FIRST_ROWS, bounds.rows + 1))
    rows, notes = fetch(asked, bounds, 0)
    return tuple(column.name for column in asked.columns), rows, notes
