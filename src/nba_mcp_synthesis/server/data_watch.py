"""The data as metrics show them: whether they can be read, how old they are, what was loaded.

Loads happen in other processes, so all of it is read from the warehouse: the history of loads once for each
state of it, the rest before each scrape. Whoever scrapes waits some seconds, and then gets what was known.
"""

import contextlib
import datetime as dt
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from nba_mcp_synthesis.deadlines import within
from nba_mcp_synthesis.errors import NbaMcpError
from nba_mcp_synthesis.telemetry.logs import get_logger
from nba_mcp_synthesis.telemetry.metrics import UNKNOWN, Metrics
from nba_mcp_synthesis.warehouse.engine import State, Warehouse
from nba_mcp_synthesis.warehouse.reachable import reachable
from nba_mcp_synthesis.warehouse.untrusted import UntrustedQueries

_HISTORY = (
    "SELECT source, sum(rows_loaded)::BIGINT AS rows_loaded, "
    "max(CASE WHEN status IN ('loaded', 'replaced') THEN loaded_at END) AS loaded_at "
    "FROM load_history GROUP BY source ORDER BY source"
)

# A scrape waits so long; a warehouse that has been silent for longer than the second is called down.
_SECONDS, _SILENT_SECONDS = 5.0, 15.0
_HISTORY_SECONDS = 2.0


@dataclass(frozen=True)
class _History:
    """What the loads of one state of the warehouse come to; `newest` is the time of the newest, in UTC."""

    snapshot: str = ""
    rows: Mapping[str, int] = field(default_factory=dict)
    newest: dt.datetime | None = None


class DataWatch:
    """Looks at a warehouse and at what its queries run in, and tells `metrics`. Safe to use from threads."""

    def __init__(self, warehouse: Warehouse, queries: UntrustedQueries, metrics: Metrics) -> None:
        self._warehouse, self._queries, self._metrics = warehouse, queries, metrics
        self._lock, self._reading = threading.Lock(), threading.Lock()
        self._begun: float | None = None
        self._history = _History()

    def look(self) -> None:
        """Looks now; what /health would say of the warehouse is no error here."""
        self._count_connections()
        try:
            within(_SECONDS, self._look)
        except TimeoutError:
            begun = self._begun
            if begun is not None and time.monotonic() - begun > _SILENT_SECONDS:
                self._metrics.db_up.set(0)

    def _look(self) -> None:
        if not self._lock.acquire(timeout=_SECONDS):  # `look` may still wait, and has to hear of it
            raise TimeoutError("somebody else looks, and is not done")
        try:
            self._begun = time.monotonic()
            self._show()
        finally:
            self._begun = None
            self._lock.release()

    def _show(self) -> None:
        try:
            state = reachable(self._warehouse)
        except NbaMcpError:
            self._metrics.db_up.set(0)
            self._show_ages(None, None)
            return
        self._metrics.db_up.set(1)
        self._metrics.data_simulated.set(state.simulated)
        with contextlib.suppress(TimeoutError):  # it goes on reading, and a later look shows it
            within(_HISTORY_SECONDS, lambda: self._show_history(state))
        self._show_ages(self._history.newest, state.data_as_of)

    def loaded_at(self) -> dt.datetime | None:
        """When data were last loaded, as the last look saw it."""
        return self._history.newest

    def _count_connections(self) -> None:
        pool = self._queries.pool()
        for state, number in (("busy", pool.busy), ("idle", pool.idle), ("max", pool.most)):
            self._metrics.db_connections.labels(pool.name, state).set(number)

    def _show_history(self, state: State) -> None:
        """Counts on from what was counted before; a warehouse that has fewer rows is another one."""
        if state.snapshot == self._history.snapshot or not self._reading.acquire(blocking=False):
            return
        try:
            self._read_history(state)
        finally:
            self._reading.release()

    def _read_history(self, state: State) -> None:
        try:
            found = self._warehouse.read(_HISTORY).rows
        except NbaMcpError as error:  # the next scrape may read it
            get_logger().warning("data", failed="reading the history of loads", code=error.code)
            return
        before = self._history.rows
        rows = {str(source) or "unknown": int(number or 0) for source, number, _ in found}
        newest = max((_utc(at) for _, _, at in found if at is not None), default=None)
        for source in before.keys() - rows.keys():
            self._metrics.rows_loaded.remove(source)
        for source, number in rows.items():
            counter, counted = self._metrics.rows_loaded.labels(source), before.get(source, 0)
            if number < counted:
                counter.reset()
                counted = 0
            counter.inc(number - counted)
        self._history = _History(state.snapshot, rows, newest)

    def _show_ages(self, newest: dt.datetime | None, game: str | None) -> None:
        now = time.time()
        self._metrics.data_age.set(max(0.0, now - newest.timestamp()) if newest else UNKNOWN)
        begun = dt.datetime.fromisoformat(game).replace(tzinfo=dt.UTC) if game else None
        self._metrics.game_age.set(max(0.0, now - begun.timestamp()) if begun else UNKNOWN)


def _utc(value: Any) -> dt.datetime:
    """A time of the warehouse, which has none but those of UTC."""
    at = value if isinstance(value, dt.datetime) else dt.datetime.fromisoformat(str(value))
    return at if at.tzinfo else at.replace(tzinfo=dt.UTC)
