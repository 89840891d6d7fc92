"""Around every tool call: a request id, a log line, counters, and errors in words a caller can act on."""

import functools
import logging
from collections.abc import Awaitable, Callable
from typing import ParamSpec, TypeVar

import mcp.types as mt
from fastmcp.exceptions import NotFoundError, ToolError
from fastmcp.exceptions import ValidationError as ArgumentError
from fastmcp.server.middleware import CallNext, Middleware, MiddlewareContext
from fastmcp.tools import ToolResult
from pydantic import ValidationError

from nba_mcp_synthesis.errors import NbaMcpError
from nba_mcp_synthesis.server.admission import Admission
from nba_mcp_synthesis.server.arguments import clauses
from nba_mcp_synthesis.server.observing import Observation
from nba_mcp_synthesis.telemetry.logs import request_context

Call = MiddlewareContext[mt.CallToolRequestParams]
READ_ONLY = mt.ToolAnnotations(
    read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)
P = ParamSpec("P")
R = TypeVar("R")


class ToolRefused(ToolError):
    """An error of ours (`refusal`) on its way to the caller, message and all; `code` names its kind."""

    def __init__(self, error: NbaMcpError) -> None:
        super().__init__(str(error), log_level=logging.DEBUG)
        self.refusal = error
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

    def __init__(self, admission: Admission) -> None:
        self._admission = admission

    async def on_call_tool(
        self, context: Call, call_next: CallNext[mt.CallToolRequestParams, ToolResult]
    ) -> ToolResult:
        """Runs the call; raises ToolError with a message for the caller where it fails."""
        tool = context.message.name
        try:
            with request_context():
                async with self._admission.call(tool) as observation:
                    return await self._answered(context, call_next, observation)
        except NbaMcpError as error:
            raise ToolRefused(error) from error

    @staticmethod
    async def _answered(
        context: Call, call_next: CallNext[mt.CallToolRequestParams, ToolResult], observation: Observation
    ) -> ToolResult:
        tool = context.message.name
        try:
            result = await call_next(context)
            found = (result.structured_content or {}).get("rows")
            if observation.rows is None and isinstance(found, list):
                observation.rows = len(found)
        except ToolRefused as error:
            observation.outcome = error.code
            raise
        except (ValidationError, ArgumentError) as error:
            observation.outcome = "wrong_arguments"
            raise ToolError(_advice(tool, error)) from None
        except NotFoundError as error:
            observation.outcome = "unknown_tool"
            raise ToolError(f"{error}. `tools/list` names the tools.") from None
        return result


def _advice(tool: str, error: Exception) -> str:
    """What is wrong with the arguments, one clause an argument, and where to look."""
    cause = error if isinstance(error, ValidationError) else error.__cause__
    if not isinstance(cause, ValidationError):
        return f"{tool} was called with arguments that it cannot use: {error}"
    wrong = clauses(cause.errors(include_url=False, include_input=False))
    return f"{tool} was called with arguments that it cannot use: {wrong}. See its inputSchema in tools/list."
