"""Around every prompt and resource that is read: the gate, a log line, and errors a caller can act on."""

import contextlib
from collections.abc import Iterator

import mcp.types as mt
from fastmcp.exceptions import NotFoundError
from fastmcp.prompts import PromptResult
from fastmcp.resources import ResourceResult
from fastmcp.server.middleware import CallNext, Middleware, MiddlewareContext
from mcp.shared.exceptions import MCPError

from nba_mcp_synthesis.errors import NbaMcpError, UsageError
from nba_mcp_synthesis.server.admission import Admission
from nba_mcp_synthesis.server.calls import ToolRefused
from nba_mcp_synthesis.server.observing import Observation
from nba_mcp_synthesis.telemetry.logs import request_context

Get = MiddlewareContext[mt.GetPromptRequestParams]
Read = MiddlewareContext[mt.ReadResourceRequestParams]


def protocol_error(error: NbaMcpError) -> MCPError:
    """An error of ours where the protocol has no place for one in a result; `data` has its stable code."""
    kind = mt.INVALID_PARAMS if isinstance(error, UsageError) else mt.INTERNAL_ERROR
    return MCPError(kind, str(error), {"code": error.code})


@contextlib.contextmanager
def worded_for_protocol() -> Iterator[None]:
    """Errors of ours inside become ones of the protocol, words and all."""
    try:
        yield
    except NbaMcpError as error:
        raise protocol_error(error) from error


@contextlib.contextmanager
def _observed(observation: Observation, kind: str) -> Iterator[None]:
    """Gives the observation its outcome, and errors of ours back the form that they had."""
    try:
        yield
    except ToolRefused as error:
        raise error.refusal from error
    except NotFoundError:
        observation.outcome = f"unknown_{kind}"
        raise


class Reads(Middleware):
    """Observes prompts and resources, and words their errors."""

    def __init__(self, admission: Admission) -> None:
        self._admission = admission

    async def on_get_prompt(
        self, context: Get, call_next: CallNext[mt.GetPromptRequestParams, PromptResult]
    ) -> PromptResult:
        """Gets the prompt; raises MCPError with a message for the caller where it cannot be had."""
        with request_context(), worded_for_protocol():
            async with self._admission.call("prompt") as observation:
                with _observed(observation, "prompt"):
                    await _check_arguments(context)
                    return await call_next(context)

    async def on_read_resource(
        self, context: Read, call_next: CallNext[mt.ReadResourceRequestParams, ResourceResult]
    ) -> ResourceResult:
        """Reads the resource; raises MCPError with a message for the caller where it cannot be had.

        Answers that were given want the scope of asking, as they do by every other door.
        """
        is_answer = str(context.message.uri).casefold().startswith("nba://answer/")
        with request_context(), worded_for_protocol():
            async with self._admission.call("answers" if is_answer else "resource") as observation:
                with _observed(observation, "resource"):
                    return await super().on_read_resource(context, call_next)


async def _check_arguments(context: Get) -> None:
    """Raises UsageError for arguments that lack, or that the prompt does not have."""
    server = context.fastmcp_context.fastmcp if context.fastmcp_context else None
    prompt = await server.get_prompt(context.message.name) if server else None
    if prompt is None:
        return  # the protocol says that there is none
    known = {argument.name: argument.required for argument in prompt.arguments or ()}
    given = context.message.arguments or {}
    lacking = [f"`{name}` is needed" for name, needed in known.items() if needed and name not in given]
    unknown = [f"`{name}` is no argument of it" for name in given if name not in known]
    if lacking or unknown:
        raise UsageError(
            f"Wrong arguments for the prompt {prompt.name}: {'; '.join([*lacking, *unknown])}.",
            "`prompts/list` has its arguments.",
        )
