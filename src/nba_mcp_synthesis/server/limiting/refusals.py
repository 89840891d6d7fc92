"""The words of a refusal, the same by every door: what is full or used up, and when to come again."""

import math
from dataclasses import dataclass

from nba_mcp_synthesis.errors import NbaMcpError, Overloaded, RateLimited


@dataclass(frozen=True, slots=True)
class Rate:
    """So many calls of a kind a minute. `name` is for metrics, `what` for readers, `setting` the variable."""

    name: str
    what: str
    number: int
    setting: str

    @property
    def window(self) -> str:
        """The limit as counters have it."""
        return f"{self.number}/minute"


def rate_used_up(rate: Rate, seconds: float) -> NbaMcpError:
    """A caller has had all of a minute's calls."""
    return RateLimited(
        f"One caller may make {rate.number:,} {rate.what} a minute, and you have.",
        again(seconds),
        retry_after=whole(seconds),
    )


def too_many_waiting(number: int, seconds: float) -> NbaMcpError:
    """A caller has as many calls in the queue as he may."""
    return RateLimited(
        f"{number:,} of your calls wait for a place already, as many as may.",
        f"Wait for their answers before you send more, or: {again(seconds)}",
        retry_after=whole(seconds),
    )


def queue_full(number: int, seconds: float) -> NbaMcpError:
    """The queue has no room for anybody."""
    return _overloaded(f"{number:,} calls wait for a place already, as many as may.", seconds)


def would_wait(expected: float, most: float) -> NbaMcpError:
    """A call would wait for longer than is sensible."""
    told = f"This call would wait some {whole(expected)} s for a place; more than {most:g} s is refused."
    return _overloaded(told, expected - most)


def waited(most: float) -> NbaMcpError:
    """A call has waited for longer than was expected of it."""
    return _overloaded(f"No place became free within {most:g} s.", 0)


def _overloaded(message: str, seconds: float) -> NbaMcpError:
    error = Overloaded(message, again(seconds))
    error.retry_after = whole(seconds)
    return error


def again(seconds: float) -> str:
    """When to come again, as a sentence."""
    number = whole(seconds)
    return f"Come again in {number} second{'' if number == 1 else 's'}."


def whole(seconds: float) -> int:
    """Seconds as the header Retry-After has them: whole, and at least one."""
    return max(1, math.ceil(seconds))
