"""The server's way to record: into the journal at once, from there to the database in a thread of its own."""

import queue
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nba_mcp_synthesis.errors import NbaMcpError
from nba_mcp_synthesis.state.entries import Rows, written
from nba_mcp_synthesis.state.journal import Journal
from nba_mcp_synthesis.telemetry.logs import get_logger
from nba_mcp_synthesis.telemetry.metrics import Metrics

if TYPE_CHECKING:
    from collections.abc import Callable

    from nba_mcp_synthesis.state.database import StateDatabase

# For how long entries gather, and how often an absent database is tried and others' files are looked for.
_GATHER_SECONDS, _RETRY_SECONDS, _LOOK_SECONDS = 0.1, 1.0, 60.0
_PRUNE_SECONDS = 3_600.0
_STOP_SECONDS = 5.0
_HELD_IN_MEMORY = 1_000


@dataclass(frozen=True, slots=True)
class Retention:
    """Days for which rows are kept; 0 keeps them."""

    answer_days: int
    audit_days: int


class StateWriter:
    """Records without waiting for the database.

    `database` is called in the thread, when something waits; `eager` looks at once whether it is there.
    """

    name = "state"

    def __init__(
        self,
        journal: Journal,
        database: "Callable[[], StateDatabase]",
        retention: Retention,
        metrics: Metrics,
        *,
        eager: bool = False,
    ) -> None:
        self._journal, self._database = journal, database
        self._retention, self._metrics = retention, metrics
        self._unwritten: queue.Queue[bytes] = queue.Queue(_HELD_IN_MEMORY)
        self._wake, self._stopping = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="state", daemon=True)
        self._used = eager
        self._fault: str | None = None
        self._prune_at = 0.0

    def start(self) -> None:
        """Starts the thread; what an earlier process left is stored first."""
        self._wake.set()
        self._thread.start()

    def record(self, rows: Rows) -> None:
        """Takes in one entry; it is acknowledged, unless the log says that the disk did not take it."""
        entry = written(rows)
        try:
            self._journal.append(entry)
        except OSError as error:
            self._hold(entry, error)
        self._wake.set()

    def stop(self) -> None:
        """Stores what waits, for some seconds at the most; what then still waits is safe on the disk."""
        self._stopping.set()
        self._wake.set()
        self._thread.join(_STOP_SECONDS)
        self._write_held()
        if lost := self._unwritten.qsize():
            get_logger().error("state", lost=lost)
            self._metrics.state_lost.inc(lost)
        self._journal.settle()

    def health(self) -> dict[str, Any]:
        """Whether rows reach the database, and how many bytes wait for it."""
        waiting = self._journal.waiting()
        found = {"status": "degraded" if self._fault else "ok", "waiting_bytes": waiting}
        return found | ({"message": self._fault} if self._fault else {})

    def _hold(self, entry: bytes, error: OSError) -> None:
        """The disk takes nothing: the entry is held in memory until the database has it."""
        try:
            self._unwritten.put_nowait(entry)
        except queue.Full:
            get_logger().error("state", lost=1, error=str(error))
            self._metrics.state_lost.inc()
        else:
            get_logger().warning("state", held_in_memory=self._unwritten.qsize(), error=str(error))

    def _write_held(self) -> None:
        """Writes what is held in memory to the disk, as soon as that takes something again."""
        try:
            while not self._unwritten.empty():
                self._journal.append(self._unwritten.queue[0])
                self._unwritten.get_nowait()
        except OSError:
            return  # still full, as `record` has told; the database is tried with them next

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._wake.wait(_LOOK_SECONDS)
            self._stopping.wait(_GATHER_SECONDS)
            self._wake.clear()
            if not self._turn():
                self._wake.set()
                self._stopping.wait(_RETRY_SECONDS)
        self._turn()

    def _turn(self) -> bool:
        """Stores all that waits; says whether it could."""
        try:
            self._journal.settle()
            # An idle server is spared the memory of the database's library.
            self._used = self._used or self._journal.waiting() > 0 or not self._unwritten.empty()
            if self._used:
                self._store()
        except NbaMcpError as error:
            self._tell(str(error))
        except Exception as error:  # noqa: BLE001 - the thread must go on; the text might quote what was asked
            self._tell(f"Storing failed: {type(error).__name__}.")
        else:
            self._tell(None)
        return self._fault is None

    def _store(self) -> None:
        from nba_mcp_synthesis.state.draining import drain, store

        database = self._database()
        self._metrics.state_entries.inc(drain(self._journal, database))
        for _ in range(self._unwritten.qsize()):
            entry = self._unwritten.queue[0]
            kept = store([entry], self._journal, database)
            self._unwritten.get_nowait()
            if kept:
                self._metrics.state_entries.inc()
            else:  # behind the others, until the disk takes it
                self._hold(entry, OSError("refused"))
        if time.monotonic() < self._prune_at:
            database.check()
        else:
            self._prune_at = time.monotonic() + _PRUNE_SECONDS
            database.prune(self._retention.answer_days, self._retention.audit_days)

    def _tell(self, fault: str | None) -> None:
        """Logs a change once, not at every attempt."""
        if fault != self._fault:
            log = get_logger().warning if fault else get_logger().info
            log("state", database="away" if fault else "there", message=fault)
        self._fault = fault
        self._metrics.state_up.set(fault is None)
        self._metrics.state_waiting_bytes.set(self._journal.waiting())
