"""Workers for SQL from outside: started when first needed, kept warm, killed at the deadline, replaced."""

import signal
import threading
import weakref
from typing import Any

from nba_mcp_synthesis.errors import QueryFailed, WorkerLost
from nba_mcp_synthesis.facts import Pool
from nba_mcp_synthesis.schema.tables import tables, views
from nba_mcp_synthesis.warehouse.duckdb_engine import DuckDBWarehouse, State
from nba_mcp_synthesis.warehouse.limits import Limits, Places
from nba_mcp_synthesis.warehouse.untrusted import Fetched
from nba_mcp_synthesis.warehouse.workers.process import Process
from nba_mcp_synthesis.warehouse.workers.protocol import BrokenMessageError

# Then a worker makes place for a fresh one, with whatever it may have gathered.
_STATEMENTS = 1_000
# A load may replace the file while a worker opens it, but not so many times in a row.
_ATTEMPTS = 5
# Brackets and commas around the rows.
_AROUND_ROWS = 1_000_000


class WorkerPool:
    """Runs statements in processes of their own, as many at a time as there are places.

    Safe to use from several threads. It has no thread of its own; its processes end with it, with this
    process however that ends, and with `close`.
    """

    def __init__(self, warehouse: DuckDBWarehouse, concurrency: int = 4, memory_mb: int = 512) -> None:
        self._warehouse, self._concurrency = warehouse, concurrency
        self._memory_mb = memory_mb
        self._places = Places(concurrency)
        self._lock = threading.Lock()
        self._idle: list[Process] = []
        self._all: set[Process] = set()
        weakref.finalize(self, _kill_all, self._all)

    def close(self) -> None:
        """Ends all workers; the pool starts new ones when it is used again."""
        with self._lock:
            self._idle.clear()
            _kill_all(self._all)

    def warm(self) -> None:
        """Starts the first worker, unless there is one, and does not wait for it.

        Raises:
            NoWarehouse, WarehouseOutdated: there is nothing that it could open.
        """
        self._warehouse.state()
        with self._lock:
            if not self._all:
                self._idle.append(self._start())

    def run(self, sql: str, bounds: Limits, skip: int = 0) -> Fetched:
        """Runs one statement and returns at most the rows and bytes of `bounds`, `skip` rows left out.

        Raises:
            Busy: no place became free within the deadline.
            LimitExceeded: it was stopped at its deadline, outgrew its memory, or one row is too large.
            QueryFailed: the engine could not run it; its reason is in the message.
            WorkerLost: its process ended; nothing else was touched.
            NoWarehouse, WarehouseOutdated: as the warehouse says.
        """
        with self._places.place(bounds.seconds):
            worker, state = self._take()
            head, text = self._ask(worker, sql, bounds, skip)
        return _fetched(head, text, bounds, state)

    def pool(self) -> Pool:
        """How many workers there are."""
        with self._lock:
            idle = len(self._idle)
            return Pool("workers", len(self._all) - idle, idle, self._concurrency)

    def _take(self) -> tuple[Process, State]:
        """A worker that reads the newest state."""
        for _ in range(_ATTEMPTS):
            state = self._warehouse.state()
            with self._lock:
                worker = self._idle.pop() if self._idle else self._start()
            try:
                if worker.alive and worker.identity() == state.identity:
                    return worker, state
            except BaseException:
                self._discard(worker)
                raise
            self._discard(worker)
        raise WorkerLost("The warehouse is being replaced again and again.", "Try again in a moment.")

    def _ask(self, worker: Process, sql: str, bounds: Limits, skip: int) -> tuple[dict[str, Any], bytes]:
        request = {
            "sql": sql,
            "rows": bounds.rows,
            "bytes": bounds.bytes,
            "skip": skip,
            "seconds": bounds.seconds,
        }
        try:
            answer = worker.ask(request, bounds.bytes + _AROUND_ROWS, bounds.seconds)
        except TimeoutError:
            self._replace(worker)
            raise bounds.stopped() from None
        except (BrokenMessageError, OSError) as error:
            raise self._lost(worker, bounds) from error
        except BaseException:
            self._discard(worker)
            raise
        if worker.statements >= _STATEMENTS or answer[0].get("spent"):
            self._replace(worker)
        else:
            with self._lock:
                self._idle.append(worker)
        return answer

    def _lost(self, worker: Process, bounds: Limits) -> Exception:
        if self._replace(worker) == -signal.SIGXCPU:
            return bounds.stopped()
        return WorkerLost(
            "The query's process ended before it answered; nothing else was touched.",
            "Send it again, or ask for less.",
        )

    def _replace(self, worker: Process) -> int:
        """Kills a worker and starts another, which opens the file while nobody waits for it yet."""
        code = self._discard(worker)
        with self._lock:
            self._idle.append(self._start())
        return code

    def _discard(self, worker: Process) -> int:
        code = worker.kill()
        with self._lock:
            self._all.discard(worker)
        return code

    def _start(self) -> Process:
        worker = Process(
            {
                "path": str(self._warehouse.path.absolute()),
                "relations": [*tables(), *views()],
                "memory_mb": self._memory_mb,
            }
        )
        self._all.add(worker)
        return worker


def _kill_all(workers: set[Process]) -> None:
    for worker in list(workers):
        worker.kill()
    workers.clear()


def _fetched(head: dict[str, Any], text: bytes, bounds: Limits, state: State) -> Fetched:
    match head:
        case {"outcome": "ok", "columns": list(columns), "count": int(count), "cut": str(cut)}:
            notes = {"rows": (bounds.cut_by_rows(),), "bytes": (bounds.cut_by_bytes(count),)}.get(cut, ())
            return Fetched(tuple(map(str, columns)), text, count, notes, state)
        case {"outcome": "failed", "reason": str(reason)}:
            raise QueryFailed(f"The query could not be run: {reason}")
        case {"outcome": "row_too_large"}:
            raise bounds.row_too_large()
        case {"outcome": "out_of_memory"}:
            raise bounds.out_of_memory()
    raise WorkerLost("The query's process gave an answer that cannot be read.", "Send it again.")
