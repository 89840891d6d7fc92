"""What is counted and logged of every call."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from time import perf_counter

from nba_mcp_synthesis.telemetry.logs import get_logger
from nba_mcp_synthesis.telemetry.metrics import Metrics


@dataclass
class Observation:
    """What is to be said about one call when it ends."""

    tool: str
    outcome: str = ""  # empty where an error came that nobody foresaw
    rows: int | None = None
    cost_usd: float | None = None


@contextlib.contextmanager
def observed(metrics: Metrics, tool: str) -> Iterator[Observation]:
    """Counts and logs the call inside, with the outcome that it is given."""
    started = perf_counter()
    call = Observation(tool)
    try:
        yield call
    finally:
        seconds = perf_counter() - started
        call.outcome = call.outcome or "internal_error"
        metrics.tool_calls.labels(call.tool, call.outcome).inc()
        metrics.tool_seconds.labels(call.tool).observe(seconds)
        get_logger().info("tool_call", tool=call.tool, outcome=call.outcome, seconds=round(seconds, 4))
