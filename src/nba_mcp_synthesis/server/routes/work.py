"""What most routes do: one call of a tool's work, in a thread, whose result goes out as it is."""

from collections.abc import Callable

from fastapi import Response
from pydantic import BaseModel
from pydantic_core import to_json
from starlette.concurrency import run_in_threadpool

from nba_mcp_synthesis.server.tools import Services


async def answered(services: Services, tool: str, work: Callable[[], BaseModel | bytes]) -> Response:
    """The response with what `work` gives, which counts as a call of the tool."""
    async with services.admission.call(tool):
        body = await run_in_threadpool(lambda: _text(work()))
    return Response(body, media_type="application/json")


def _text(found: BaseModel | bytes) -> bytes:
    return found if isinstance(found, bytes) else to_json(found)
