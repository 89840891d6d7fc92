"""Whose turn it is: a caller's rates first, then a place in the lane of what he calls."""

import contextlib
import math
from collections.abc import AsyncIterator, Callable

from nba_mcp_synthesis.facts import Caller
from nba_mcp_synthesis.server.limiting.places import Bounds, Lane
from nba_mcp_synthesis.server.limiting.rates import Rates, rates_of
from nba_mcp_synthesis.settings import Settings
from nba_mcp_synthesis.sharing.counters import Counters
from nba_mcp_synthesis.telemetry.metrics import Metrics

# A question may wait for models, and SQL of callers for its deadline; neither may keep the others waiting.
LANE_OF = {"ask": "ask", "query_sql": "sql"}
_OTHERS = "read"


def bounds_of(settings: Settings) -> dict[str, Bounds]:
    """The bounds of each lane."""
    calls = settings.call_concurrency or settings.query_concurrency
    asks = settings.ask_concurrency or _asks(settings)
    return {
        "ask": _bounds(asks, settings),
        "sql": _bounds(calls, settings),
        _OTHERS: _bounds(calls, settings),
    }


def _asks(settings: Settings) -> int:
    """As many as the models are asked at one time: a voice also reads, and meanwhile another may speak."""
    return max(settings.query_concurrency, 2 * settings.voice_concurrency if settings.models else 0)


def _bounds(places: int, settings: Settings) -> Bounds:
    return Bounds(
        places,
        max(1, math.floor(places * settings.caller_share)),
        settings.call_queue,
        settings.caller_queue,
        settings.call_wait_seconds,
    )


class Turns:
    """The turns of one server."""

    def __init__(self, settings: Settings, counters: Counters, metrics: Metrics) -> None:
        refused = metrics.calls_refused

        def lane(name: str, bounds: Bounds) -> Lane:
            made = Lane(bounds, lambda reason: refused.labels(reason).inc())
            metrics.places.labels(name).set(bounds.places)
            metrics.places_taken.labels(name).set_function(lambda: made.taken)
            metrics.calls_waiting.labels(name).set_function(lambda: made.waiting)
            return made

        self._rates = Rates(rates_of(settings), counters, lambda reason: refused.labels(reason).inc())
        self._lanes = {name: lane(name, bounds) for name, bounds in bounds_of(settings).items()}

    @contextlib.asynccontextmanager
    async def turn(self, caller: Caller, tool: str) -> AsyncIterator[None]:
        """Holds a place for one call of a tool; RateLimited, Overloaded where there is none to be had.

        A call that the queue would refuse is refused before it is counted.
        """
        who, lane = caller.name, self._lanes[LANE_OF.get(tool, _OTHERS)]
        lane.check(who)
        if caller.known_by != "process":  # whoever started this server for himself may use it as he likes
            await self._rates.take(tool, who)
        async with lane.place(who):
            yield


# Says whose turn it is; see `Turns.turn`.
Turn = Callable[[Caller, str], contextlib.AbstractAsyncContextManager[None]]


def unlimited(_caller: Caller, _tool: str) -> contextlib.AbstractAsyncContextManager[None]:
    """For servers that nobody shares."""
    return contextlib.nullcontext()
