"""How far an answer has come, told to the client while it waits."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import anyio
from fastmcp import Context

from nba_mcp_synthesis.facts import Progress, Tell, tell_nobody
from nba_mcp_synthesis.telemetry.logs import get_logger


@contextlib.asynccontextmanager
async def told(context: Context) -> AsyncIterator[Tell]:
    """What hears news inside, from any thread, and passes them on in their order.

    Nobody is told where the client did not ask for it. All news are sent before the block ends, so that none
    comes after the answer; where the block is cancelled, no more is sent.
    """
    if not _is_wanted(context):
        yield tell_nobody
        return
    loop, news = asyncio.get_running_loop(), asyncio.Queue[Progress | None]()

    def tell(progress: Progress) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(news.put_nowait, progress)

    sender = asyncio.create_task(_send(context, news))
    try:
        yield tell
        loop.call_soon_threadsafe(news.put_nowait, None)  # behind all that was told before
        await sender
    finally:
        sender.cancel()


def _is_wanted(context: Context) -> bool:
    request = context.request_context
    return request is not None and (request.meta or {}).get("progressToken") is not None


async def _send(context: Context, news: "asyncio.Queue[Progress | None]") -> None:
    """Sends news until None comes. Without a total: how many voices will be heard is not known before."""
    sent = 0
    while (progress := await news.get()) is not None:
        sent += 1
        try:
            await context.report_progress(sent, message=progress.text)
        except (anyio.BrokenResourceError, anyio.ClosedResourceError):
            get_logger().debug("progress", note="the client is gone")
            return
