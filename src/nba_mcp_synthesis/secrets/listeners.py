"""Who wants to know when a secret changes."""

import threading
from collections.abc import Callable, Mapping

from pydantic import SecretStr

from nba_mcp_synthesis.secrets.records import Held
from nba_mcp_synthesis.telemetry.logs import get_logger

Callback = Callable[[SecretStr], None]


class Listeners:
    """Callbacks by the name of their secret."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._callbacks: list[tuple[str, Callback]] = []

    def add(self, name: str, callback: Callback) -> Callable[[], None]:
        """Adds a callback; gives the function that removes it."""
        entry = (name, callback)
        with self._lock:
            self._callbacks.append(entry)

        def remove() -> None:
            with self._lock:
                if entry in self._callbacks:
                    self._callbacks.remove(entry)

        return remove

    def tell(self, before: Mapping[str, Held], after: Mapping[str, Held]) -> None:
        """Calls back for each secret whose value differs; one that fails keeps none from the others."""
        changed = {n for n, held in after.items() if n not in before or before[n].value != held.value}
        with self._lock:
            waiting = [(name, callback) for name, callback in self._callbacks if name in changed]
        for name in sorted(changed):
            get_logger().info("secrets", secret=name, change="replaced", version=after[name].version)
        for name, callback in waiting:
            try:
                callback(after[name].value)
            except Exception as error:  # noqa: BLE001 - a user's own failure; its text might quote the value
                get_logger().error("secrets", secret=name, failed="callback", error=type(error).__name__)
