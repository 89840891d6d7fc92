"""Around every tool call: a request id, a log line, counters, and errors in words a caller can act on."""

import contextlib
import functools
import logging
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from time import perf_counter
from typing import Any, ParamSpec, TypeVar

import mcp.types as mt
from fastmcp.exceptions import NotFoundError, ToolError
from fastmcp.exceptions import ValidationError as ArgumentError
from fastmcp.server.middleware import CallNext, Middleware, MiddlewareContext
from fastmcp.tools import ToolResult
from pydantic import ValidationError

from nba_mcp_synthesis.errors import NbaMcpError
from nba_mcp_synthesis.telemetry.logs import get_logger, request_context
from nba_mcp_synthesis.telemetry.metrics import Metrics

Call = MiddlewareContext[mt.CallToolRequestParams]
READ_ONLY = mt.ToolAnnotations(
    read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)
P = ParamSpec("P")
R = TypeVar("R")


class ToolRefused(ToolError):
    """An error of ours on its way to the caller, message and all; `code` names its kind."""

    def __init__(self, error: NbaMcpError) -> None:
        super().__init__(str(error), log_level=logging.DEBUG)
        self.code = error.code


def worded(tool: Callable[P, R]) -> Callable[P, R]:
    """The tool, with its own errors made ones that reach the caller; all others are masked."""

    @functools.wraps(tool)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return tool(*args, **kwargs)
        except NbaMcpError as error:
            raise ToolRefused(error) from error

    return call


def worded_async(tool: Callable[P, Awaitable[R]]) -> Callable[P, Awaitable[R]]:
    """The same for a tool that is waited for without a thread."""

    @functools.wraps(tool)
    async def call(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return await tool(*args, **kwargs)
        except NbaMcpError as error:
            raise ToolRefused(error) from error

    return call


class ToolCalls(Middleware):
    """Observes tool calls and words their errors."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    async def on_call_tool(
        self, context: Call, call_next: CallNext[mt.CallToolRequestParams, ToolResult]
    ) -> ToolResult:
        """Runs the call; raises ToolError with a message for the caller where it fails."""
        tool = context.message.name
        with request_context(), observed(self._metrics, tool) as observation:
            try:
                result = await call_next(context)
            except ToolRefused as error:
                observation.outcome = error.code
                raise
            except (ValidationError, ArgumentError) as error:
                observation.outcome = "wrong_arguments"
                raise ToolError(_advice(tool, error)) from None
            except NotFoundError as error:
                observation.outcome, observation.tool = "unknown_tool", "unknown"
                raise ToolError(f"{error}. `tools/list` names the tools.") from None
            observation.outcome = "ok"
            return result


@dataclass
class Observation:
    """What is to be said about one call when it ends."""

    tool: str
    outcome: str = "internal_error"


@contextlib.contextmanager
def observed(metrics: Metrics, tool: str) -> Iterator[Observation]:
    """Counts and logs the call inside, with the outcome that it is given."""
    started = perf_counter()
    call = Observation(tool)
    try:
        yield call
    finally:
        seconds = perf_counter() - started
        metrics.tool_calls.labels(call.tool, call.outcome).inc()
        metrics.tool_seconds.labels(call.tool).observe(seconds)
        get_logger().info("tool_call", tool=call.tool, outcome=call.outcome, seconds=round(seconds, 4))


def _advice(tool: str, error: Exception) -> str:
    """What is wrong with the arguments, one clause an argument, and where to look."""
    cause = error if isinstance(error, ValidationError) else error.__cause__
    if not isinstance(cause, ValidationError):
        return f"{tool} was called with arguments that it cannot use: {error}"
    wrong = "; ".join(_clauses(cause))
    return f"{tool} was called with arguments that it cannot use: {wrong}. See its inputSchema in tools/list."


def _clauses(error: ValidationError) -> Iterator[str]:
    for problem in error.errors(include_url=False, include_input=False):
        name = ".".join(str(part) for part in problem["loc"])
        yield f"`{name}` {_PLAIN.get(problem['type'], _lower(problem['msg']))}"


_PLAIN: dict[str, str] = {
    "missing_argument": "is needed",
    "unexpected_keyword_argument": "is no argument of it",
}


def _lower(message: Any) -> str:
    text = str(message)
    return text[0].lower() + text[1:]
