"""Peers speak as the providers do: pydantic-ai's own models notice no difference."""

import asyncio

import httpx
import pytest
from pydantic import BaseModel
from pydantic_ai import Agent, NativeOutput
from pydantic_ai.direct import model_request
from pydantic_ai.messages import ModelRequest

from servers.model_peers import MakePeer
from servers.models import Reply, Usage, calls, later, says
from servers.models.clients import PROVIDERS, Provider, asking

pytest_plugins = ["pytester"]


class Answered(BaseModel):
    """The structured output that the tests ask for."""

    text: str
    number: int


agent = Agent(output_type=Answered, instructions="Be brief.")


@agent.tool_plain
def find(name: str) -> str:
    """Finds a player."""
    return f"found {name}"


LOOK = calls(("find", {"name": "LeBron"}), text="Let me see.", usage=Usage(200, 10, 50))
TELL = calls(("final_result", {"text": "28 points", "number": 28}), usage=Usage(300, 15))
ASKED = [ModelRequest.user_text_prompt("How many?")]
TOGETHER = Usage(500, 25, 50)
SCRIPT: list[Reply] = [LOOK, TELL]


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_tool_and_an_output_take_two_requests(model_peer: MakePeer, provider: Provider) -> None:
    """What came, what was counted and what the peer saw agree."""
    peer = model_peer(SCRIPT)

    async def ask() -> None:
        async with asking(peer, provider) as model:
            result = await agent.run("How many?", model=model)
        usage = result.usage
        assert result.output == Answered(text="28 points", number=28)
        assert Usage(usage.input_tokens, usage.output_tokens, usage.cache_read_tokens) == TOGETHER

    asyncio.run(ask())
    assert peer.wait_idle()  # a caller may have read all before the peer has written down that it was sent
    assert peer.told == TOGETHER
    first, second = peer.seen
    assert (first.turn, second.turn, second.key) == (1, 2, second.key)
    assert (second.system, second.users) == ("Be brief.", ("How many?",))
    assert list(second.tools) == ["find", "final_result"]
    assert [(one.name, one.text) for one in second.results] == [("find", "found LeBron")]
    assert second.results[0].call_id
    assert peer.bill == {second.model: TOGETHER}


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_same_as_streams(model_peer: MakePeer, provider: Provider) -> None:
    """Events carry the same replies and the same usage."""
    peer = model_peer(SCRIPT)

    async def ask() -> None:
        async with (
            asking(peer, provider) as model,
            agent.run_stream("How many?", model=model) as result,
        ):
            assert [one async for one in result.stream_output()][-1] == Answered(text="28 points", number=28)
            usage = result.usage
        assert Usage(usage.input_tokens, usage.output_tokens, usage.cache_read_tokens) == TOGETHER

    asyncio.run(ask())
    assert peer.wait_idle()
    assert peer.told == TOGETHER
    assert [one.streaming for one in peer.seen] == [True, True]


# Ollama's and DeepSeek's profiles, and this model of Bedrock's, know no schema for a text.
@pytest.mark.parametrize("provider", ["openai", "responses", "anthropic", "google"])
def test_a_schema_may_take_the_place_of_a_tool(model_peer: MakePeer, provider: Provider) -> None:
    """The peer sees the schema, and the text is the output."""
    peer = model_peer(says('{"text": "28 points", "number": 28}'))

    async def ask() -> None:
        async with asking(peer, provider) as model:
            result = await Agent(model, output_type=NativeOutput(Answered)).run("How many?")
        assert result.output.number == 28

    asyncio.run(ask())
    assert set((peer.seen[0].talk.output_schema or {})["properties"]) == {"text", "number"}
    assert not peer.seen[0].tools


@pytest.mark.parametrize("provider", PROVIDERS)
def test_arguments_may_be_broken(model_peer: MakePeer, provider: Provider) -> None:
    """Text that is no JSON arrives as it is; Google alone says in its place that a call was malformed."""
    peer = model_peer(calls(("find", '{"name": "Le')))

    async def ask() -> None:
        async with asking(peer, provider) as model:
            reply = await model_request(model, ASKED)
        if provider == "google":
            assert reply.finish_reason == "error"
        else:
            assert reply.tool_calls[0].args == '{"name": "Le'

    asyncio.run(ask())


def test_many_callers_are_counted(model_peer: MakePeer) -> None:
    """The peak is what ran at once, and usage is summed."""
    peer = model_peer(later(0.05, says("28", usage=Usage(10, 2), model="gpt-4o-mini-2024-07-18")))

    async def ask() -> None:
        async with asking(peer, "openai") as model:
            replies = await asyncio.gather(*(model_request(model, ASKED) for _ in range(20)))
        assert {one.model_name for one in replies} == {"gpt-4o-mini-2024-07-18"}

    asyncio.run(ask())
    assert (peer.peak, peer.in_flight) == (20, 0)
    assert peer.bill == {"gpt-4o-mini-2024-07-18": Usage(200, 40)}
    peer.forget()
    assert (peer.records, peer.peak, peer.told) == ([], 0, Usage())


def test_the_mistake_of_a_script_is_kept(model_peer: MakePeer) -> None:
    """Here it is expected; else the fixture fails the test by it, as the next test shows."""
    script: list[Reply] = [says("one")]
    peer = model_peer(script)
    for _ in range(2):
        httpx.post(f"{peer.openai_url}/chat/completions", json={"model": "m", "messages": []})
    httpx.post(f"{peer.url}/v1/embeddings", json={})
    assert [type(one) for one in peer.mistakes] == [IndexError, LookupError]
    assert "has 1 replies" in str(peer.mistakes[0])
    peer.mistakes.clear()


FORGETFUL = """
import urllib.error, urllib.request
import pytest

def test_script(model_peer):
    peer = model_peer([])
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(peer.url + "/v1/messages", b'{"model": "m", "messages": []}')
"""


def test_a_mistake_fails_the_test_that_made_it(pytester: pytest.Pytester) -> None:
    """Whatever the client made of the peer's odd reply."""
    pytester.makepyfile(FORGETFUL)
    result = pytester.runpytest_inprocess("-p", "servers.model_peers", "-p", "no:cacheprovider")
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*has 0 replies, and this is request 1*"])
