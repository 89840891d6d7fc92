"""Whoever goes away takes his calls along: nobody pays for an answer that nobody reads."""

import asyncio
import contextlib
from pathlib import Path

import httpx
import pytest

import small_league
from nba_mcp_synthesis.facts import Answer
from running import Running, running
from server.test_serve import ACCEPT, message, modern
from servers.model_peers import MakePeer
from servers.models import Peer, hangs
from servers.models.behaviours import slow
from synthesis.conftest import KEYS, LINES, QUESTION, MakeApp, knowing

pytestmark = pytest.mark.system


def test_a_cancelled_question_leaves_no_call_at_a_peer(panel: MakeApp, model_peer: MakePeer) -> None:
    """Also where several voices are asked at once."""
    peers = {name: model_peer(hangs()) for name in ("openai", "anthropic", "google")}
    questions = panel(peers, strategy="panel").questions()

    async def leave() -> None:
        begun = await asyncio.to_thread(questions.begin, QUESTION, None, None)
        assert not isinstance(begun, Answer)
        asking = asyncio.create_task(questions.go_on(begun))
        for peer in peers.values():
            assert await peer.busy()
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        for peer in peers.values():
            assert await peer.idle()
        assert questions.choir is not None
        await questions.choir.close()

    asyncio.run(leave())
    assert [peer.left for peer in peers.values()] == [1, 1, 1]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Of a server over the small league, with keys."""
    path = small_league.build(tmp_path / "small.duckdb")
    return {**KEYS, "NBA_MCP_WAREHOUSE_URL": f"duckdb:///{path}", "NBA_MCP_HOME": str(tmp_path)}


def test_a_client_that_hangs_up_leaves_no_call_at_a_peer(
    environment: dict[str, str], tmp_path: Path, model_peer: MakePeer
) -> None:
    """Over HTTP, against a server process: its connection to the provider ends with the client's."""
    peer = model_peer(hangs())
    with running(tmp_path, **environment, NBA_MCP_MODELS=LINES["openai"].format(peer=peer)) as server:
        asyncio.run(hang_up(server, peer))
        assert peer.wait_idle(within=5)
        assert peer.left == 1


async def hang_up(server: Running, peer: Peer) -> None:
    """Asks, and closes the connection while the model is thinking."""
    body, headers = message("tools/call", name="ask", arguments={"question": QUESTION})
    async with httpx.AsyncClient(timeout=60) as client:
        asking = asyncio.create_task(client.post(f"{server.url}/mcp", json=body, headers=ACCEPT | headers))
        assert await peer.busy(within=40), "the model was asked"
        asking.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asking


def test_a_server_serves_others_while_models_are_waited_for(
    environment: dict[str, str], tmp_path: Path, model_peer: MakePeer
) -> None:
    """The answer comes over MCP, is in the ledger by its id, and over REST."""
    peer = model_peer(slow(knowing(), 0.5))
    with running(tmp_path, **environment, NBA_MCP_MODELS=LINES["openai"].format(peer=peer)) as server:
        reply = modern(server, "tools/call", name="ask", arguments={"question": QUESTION}).json()
        answer = reply["result"]["structuredContent"]
        assert "220" in answer["text"]
        recorded = httpx.get(f"{server.url}/v1/answers/{answer['id']}").json()
        assert (recorded["text"], recorded["values"]) == (answer["text"], answer["values"])
        assert "requests" not in recorded
        missing = httpx.get(f"{server.url}/v1/answers/nope")
        assert (missing.status_code, missing.json()["code"]) == (404, "no_such_answer")
        metrics = httpx.get(f"{server.url}/metrics").text
        assert 'nba_mcp_model_requests_total{outcome="ok",voice="openai:gpt-4.1-mini"} 2.0' in metrics
        assert 'nba_mcp_answers_total{by="models",status="answered"} 1.0' in metrics
