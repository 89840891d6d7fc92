"""The audit log: a row for every call, done or refused, without what was asked.

Rows gather for a moment and go to the journal together, so that a call does not wait for the disk. A process
that is killed loses that moment's rows; the log on standard output has a line for each call as well.
"""

import threading
import uuid
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from nba_mcp_synthesis.server.access.caller import current_caller
from nba_mcp_synthesis.server.observing import Observation
from nba_mcp_synthesis.state.entries import Rows
from nba_mcp_synthesis.telemetry.logs import get_logger, in_force
from nba_mcp_synthesis.telemetry.metrics import Metrics

_GATHER_SECONDS, _STOP_SECONDS = 0.2, 5.0
# Rows of one entry of the journal, and rows that wait for it at the most.
_TOGETHER, _MOST_WAITING = 500, 100_000


class AuditLog:
    """Hears of calls, and hands rows to `record` in a thread of its own.

    It is started after what records, and stopped before.
    """

    name = "audit"

    def __init__(self, record: Callable[[Rows], None], door: str, metrics: Metrics) -> None:
        self._record, self._door, self._metrics = record, door, metrics
        self._rows: deque[dict[str, Any]] = deque()
        self._wake, self._stopping = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="audit", daemon=True)

    def start(self) -> None:
        """Starts the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Hands on what waits."""
        self._stopping.set()
        self._wake.set()
        self._thread.join(_STOP_SECONDS)
        self._hand_on()

    def health(self) -> dict[str, Any]:
        """How many rows wait."""
        return {"status": "ok", "waiting_rows": len(self._rows)}

    def note(self, call: Observation) -> None:
        """Takes in one call of the request that this runs for."""
        if len(self._rows) >= _MOST_WAITING:
            self._metrics.state_lost.inc()
            return
        facts = in_force()
        self._rows.append(
            {
                "at": datetime.now(UTC),
                "caller": current_caller().name,
                "action": call.tool,
                "outcome": call.outcome,
                "request_id": facts.get("request_id"),
                "rows": call.rows,
                "cost_usd": call.cost_usd,
                "seconds": None if call.seconds is None else round(call.seconds, 4),
                "detail": {"door": self._door, "address": facts.get("address")},
            }
        )
        self._wake.set()

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._wake.wait()
            self._stopping.wait(_GATHER_SECONDS)
            self._wake.clear()
            try:
                self._hand_on()
            except Exception as error:  # noqa: BLE001 - the thread must go on
                get_logger().error("audit", error=type(error).__name__)

    def _hand_on(self) -> None:
        waiting = [self._rows.popleft() for _ in range(len(self._rows))]
        for first in range(0, len(waiting), _TOGETHER):
            self._record({"audit_log": [_written(row) for row in waiting[first : first + _TOGETHER]]})


def _written(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "record": uuid.uuid4().hex, "at": row["at"].isoformat()}
