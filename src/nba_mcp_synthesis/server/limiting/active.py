"""Who has called lately."""

import time
from collections import OrderedDict
from collections.abc import Callable

_SECONDS = 300.0


class ActiveCallers:
    """The callers of the last five minutes, in the order in which they were last seen."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seen: OrderedDict[str, float] = OrderedDict()

    def saw(self, who: str) -> bool:
        """Notes that he has just made a call; True where he has made none for a while."""
        self._forget()
        is_new = who not in self._seen
        self._seen[who] = self._clock()
        self._seen.move_to_end(who)
        return is_new

    def count(self) -> int:
        """How many there are."""
        self._forget()
        return len(self._seen)

    def _forget(self) -> None:
        before = self._clock() - _SECONDS
        while self._seen and next(iter(self._seen.values())) < before:
            self._seen.popitem(last=False)
