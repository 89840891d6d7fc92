"""Places for calls that run at the same time, and a fair queue before them.

The callers who wait take turns, and the calls of each come in the order in which they were made: whoever has
a thousand calls waiting is served no sooner than whoever has one. Belongs to one event loop; nothing here
waits but for a place.
"""

import asyncio
import contextlib
import time
from collections import Counter, OrderedDict, deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from nba_mcp_synthesis.errors import NbaMcpError
from nba_mcp_synthesis.server.limiting import refusals

# How much the newest call counts in the mean of how long calls take.
_NEWEST = 0.1


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many calls run, how many wait, of all and of one caller; and for how many seconds at the most."""

    places: int
    caller_places: int
    waiting: int
    caller_waiting: int
    seconds: float


class Lane:
    """The places of one kind of calls. `refused` hears why a call is turned away."""

    def __init__(
        self,
        bounds: Bounds,
        refused: Callable[[str], None] = lambda _: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._bounds, self._refused, self._clock = bounds, refused, clock
        self._taken: Counter[str] = Counter()
        self._queues: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()
        self._running = self._waiting = 0
        self._mean_seconds = 0.0

    @property
    def taken(self) -> int:
        """Places that are taken."""
        return self._running

    @property
    def waiting(self) -> int:
        """Calls that wait for one."""
        return self._waiting

    def check(self, who: str) -> None:
        """Raises what `place` would raise at once: RateLimited, Overloaded."""
        if not self._is_free_for(who) and (refusal := self._refusal(who)):
            reason, error = refusal
            self._refused(reason)
            raise error

    @contextlib.asynccontextmanager
    async def place(self, who: str) -> AsyncIterator[None]:
        """Holds a place for a call of a caller.

        Raises:
            RateLimited: he has as many calls waiting as he may.
            Overloaded: too many wait, or it would wait, or has waited, for too long.
        """
        if self._is_free_for(who):
            self._take(who)
        else:
            self.check(who)
            await self._wait(who)
        started = self._clock()
        try:
            yield
        finally:
            seconds = self._clock() - started
            self._mean_seconds += (seconds - self._mean_seconds) * (_NEWEST if self._mean_seconds else 1)
            self._leave(who)

    def _is_free_for(self, who: str) -> bool:
        """Whether he need not wait; nobody who may take a place waits while there is one."""
        return self._running < self._bounds.places and self._taken[who] < self._bounds.caller_places

    def _refusal(self, who: str) -> tuple[str, NbaMcpError] | None:
        bounds, own = self._bounds, len(self._queues.get(who, ()))
        expected = self._expected_wait(who, own)
        if own >= bounds.caller_waiting:
            return "caller_queue", refusals.too_many_waiting(own, expected)
        if self._waiting >= bounds.waiting:
            return "queue", refusals.queue_full(self._waiting, expected)
        if expected > bounds.seconds:
            return "wait", refusals.would_wait(expected, bounds.seconds)
        return None

    def _expected_wait(self, who: str, own: int) -> float:
        """Seconds: the calls that come before his next one, at the pace of those before."""
        before = own + sum(min(len(queue), own + 1) for name, queue in self._queues.items() if name != who)
        wait = self._mean_seconds * (before + 1) / self._bounds.places
        if self._taken[who] < self._bounds.caller_places:
            return wait
        return max(wait, self._mean_seconds * (own + 1) / self._bounds.caller_places)

    async def _wait(self, who: str) -> None:
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queues.setdefault(who, deque()).append(turn)
        self._waiting += 1
        try:
            async with asyncio.timeout(self._bounds.seconds):
                await turn
        except BaseException as error:
            if turn.done() and not turn.cancelled():
                self._leave(who)  # the place came at the moment at which he left
            else:
                self._forget(who, turn)
            if isinstance(error, TimeoutError):
                self._refused("wait")
                raise refusals.waited(self._bounds.seconds) from None
            raise

    def _forget(self, who: str, turn: "asyncio.Future[None]") -> None:
        queue = self._queues[who]
        queue.remove(turn)
        self._waiting -= 1
        if not queue:
            del self._queues[who]

    def _take(self, who: str) -> None:
        self._taken[who] += 1
        self._running += 1

    def _leave(self, who: str) -> None:
        self._running -= 1
        self._taken[who] -= 1
        if not self._taken[who]:
            del self._taken[who]
        self._hand_on()

    def _hand_on(self) -> None:
        """Gives free places to those whose turn it is."""
        while self._running < self._bounds.places and (turn := self._next()):
            turn.set_result(None)

    def _next(self) -> "asyncio.Future[None] | None":
        """The first call of the caller whose turn it is, taken out of the queue; he then stands last."""
        for who, queue in self._queues.items():
            # One that was cancelled a moment ago is about to leave the queue by itself.
            turn = next((turn for turn in queue if not turn.done()), None)
            if turn is not None and self._taken[who] < self._bounds.caller_places:
                self._take(who)
                self._queues.move_to_end(who)
                self._forget(who, turn)
                return turn
        return None
