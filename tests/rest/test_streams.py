"""POST /v1/ask as events, and what becomes of a question whose asker leaves."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

import small_league
from nba_mcp_synthesis.facts import Progress, Tell
from nba_mcp_synthesis.server.answer_stream import AnswerStream
from running import Running, running
from servers.model_peers import MakePeer
from servers.models import Peer, hangs
from servers.models.behaviours import slow
from synthesis.conftest import KEYS, LINES, QUESTION, knowing

pytestmark = pytest.mark.system  # servers whose models are asked

EVENTS = {"Accept": "text/event-stream"}


def events_of(text: str) -> list[tuple[str, dict[str, Any]]]:
    """(event, data) of a stream, comments left out."""
    found = []
    for block in text.split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
        if lines:
            found.append((lines["event"], json.loads(lines["data"])))
    return found


@pytest.mark.requirement("SYS-APP")
def test_stages_come_first_then_sentences_then_the_answer(client: httpx.Client) -> None:
    """The answer is the one that JSON gives, and the sentences together are its text."""
    asked = {"question": "who scored the most points"}
    with client.stream("POST", "/v1/ask", json=asked, headers=EVENTS) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        events = events_of(response.read().decode())
    names = [name for name, _ in events]
    assert names[:3] == ["stage", "stage", "stage"]
    assert [data["stage"] for _, data in events[:3]] == ["analyst", "verification", "merging"]
    answer = events[-1][1]
    assert names[-1] == "answer"
    assert " ".join(data["text"] for name, data in events if name == "text") == answer["text"]
    plain = client.post("/v1/ask", json=asked).json()
    assert (plain["text"], plain["values"]) == (answer["text"], answer["values"])


def test_a_question_that_is_refused_at_once_is_a_problem_with_its_status(client: httpx.Client) -> None:
    """No stream is begun for it."""
    response = client.post("/v1/ask", json={"question": " "}, headers=EVENTS)
    assert (response.status_code, response.headers["content-type"]) == (400, "application/problem+json")


async def gathered(ask: Any, heartbeat: float = 15.0) -> str:
    """What a stream sends to a client that stays."""
    sent: list[bytes] = []

    async def receive() -> dict[str, Any]:
        await asyncio.Event().wait()
        raise AssertionError

    async def send(message: Any) -> None:
        sent.append(message.get("body", b""))

    await AnswerStream(ask, heartbeat)({}, receive, send)
    return b"".join(sent).decode()


def test_a_comment_shows_that_the_connection_lives() -> None:
    """While there is no news, and from the first moment on."""

    async def ask(tell: Tell) -> dict[str, Any]:
        await asyncio.sleep(0.1)
        return {"text": "Done."}

    text = asyncio.run(gathered(ask, heartbeat=0.01))
    assert text.startswith(": still working\n\n")
    assert events_of(text) == [("text", {"text": "Done."}), ("answer", {"text": "Done."})]


def test_an_error_on_the_way_is_an_event_and_says_nothing_of_internals() -> None:
    """What nobody foresaw has the same words as by HTTP."""

    async def ask(tell: Tell) -> dict[str, Any]:
        tell(Progress("analyst", "reading"))
        await asyncio.sleep(0)
        raise RuntimeError("/secret/path")

    name, problem = events_of(asyncio.run(gathered(ask)))[-1]
    assert (name, problem["code"], problem["status"]) == ("error", "internal_error", 500)
    assert "secret" not in json.dumps(problem)


@contextlib.asynccontextmanager
async def asking(server: Running, headers: dict[str, str]) -> AsyncIterator["asyncio.Task[None]"]:
    """A question that is being asked in a task; cancelling it closes the connection."""

    async def ask() -> None:
        async with httpx.AsyncClient(timeout=60) as client:
            body = {"question": QUESTION}
            async with client.stream("POST", f"{server.url}/v1/ask", json=body, headers=headers) as response:
                async for _ in response.aiter_bytes():
                    pass

    task = asyncio.create_task(ask())
    yield task
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Of a server over the small league, with keys."""
    path = small_league.build(tmp_path / "small.duckdb")
    return {**KEYS, "NBA_MCP_WAREHOUSE_URL": f"duckdb:///{path}", "NBA_MCP_HOME": str(tmp_path)}


@pytest.mark.parametrize(
    "headers", [{}, EVENTS, {"Idempotency-Key": "left"}], ids=["json", "events", "idempotent"]
)
def test_who_leaves_takes_the_calls_to_models_along(
    environment: dict[str, str], tmp_path: Path, model_peer: MakePeer, headers: dict[str, str]
) -> None:
    """The connection to the provider ends with the client's, and the call counts as cancelled."""
    peer = model_peer(hangs())
    with running(tmp_path, **environment, NBA_MCP_MODELS=LINES["openai"].format(peer=peer)) as server:

        async def leave() -> None:
            async with asking(server, headers):
                assert await peer.busy(within=40), "the model was asked"

        asyncio.run(leave())
        assert peer.wait_idle(within=10)
        assert peer.left == 1
        sample = 'nba_mcp_tool_calls_total{outcome="cancelled",tool="ask"} 1.0'
        assert sample in httpx.get(f"{server.url}/metrics").text


def test_stages_are_told_while_models_are_asked(
    environment: dict[str, str], tmp_path: Path, model_peer: MakePeer
) -> None:
    """The first comes before the model has answered."""
    peer: Peer = model_peer(slow(knowing(), 1.0))
    with running(tmp_path, **environment, NBA_MCP_MODELS=LINES["openai"].format(peer=peer)) as server:
        text, seen_early = "", False
        with httpx.stream(
            "POST", f"{server.url}/v1/ask", json={"question": QUESTION}, headers=EVENTS, timeout=60
        ) as response:
            for piece in response.iter_text():
                text += piece
                seen_early = seen_early or ('"voices"' in text and "event: answer" not in text)
    events = events_of(text)
    assert seen_early
    assert "220" in events[-1][1]["text"]
    assert {data["stage"] for name, data in events if name == "stage"} >= {"analyst", "voices", "merging"}
