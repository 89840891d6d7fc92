"""The gate: who may not is refused before anything is used up, and every call is noted with its end."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

import pytest

from nba_mcp_synthesis.errors import NotAllowed, Overloaded, QueryFailed, RateLimited
from nba_mcp_synthesis.facts import Caller
from nba_mcp_synthesis.server.access.caller import PROCESS, called_by
from nba_mcp_synthesis.server.access.scopes import READ, SCOPES
from nba_mcp_synthesis.server.admission import Admission
from nba_mcp_synthesis.server.limiting.turns import Turns
from nba_mcp_synthesis.server.observing import Observation, tell_call
from nba_mcp_synthesis.settings import Settings
from nba_mcp_synthesis.sharing.counters import Counters
from nba_mcp_synthesis.telemetry.metrics import Metrics

ADA, BOB = Caller("ada", "key", SCOPES), Caller("bob", "key", frozenset({READ}))
BOB_MAY = Caller("bob", "key", SCOPES)


class Gate:
    """A gate with limits of its own, and all that it noted."""

    def __init__(self, **limits: Any) -> None:
        self.metrics, self.noted = Metrics(), list[Observation]()
        turns = Turns(Settings.model_validate(limits), Counters(None), self.metrics)
        self.admission = Admission(self.metrics, turns.turn, self.noted.append)

    @property
    def outcomes(self) -> list[tuple[str, str]]:
        """(tool, outcome) of each call that has ended."""
        return [(call.tool, call.outcome) for call in self.noted]

    def told(self, sample: str) -> float:
        """The value of a sample of the metrics."""
        lines = self.metrics.exposition().decode().splitlines()
        return next(float(line.rpartition(" ")[2]) for line in lines if line.startswith(sample + " "))

    async def call(self, caller: Caller, tool: str, inside: Callable[[], None] = lambda: None) -> None:
        """One call."""
        with called_by(caller):
            async with self.admission.call(tool):
                await asyncio.sleep(0)
                inside()


def test_a_call_without_the_scope_uses_up_nothing() -> None:
    """Bob may not ask; what he tries is noted, and his calls of the minute are all still his."""

    async def main() -> None:
        for _ in range(3):
            with pytest.raises(NotAllowed):
                await gate.call(BOB, "ask")
        await gate.call(BOB, "find")
        with pytest.raises(RateLimited):
            await gate.call(BOB, "find")
        await gate.call(ADA, "ask")

    gate = Gate(calls_minute=1)
    asyncio.run(main())
    assert gate.outcomes == [("ask", "not_allowed")] * 3 + [
        ("find", "ok"),
        ("find", "rate_limited"),
        ("ask", "ok"),
    ]
    assert gate.told('nba_mcp_calls_refused_total{reason="rate_calls"}') == 1
    assert gate.told("nba_mcp_active_users") == 2


def test_a_call_that_the_queue_refuses_is_not_counted() -> None:
    """It costs its caller none of his minute."""

    async def main() -> None:
        with called_by(ADA):
            async with gate.admission.call("find"):
                for _ in range(5):
                    with pytest.raises((RateLimited, Overloaded), match="wait for a place"):
                        await gate.call(ADA, "find")
            await gate.call(ADA, "find")

    gate = Gate(calls_minute=2, call_concurrency=1, caller_queue=0)
    asyncio.run(main())
    assert gate.outcomes[-2:] == [("find", "ok"), ("find", "ok")]


def test_questions_that_wait_for_models_keep_no_other_call_waiting() -> None:
    """Every place of ask and of SQL is taken, and a look-up goes through."""

    async def main() -> None:
        async with contextlib.AsyncExitStack() as held:
            with called_by(ADA):
                for tool in ("ask", "query_sql"):
                    await held.enter_async_context(gate.admission.call(tool))
            await gate.call(BOB, "find")
            assert gate.told('nba_mcp_places_taken{lane="ask"}') == 1
            assert gate.told('nba_mcp_places_taken{lane="sql"}') == 1

    gate = Gate(call_concurrency=1, ask_concurrency=1, call_queue=0)
    asyncio.run(main())
    assert gate.told('nba_mcp_places_taken{lane="ask"}') == 0


def test_the_end_of_a_call_is_noted_whatever_it_was() -> None:
    """Failed as foreseen or not, and left by the caller while it ran or waited; no place is lost."""

    def fails(error: Exception) -> Callable[[], None]:
        def fail() -> None:
            raise error

        return fail

    async def main() -> None:
        with pytest.raises(QueryFailed):
            await gate.call(ADA, "query_sql", fails(QueryFailed("no such table")))
        with pytest.raises(ZeroDivisionError):
            await gate.call(ADA, "query_sql", fails(ZeroDivisionError()))
        await gate.call(ADA, "query_sql", lambda: tell_call(rows=7, cost_usd=0.5))
        await gate.call(ADA, "no such tool")
        with called_by(ADA):
            async with gate.admission.call("query_sql"):
                waiting = asyncio.create_task(gate.call(BOB_MAY, "query_sql"))
                await asyncio.sleep(0.01)
                waiting.cancel()
                await asyncio.gather(waiting, return_exceptions=True)

    gate = Gate(call_concurrency=1)
    asyncio.run(main())
    assert [outcome for _, outcome in gate.outcomes] == [
        "query_failed",
        "internal_error",
        "ok",
        "ok",
        "cancelled",
        "ok",
    ]
    assert (gate.noted[2].rows, gate.noted[2].cost_usd) == (7, 0.5)
    assert gate.noted[3].tool == "unknown"
    assert gate.told('nba_mcp_places_taken{lane="sql"}') == 0
    assert gate.told('nba_mcp_calls_waiting{lane="sql"}') == 0


def test_whoever_started_the_server_for_himself_has_no_rates() -> None:
    """Over stdio."""
    gate = Gate(calls_minute=1)

    async def main() -> None:
        for _ in range(5):
            await gate.call(PROCESS, "find")

    asyncio.run(main())
    assert gate.outcomes == [("find", "ok")] * 5
