"""Backups as the server sees them: jobs take them, and the server tells of their age."""

import threading
from collections.abc import Callable, Sequence
from typing import Any

from nba_mcp_synthesis.errors import NbaMcpError
from nba_mcp_synthesis.facts import BackupState
from nba_mcp_synthesis.telemetry.logs import get_logger
from nba_mcp_synthesis.telemetry.metrics import Metrics

_STOP_SECONDS = 2.0


class BackupWatch:
    """A companion (see `companions.Companion`) that reads the backup store every so many seconds."""

    name = "backups"

    def __init__(self, look: Callable[[], Sequence[BackupState]], metrics: Metrics, seconds: float) -> None:
        self._look, self._metrics, self._seconds = look, metrics, seconds
        self._found: tuple[BackupState, ...] = ()
        self._fault = "They have not been looked at yet."
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._keep_looking, name="backups", daemon=True)

    def start(self) -> None:
        """Starts looking; nobody waits for the first look."""
        self._thread.start()

    def stop(self) -> None:
        """Stops looking."""
        self._stopping.set()
        self._thread.join(_STOP_SECONDS)

    def health(self) -> dict[str, Any]:
        """The newest backup of each database; degraded while the store cannot be read."""
        if self._fault:
            return {"status": "degraded", "message": self._fault}
        return {"status": "ok", "last_success": {one.database: one.last_success for one in self._found}}

    def look(self) -> None:
        """Looks now. Metrics keep their last values while the store is away, so that ages go on growing."""
        try:
            self._found = tuple(self._look())
            self._fault = ""
        except Exception as error:  # noqa: BLE001 - the next look may do; its text might quote a login
            told = error.message if isinstance(error, NbaMcpError) else "They cannot be read."
            if told != self._fault:
                get_logger().warning("backups", read=False, error=type(error).__name__, reason=told)
            self._fault = told
            return
        for one in self._found:
            self._metrics.backup_seen(one)

    def _keep_looking(self) -> None:
        while not self._stopping.is_set():
            self.look()
            self._stopping.wait(self._seconds)
