"""Counters for limits: how often somebody may do something within a moving window."""

import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage, RedisStorage, Storage
from limits.strategies import MovingWindowRateLimiter

from nba_mcp_synthesis.sharing.link import RedisLink

if TYPE_CHECKING:
    from redis import Redis

_PREFIX = "nba-mcp:limits"


@dataclass(frozen=True, slots=True)
class Turn:
    """Whether it was somebody's turn, and how many are `left`; if not, in how many seconds to come again."""

    allowed: bool
    left: int
    retry_after: int = 0


class Counters:
    """Counters that all processes on one Redis share; while it is away, each process counts for itself."""

    def __init__(self, link: RedisLink | None) -> None:
        self._link = link
        self._own = MovingWindowRateLimiter(MemoryStorage())
        self._shared: MovingWindowRateLimiter | None = None

    def take(self, limit: str, *who: str) -> Turn:
        """Counts one turn of `who` under a limit such as "10/minute", unless there is none left."""
        item = parse(limit)
        shared = (
            self._link.attempt(lambda redis: _take(self._limiter(redis), item, who)) if self._link else None
        )
        return shared or _take(self._own, item, who)

    def _limiter(self, redis: "Redis") -> MovingWindowRateLimiter:
        if self._shared is None:
            self._shared = MovingWindowRateLimiter(_storage(redis))
        return self._shared


def _storage(redis: "Redis") -> Storage:
    """The connections are those of the link, with its login and time-outs; the address is for show."""
    return RedisStorage("redis://link", connection_pool=redis.connection_pool, key_prefix=_PREFIX)


def _take(limiter: MovingWindowRateLimiter, item: RateLimitItem, who: tuple[str, ...]) -> Turn:
    allowed = limiter.hit(item, *who)
    window = limiter.get_window_stats(item, *who)
    wait = 0 if allowed else max(1, math.ceil(window.reset_time - time.time()))
    return Turn(allowed, window.remaining, wait)
