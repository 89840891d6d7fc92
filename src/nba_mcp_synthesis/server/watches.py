"""What looks at something every so often, in a thread of its own, for as long as the server lives."""

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar

from nba_mcp_synthesis.errors import NbaMcpError
from nba_mcp_synthesis.facts import BackupState
from nba_mcp_synthesis.telemetry.logs import get_logger
from nba_mcp_synthesis.telemetry.metrics import Metrics

_STOP_SECONDS = 2.0
T = TypeVar("T")


class Watch(ABC):
    """A companion (see `companions.Companion`). Nobody waits for its first look."""

    name: str

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._keep_looking, name=self.name, daemon=True)

    def start(self) -> None:
        """Starts the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Ends it."""
        self._stopping.set()
        self._thread.join(_STOP_SECONDS)

    @abstractmethod
    def look(self) -> None:
        """Looks now; must not raise."""

    @abstractmethod
    def health(self) -> dict[str, Any]:
        """At least `status`, ok or degraded; answers at once."""

    def _keep_looking(self) -> None:
        while not self._stopping.is_set():
            self.look()
            self._stopping.wait(self._seconds)


class StoreWatch(Watch, Generic[T]):
    """Reads something from a store, and keeps what was read last while the store is away."""

    def __init__(self, read: Callable[[], T], nothing: T, seconds: float) -> None:
        super().__init__(seconds)
        self._read, self._found = read, nothing
        self._fault = "Not looked at yet."

    def look(self) -> None:
        """Reads now. Metrics keep their last values while the store is away, so that ages go on growing."""
        try:
            self._found = self._read()
            self.tell(self._found)
            self._fault = ""
        except Exception as error:  # noqa: BLE001 - the next look may do; its text might quote a login
            told = error.message if isinstance(error, NbaMcpError) else "It cannot be read."
            if told != self._fault:
                get_logger().warning(self.name, read=False, error=type(error).__name__, reason=told)
            self._fault = told

    def health(self) -> dict[str, Any]:
        """What was found; degraded while the store cannot be read."""
        if self._fault:
            return {"status": "degraded", "message": self._fault}
        return {"status": "ok", **self.shown(self._found)}

    @abstractmethod
    def tell(self, found: T) -> None:
        """Sets the metrics."""

    @abstractmethod
    def shown(self, found: T) -> dict[str, Any]:
        """What /health says of it."""


class BackupWatch(StoreWatch[Sequence[BackupState]]):
    """Backups as the server sees them: jobs take them, and the server tells of their age."""

    name = "backups"

    def __init__(self, read: Callable[[], Sequence[BackupState]], metrics: Metrics, seconds: float) -> None:
        super().__init__(read, (), seconds)
        self._metrics = metrics

    def tell(self, found: Sequence[BackupState]) -> None:
        """Sets the gauges of each database."""
        for one in found:
            self._metrics.backup_seen(one)

    def shown(self, found: Sequence[BackupState]) -> dict[str, Any]:
        """The newest backup of each database."""
        return {"last_success": {one.database: one.last_success for one in found}}


class RotationWatch(StoreWatch[Mapping[str, datetime]]):
    """When each secret was rotated last, by the audit log: commands and jobs rotate, the server tells."""

    name = "rotations"

    def __init__(self, read: Callable[[], Mapping[str, datetime]], metrics: Metrics, seconds: float) -> None:
        super().__init__(read, {}, seconds)
        self._metrics = metrics

    def tell(self, found: Mapping[str, datetime]) -> None:
        """Sets the gauge of each secret."""
        for secret, at in found.items():
            self._metrics.secret_rotated.labels(secret).set(at.timestamp())

    def shown(self, found: Mapping[str, datetime]) -> dict[str, Any]:
        """Their number; which they are is for those who may see metrics."""
        return {"secrets": len(found)}
