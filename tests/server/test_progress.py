"""Progress of `ask`: stages come while the answer is made, in order, and only to who wants them."""

import asyncio
import threading
from typing import Any

import pytest
from fastmcp import Client, Context, FastMCP

from nba_mcp_synthesis.facts import Progress
from nba_mcp_synthesis.server.progress import told
from server.conftest import Talk

QUESTION = "how many points did Cid Sample score"
MODES = pytest.mark.parametrize("mode", ["auto", "legacy"])


@MODES
def test_stages_of_an_answer_come_before_it(talk: Talk, mode: str) -> None:
    """Each with a number that grows, and words for who waits."""
    heard: list[tuple[float, float | None, str | None]] = []

    async def hear(progress: float, total: float | None, message: str | None) -> None:
        heard.append((progress, total, message))

    async def work(client: Client[Any]) -> int:
        await client.call_tool("ask", {"question": QUESTION}, progress_handler=hear)
        return len(heard)

    before_the_end = talk(work, mode=mode)
    assert before_the_end == len(heard) > 0
    assert [number for number, _, _ in heard] == list(range(1, len(heard) + 1))
    assert all(total is None and message for _, total, message in heard)


def server_of(news: list[Progress], seen: list[str]) -> FastMCP:
    """A server whose tool tells news from several threads, one after the other."""
    server: FastMCP = FastMCP("told")

    @server.tool
    async def work(ctx: Context) -> str:
        async with told(ctx) as tell:
            for progress in news:
                thread = threading.Thread(target=tell, args=(progress,))
                thread.start()
                await asyncio.to_thread(thread.join)
        seen.append("done")
        return "done"

    return server


def test_news_from_many_threads_arrive_in_their_order() -> None:
    """None is lost, none comes twice, all before the result."""
    news = [Progress("voices", f"voice {n}") for n in range(50)]
    heard: list[str | None] = []

    async def hear(_: float, __: float | None, message: str | None) -> None:
        heard.append(message)

    async def main() -> None:
        async with Client(server_of(news, []), progress_handler=hear) as client:
            await client.call_tool("work", {})

    asyncio.run(main())
    assert heard == [progress.text for progress in news]


def test_news_after_the_end_reach_nobody_and_break_nothing() -> None:
    """A voice may still speak when its answer was given up, and when the loop is gone."""
    kept: list[Any] = []
    server: FastMCP = FastMCP("kept")

    @server.tool
    async def work(ctx: Context) -> str:
        async with told(ctx) as tell:
            kept.append(tell)
        tell(Progress("voices", "too late"))
        return "done"

    heard: list[str | None] = []

    async def hear(_: float, __: float | None, message: str | None) -> None:
        heard.append(message)

    async def main() -> None:
        async with Client(server, progress_handler=hear) as client:
            await client.call_tool("work", {})

    asyncio.run(main())
    kept[0](Progress("voices", "the loop is closed"))
    assert heard == []
