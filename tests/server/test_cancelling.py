"""A client that cancels a question takes the providers' calls with it, by either protocol and transport."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastmcp import Client
from fastmcp.client.transports import StdioTransport

from running import COMMAND, running
from servers.model_peers import MakePeer
from servers.models import Peer, hangs
from servers.models.behaviours import slow
from synthesis.conftest import KEYS, LINES, QUESTION, knowing

pytestmark = pytest.mark.system  # a process for each way, and minutes in all
MODES = pytest.mark.parametrize("mode", ["auto", "legacy"])
DOORS = pytest.mark.parametrize("door", ["http", "stdio"])


@pytest.fixture
def environment(small_path: Path, tmp_path: Path) -> dict[str, str]:
    """Of a server over the small league, with keys."""
    return {
        **KEYS,
        "NBA_MCP_WAREHOUSE_URL": f"duckdb:///{small_path}",
        "NBA_MCP_HOME": str(tmp_path),
        "NBA_MCP_LOG_LEVEL": "warning",
    }


@contextlib.contextmanager
def address(door: str, folder: Path, environment: dict[str, str]) -> Iterator[str | StdioTransport]:
    """What a client of a server process connects to."""
    if door == "http":
        with running(folder, **environment) as server:
            yield f"{server.url}/mcp"
    else:
        yield StdioTransport(COMMAND, ["serve", "--transport", "stdio"], {**os.environ, **environment})


@contextlib.asynccontextmanager
async def asking(client: Client[Any], peer: Peer) -> AsyncIterator["asyncio.Task[Any]"]:
    """A question on its way, while the model thinks about it."""
    task = asyncio.create_task(client.call_tool("ask", {"question": QUESTION}))
    assert await peer.busy(within=60), "the model was asked"
    yield task
    with contextlib.suppress(asyncio.CancelledError):
        await task


@MODES
@DOORS
def test_a_cancelled_question_leaves_no_call_behind(
    environment: dict[str, str], tmp_path: Path, model_peer: MakePeer, door: str, mode: str
) -> None:
    """The server goes on to serve the same client."""
    peer = model_peer(hangs())
    environment["NBA_MCP_MODELS"] = LINES["openai"].format(peer=peer)

    async def main(target: str | StdioTransport) -> None:
        async with Client(target, mode=mode) as client:
            async with asking(client, peer) as task:
                task.cancel()
            assert await peer.idle()
            assert peer.left == 1
            found = await client.call_tool("find", {"name": "ada test"})
            assert found.structured_content["matches"][0]["id"] == 1

    with address(door, tmp_path, environment) as target:
        asyncio.run(main(target))


@MODES
@DOORS
def test_a_client_that_goes_away_leaves_no_call_behind(
    environment: dict[str, str], tmp_path: Path, model_peer: MakePeer, door: str, mode: str
) -> None:
    """It closes its connection, or its end of the pipe, with a question under way."""
    peer = model_peer(hangs())
    environment["NBA_MCP_MODELS"] = LINES["openai"].format(peer=peer)

    async def main(target: str | StdioTransport) -> None:
        async with Client(target, mode=mode) as client:
            task = asyncio.create_task(client.call_tool("ask", {"question": QUESTION}))
            assert await peer.busy(within=60), "the model was asked"
        with contextlib.suppress(Exception, asyncio.CancelledError):
            await task
        assert await peer.idle()

    with address(door, tmp_path, environment) as target:
        asyncio.run(main(target))
        assert peer.left == 1


@MODES
@DOORS
def test_stages_arrive_while_models_think(
    environment: dict[str, str], tmp_path: Path, model_peer: MakePeer, door: str, mode: str
) -> None:
    """Over the wire, and before the answer: the first one while the model has not spoken yet."""
    peer = model_peer(slow(knowing(), 0.5))
    environment["NBA_MCP_MODELS"] = LINES["openai"].format(peer=peer)
    heard: list[tuple[str | None, int]] = []

    async def hear(_: float, __: float | None, message: str | None) -> None:
        heard.append((message, sum(one.outcome == "answered" for one in peer.records)))

    async def main(target: str | StdioTransport) -> None:
        async with Client(target, mode=mode) as client:
            found = await client.call_tool("ask", {"question": QUESTION}, progress_handler=hear)
            assert "220" in found.structured_content["text"]

    with address(door, tmp_path, environment) as target:
        asyncio.run(main(target))
    assert heard[0][1] == 0, "told while the model was still thinking"
    assert len(heard) >= 3
