"""What is counted, logged and noted of every call."""

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from time import monotonic, perf_counter

from nba_mcp_synthesis.telemetry import traces
from nba_mcp_synthesis.telemetry.logs import get_logger
from nba_mcp_synthesis.telemetry.metrics import Metrics


@dataclass
class Observation:
    """What is to be said about one call when it ends."""

    tool: str
    outcome: str = ""  # empty where an error came that nobody foresaw
    rows: int | None = None
    cost_usd: float | None = None
    seconds: float | None = None  # none where the request was refused before it became a call


# The call that code runs for.
_current: ContextVar[Observation | None] = ContextVar("observation", default=None)


def tell_call(*, rows: int | None = None, cost_usd: float | None = None) -> None:
    """Says of the call that this runs for how many rows it gives, and what it costs."""
    call = _current.get()
    if call is not None:
        call.rows = call.rows if rows is None else rows
        call.cost_usd = call.cost_usd if cost_usd is None else cost_usd


# Hears of calls that have ended, in the context of their request, and must neither wait nor raise.
Note = Callable[[Observation], None]


def noted_nowhere(_: Observation) -> None:
    """For servers that keep no audit log."""


def a_minute(most: int, note: Note, clock: Callable[[], float] = monotonic) -> Note:
    """The same for so many calls in each minute; the others are not noted."""
    minute, noted = -1, 0

    def sparing(call: Observation) -> None:
        nonlocal minute, noted
        now = int(clock() // 60)
        if now != minute:
            minute, noted = now, 0
        noted += 1
        if noted <= most:
            note(call)

    return sparing


@contextlib.contextmanager
def observed(metrics: Metrics, tool: str, note: Note = noted_nowhere) -> Iterator[Observation]:
    """Counts, logs and notes the call inside, with the outcome that it is given."""
    started = perf_counter()
    call = Observation(tool)
    token = _current.set(call)
    told = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": tool}
    try:
        with traces.span(f"execute_tool {tool}", told) as span:
            yield call
            if span:
                span.set_attribute("nba.outcome", call.outcome or "ok")
    except asyncio.CancelledError:  # the caller has left, or the server stops
        call.outcome = call.outcome or "cancelled"
        raise
    finally:
        _current.reset(token)
        call.seconds = perf_counter() - started
        call.outcome = call.outcome or "internal_error"
        metrics.tool_called(call.tool, call.outcome, call.seconds)
        counted = {name: value for name, value in (("rows", call.rows), ("cost_usd", call.cost_usd)) if value}
        get_logger().info(
            "tool_call", tool=call.tool, outcome=call.outcome, seconds=round(call.seconds, 4), **counted
        )
        note(call)
