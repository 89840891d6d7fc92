"""Counters for limits: how often somebody may do something within a moving window."""

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from nba_mcp_synthesis.sharing.link import RedisLink

if TYPE_CHECKING:
    from redis import Redis

# In braces is what decides where a cluster keeps a key: those of one script have to be together.
_KEY = "nba-mcp:limits:{{{who}}}:{name}"
# The library never forgets a name; from so many on, those without turns are forgotten here.
_MOST_NAMES = 10_000
# Takes a turn under all limits or under none, in one round trip and by one clock; the library takes a trip
# for each limit, by each process's clock. A key is a list of the newest turns; ARGV: number, seconds.
_TAKE = """
local clock = redis.call('TIME')
local now = tonumber(clock[1]) + tonumber(clock[2]) / 1000000
for i, key in ipairs(KEYS) do
  local turn = redis.call('LINDEX', key, ARGV[2 * i - 1] - 1)
  local wait = turn and tonumber(turn) + tonumber(ARGV[2 * i]) - now
  if wait and wait > 0 then return {i, tostring(wait)} end
end
for i, key in ipairs(KEYS) do
  redis.call('LPUSH', key, string.format('%.6f', now))
  redis.call('LTRIM', key, 0, ARGV[2 * i - 1] - 1)
  redis.call('EXPIRE', key, ARGV[2 * i])
end
return {0, '0'}
"""


@dataclass(frozen=True, slots=True)
class Turn:
    """Whether it was somebody's turn; if not, under which limit, and in how many seconds to come again."""

    allowed: bool
    limit: str = ""
    retry_after: int = 0


class Counters:
    """Counters that all processes on one Redis share; while it is away, each process counts for itself."""

    def __init__(self, link: RedisLink | None) -> None:
        self._link = link
        self._memory = MemoryStorage()
        self._own = MovingWindowRateLimiter(self._memory)
        self._script: Any = None

    @property
    def are_shared(self) -> bool:
        """Whether `take` would ask Redis, and wait for it."""
        return self._link is not None and self._link.up

    def take(self, who: str, limits: Mapping[str, str]) -> Turn:
        """Counts one turn of `who` under limits by name, such as "10/minute", unless one has none left."""
        items = {name: _parsed(limit) for name, limit in limits.items()}
        shared = (
            self._link.attempt(lambda redis: self._take_shared(redis, who, items)) if self._link else None
        )
        return shared or self._take_own(who, items)

    def _take_shared(self, redis: "Redis", who: str, items: Mapping[str, RateLimitItem]) -> Turn:
        if self._script is None:
            self._script = redis.register_script(_TAKE)
        numbers = [number for item in items.values() for number in (item.amount, item.get_expiry())]
        full, wait = self._script([_KEY.format(who=who, name=name) for name in items], numbers)
        return _refused([*items][full - 1], float(wait)) if full else Turn(allowed=True)

    def _take_own(self, who: str, items: Mapping[str, RateLimitItem]) -> Turn:
        self._forget_names()
        for name, item in items.items():
            if not self._own.test(item, name, who):
                return _refused(name, self._own.get_window_stats(item, name, who).reset_time - time.time())
        for name, item in items.items():
            self._own.hit(item, name, who)
        return Turn(allowed=True)

    def _forget_names(self) -> None:
        events = self._memory.events
        if len(events) > _MOST_NAMES:
            for name in [name for name, turns in list(events.items()) if not turns]:
                self._memory.clear(name)


@lru_cache(64)
def _parsed(limit: str) -> RateLimitItem:
    return parse(limit)


def _refused(limit: str, seconds: float) -> Turn:
    return Turn(allowed=False, limit=limit, retry_after=max(1, math.ceil(seconds)))
