"""The link to Redis: whether it is there now, looked at in the background, and what to do when it is not."""

import threading
from typing import TYPE_CHECKING, Any, TypeVar

from nba_mcp_synthesis.telemetry.logs import get_logger
from nba_mcp_synthesis.telemetry.metrics import Metrics

if TYPE_CHECKING:
    from collections.abc import Callable

    from redis import Redis

T = TypeVar("T")
# A call waits no longer; while Redis is away none waits at all.
TIMEOUT_SECONDS = 0.25
_LOOK_SECONDS, _FIRST_LOOK_SECONDS = 1.0, 2.0


class RedisLink:
    """One Redis, up or down. A caller's failure turns it down, and only the background turns it up again.

    So its loss costs each call in flight one time-out and later calls nothing, and no caller has to be the
    one who tries whether it is back. `connect` makes a client with the login of that moment.
    """

    name = "redis"

    def __init__(self, connect: "Callable[..., Redis]", metrics: Metrics) -> None:
        self._connect, self._metrics = connect, metrics
        self._client: Redis | None = None
        self._up = False
        self._looked, self._stopping = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._keep_looking, name="redis", daemon=True)

    @property
    def up(self) -> bool:
        """Whether it answered when it was last needed."""
        return self._up

    def start(self) -> None:
        """Starts looking; waits for the first look."""
        self._thread.start()
        self._looked.wait(_FIRST_LOOK_SECONDS)

    def stop(self) -> None:
        """Stops looking."""
        self._stopping.set()
        self._thread.join(_FIRST_LOOK_SECONDS)

    def attempt(self, work: "Callable[[Redis], T]") -> T | None:
        """What `work` gives, None where Redis is away; it must not give None itself."""
        from redis.exceptions import RedisError

        client = self._client
        if client is None or not self._up:
            return None
        try:
            return work(client)
        except (RedisError, OSError) as error:
            self._turn(up=False, error=error)
            return None

    def health(self) -> dict[str, Any]:
        """Whether processes share anything now."""
        if self._up:
            return {"status": "ok"}
        return {
            "status": "degraded",
            "message": "Redis is away: limits and cached answers are each process's own.",
        }

    def _keep_looking(self) -> None:
        while not self._stopping.is_set():
            self._look()
            self._looked.set()
            self._stopping.wait(_LOOK_SECONDS)
        if self._client:
            self._client.close()

    def _look(self) -> None:
        try:
            if self._client is None:
                self._client = self._connect(
                    socket_timeout=TIMEOUT_SECONDS, socket_connect_timeout=TIMEOUT_SECONDS
                )
            self._client.ping()
        except Exception as error:  # noqa: BLE001 - whatever it is, the next look may do; its text may quote the login
            self._turn(up=False, error=error)
        else:
            self._turn(up=True)

    def _turn(self, *, up: bool, error: Exception | None = None) -> None:
        if up != self._up or not self._looked.is_set():
            log = get_logger().info if up else get_logger().warning
            log("redis", up=up, error=type(error).__name__ if error else None)
        self._up = up
        self._metrics.redis_up.set(up)
