"""Idempotency-Key: one computation for a request that is sent several times."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
import redis

import small_league
from nba_mcp_synthesis.errors import KeyReused, StillRunning
from nba_mcp_synthesis.facts import Caller
from nba_mcp_synthesis.server.access.caller import called_by
from nba_mcp_synthesis.server.once import once
from nba_mcp_synthesis.sharing.idempotency import CLAIM_SECONDS, Idempotency
from nba_mcp_synthesis.sharing.link import RedisLink
from nba_mcp_synthesis.telemetry.metrics import Metrics
from running import running
from servers.model_peers import MakePeer
from servers.models.behaviours import slow
from servers.redis import RedisServer
from synthesis.conftest import KEYS, LINES, QUESTION, knowing

pytestmark = pytest.mark.system

ASKED = {"question": "who scored the most points"}


def test_the_same_request_gets_the_same_answer(client: httpx.Client) -> None:
    """By its id; quotation marks are the header's own. Without a key each answer is another one."""
    first, again, bare = (
        client.post("/v1/ask", json=ASKED, headers={"Idempotency-Key": key}).json()
        for key in ('"one"', '"one"', "one")
    )
    assert first == again == bare
    assert client.post("/v1/ask", json=ASKED).json()["id"] != first["id"]


@pytest.mark.parametrize(
    ("key", "body", "status", "code"),
    [
        ("used", {"question": "who had the most wins"}, 422, "key_reused"),
        ("a b", ASKED, 400, "usage_error"),
        ("", ASKED, 400, "usage_error"),
        ("x" * 256, ASKED, 400, "usage_error"),
    ],
)
def test_a_key_that_cannot_be_used(
    client: httpx.Client, key: str, body: dict[str, str], status: int, code: str
) -> None:
    """It is another request's, or no key at all."""
    client.post("/v1/ask", json=ASKED, headers={"Idempotency-Key": "used"})
    response = client.post("/v1/ask", json=body, headers={"Idempotency-Key": key})
    assert (response.status_code, response.json()["code"]) == (status, code)


def test_a_request_that_failed_may_be_sent_again(client: httpx.Client) -> None:
    """Its key is free, for a body that can be answered too."""
    headers = {"Idempotency-Key": "mended"}
    assert client.post("/v1/ask", json={"question": " "}, headers=headers).status_code == 400
    assert client.post("/v1/ask", json=ASKED, headers=headers).status_code == 200


def test_duplicates_at_the_same_time_ask_the_models_once(tmp_path: Path, model_peer: MakePeer) -> None:
    """One computes; the others are told to come again, and then get its answer."""
    path = small_league.build(tmp_path / "small.duckdb")
    peer = model_peer(slow(knowing(), 4.0))  # at each of its two turns: the others have time to ask
    named = {"NBA_MCP_WAREHOUSE_URL": f"duckdb:///{path}", "NBA_MCP_ANSWER_CACHE_SECONDS": "0"}
    models = LINES["openai"].format(peer=peer)
    with (
        running(tmp_path, **KEYS, **named, NBA_MCP_MODELS=models, NBA_MCP_VOICE_SECONDS="90") as server,
        ThreadPoolExecutor(1) as beside,
    ):

        def ask() -> httpx.Response:
            asked, headers = {"question": QUESTION}, {"Idempotency-Key": "same"}
            return httpx.post(f"{server.url}/v1/ask", json=asked, headers=headers, timeout=90)

        first = beside.submit(ask)
        assert peer.wait_busy(within=60)
        late = [ask() for _ in range(3)]
        assert [(one.status_code, one.json()["code"]) for one in late] == [(409, "still_running")] * 3
        assert {one.headers["Retry-After"] for one in late} == {"1"}
        answer = first.result()
        assert answer.status_code == 200
        assert ask().json() == answer.json()
        sample = 'nba_mcp_answers_total{by="models",status="answered"} 1.0'
        assert sample in httpx.get(f"{server.url}/metrics").text


@pytest.fixture(params=["memory", "redis"])
def kept(request: pytest.FixtureRequest) -> Any:
    """Two servers' keys: the same store where they share a Redis, else one server's."""
    if request.param == "memory":
        one = Idempotency(None)
        yield one, one
        return
    server: RedisServer = request.getfixturevalue("redis_server")
    server.client().flushall()
    links = [RedisLink(connect_to(server), Metrics()) for _ in range(2)]
    for link in links:
        link.start()
        assert link.up
    yield tuple(Idempotency(link) for link in links)
    for link in links:
        link.stop()


def connect_to(server: RedisServer) -> Callable[..., "redis.Redis"]:
    """A maker of clients."""
    return lambda **options: redis.Redis.from_url(server.url, **options)


def test_keys_are_of_their_callers_and_shared(kept: tuple[Idempotency, Idempotency]) -> None:
    """A claim holds for the other process, not for another caller; an answer is found by both."""
    here, there = kept
    claim = here.claim("ada", "k", ASKED)
    assert claim.answer is None
    with pytest.raises(StillRunning):
        there.claim("ada", "k", ASKED)
    with pytest.raises(KeyReused):
        there.claim("ada", "k", {"question": "another"})
    assert there.claim("ben", "k", ASKED).answer is None
    here.renew(claim)
    here.keep(claim, {"text": "Ada."})
    assert there.claim("ada", "k", ASKED).answer == {"text": "Ada."}
    other = there.claim("ada", "k2", ASKED)
    there.release(other)
    assert here.claim("ada", "k2", ASKED).answer is None


def test_a_claim_in_redis_ends_by_itself(redis_server: RedisServer) -> None:
    """That of a process that died is free after a while, and that of an answer after a day."""
    link = RedisLink(connect_to(redis_server), Metrics())
    link.start()
    try:
        claim = Idempotency(link).claim("ada", "dies", ASKED)
        ages = redis_server.client()
        name = f"nba-mcp:idempotency:{claim.name}"
        assert 0 < int(str(ages.ttl(name))) <= CLAIM_SECONDS
        Idempotency(link).keep(claim, {})
        assert 80_000 < int(str(ages.ttl(name))) <= 86_400
    finally:
        link.stop()


def test_callers_with_the_same_key_do_not_see_each_other() -> None:
    """The key belongs to whoever calls."""
    kept, made = Idempotency(None), threading.Semaphore(0)

    async def compute() -> dict[str, Any]:
        made.release()
        return {"text": "made"}

    async def ask(name: str) -> None:
        with called_by(Caller(name, "key", frozenset())):
            await once(kept, "k", ASKED, compute)

    async def main() -> None:
        for name in ("ada", "ben", "ada"):
            await ask(name)

    asyncio.run(main())
    assert [made.acquire(blocking=False) for _ in range(3)] == [True, True, False]
