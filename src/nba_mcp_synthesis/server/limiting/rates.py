"""How many calls each caller may make in a minute, counted with all processes on the same Redis."""

import asyncio
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from nba_mcp_synthesis.server.limiting.refusals import Rate, rate_used_up
from nba_mcp_synthesis.settings import Settings
from nba_mcp_synthesis.sharing.counters import Counters

# Callers whose refusal is remembered, and threads that wait for Redis.
_REMEMBERED, _THREADS = 10_000, 8


def rates_of(settings: Settings) -> dict[str, Rate]:
    """The limits in force, by the tool that they are of; that of all tools together is under ""."""
    found = {
        "ask": Rate("asks", "calls of ask", settings.asks_minute, "ASKS_MINUTE"),
        "query_sql": Rate("sql", "calls of query_sql", settings.sql_minute, "SQL_MINUTE"),
        "": Rate("calls", "calls", settings.calls_minute, "CALLS_MINUTE"),
    }
    return {tool: rate for tool, rate in found.items() if rate.number}


class Rates:
    """Counts calls. `refused` hears which limit turned one away."""

    def __init__(
        self,
        rates: dict[str, Rate],
        counters: Counters,
        refused: Callable[[str], None] = lambda _: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._rates, self._counters, self._refused, self._clock = rates, counters, refused, clock
        self._until: dict[tuple[str, str], float] = {}
        self._threads = ThreadPoolExecutor(_THREADS, "limits")

    async def take(self, tool: str, who: str) -> None:
        """Counts one call; RateLimited where a limit is used up.

        Whoever was refused is refused again until his time has come, without asking Redis: a flood costs
        nothing. A call that one limit refuses is counted under none.
        """
        rates = [rate for rate in (self._rates.get(tool), self._rates.get("")) if rate]
        for rate in rates:
            self._refuse_again(rate, who)
        if not rates:
            return
        if not self._counters.are_shared:
            self._take_all(rates, who)
            return
        # A round trip must not hold up the loop, nor stand behind queries in the threads of the tools.
        await asyncio.get_running_loop().run_in_executor(self._threads, self._take_all, rates, who)

    def _refuse_again(self, rate: Rate, who: str) -> None:
        left = self._until.get((rate.name, who), 0.0) - self._clock()
        if left > 0:
            self._refused(f"rate_{rate.name}")
            raise rate_used_up(rate, left)

    def _take_all(self, rates: Sequence[Rate], who: str) -> None:
        turn = self._counters.take(who, {rate.name: rate.window for rate in rates})
        for rate in rates:
            if rate.name == turn.limit:
                self._remember(rate, who, turn.retry_after)
                self._refuse_again(rate, who)

    def _remember(self, rate: Rate, who: str, seconds: float) -> None:
        if len(self._until) >= _REMEMBERED:
            self._until = {key: until for key, until in list(self._until.items()) if until > self._clock()}
        self._until[rate.name, who] = self._clock() + seconds
