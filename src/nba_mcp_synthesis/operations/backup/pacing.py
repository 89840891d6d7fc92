"""A bound on how fast bytes go, so that a backup leaves the line to those who ask."""

import time
from collections.abc import Callable

_AHEAD_SECONDS = 0.25  # what may go at once after a pause


class Pace:
    """`wait(n)` before n bytes go: no more than `bytes_per_second`, but for a quarter of a second."""

    def __init__(
        self,
        bytes_per_second: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._rate, self._clock, self._sleep = bytes_per_second, clock, sleep
        self._free_at = clock()

    def wait(self, size: int) -> None:
        """Returns when they may go; at once where there is no bound (0)."""
        if not self._rate:
            return
        now = self._clock()
        self._free_at = max(self._free_at, now - _AHEAD_SECONDS) + size / self._rate
        if self._free_at > now:
            self._sleep(self._free_at - now)
