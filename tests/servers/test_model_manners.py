"""How replies travel: slowly, broken, not at all; and what a peer notices of its callers."""

import asyncio
import time
from collections.abc import Coroutine
from typing import Any

import anthropic
import openai
import pytest
from pydantic_ai import exceptions as categories
from pydantic_ai.direct import model_request, model_request_stream
from pydantic_ai.messages import ModelRequest, ModelResponse
from pydantic_ai.models import Model

from servers.model_peers import MakePeer
from servers.models import Peer, Usage, breaks_off, cuts, drips, garbles, hangs, later, refuses, says
from servers.models.clients import PROVIDERS, Provider, asking

ASKED = [ModelRequest.user_text_prompt("How many?")]
TEXT = "Twenty-eight points, eight rebounds and eight assists."
EVERY = pytest.mark.parametrize("provider", PROVIDERS)
LEAVING = pytest.mark.parametrize("provider", [one for one in PROVIDERS if one != "bedrock"])


def run(work: Coroutine[Any, Any, None]) -> None:
    """Runs a coroutine to its end."""
    asyncio.run(work)


async def streamed(model: Model) -> ModelResponse:
    """The reply that came as a stream."""
    async with model_request_stream(model, ASKED) as stream:
        async for _ in stream:
            pass
        return stream.get()


@EVERY
def test_a_dripping_reply_comes_whole(model_peer: MakePeer, provider: Provider) -> None:
    """At once or as a stream, though not before its time."""
    peer = model_peer(drips(says(TEXT), pause=0.004, pieces=10))

    async def ask() -> None:
        async with asking(peer, provider) as model:
            begun = time.monotonic()
            assert (await model_request(model, ASKED)).text == TEXT
            assert time.monotonic() - begun > 0.03
            assert (await streamed(model)).text == TEXT

    run(ask())


@EVERY
def test_a_cut_reply_is_no_reply(model_peer: MakePeer, provider: Provider) -> None:
    """The connection ends in the middle of the body: nobody takes the half for the whole."""
    peer = model_peer(cuts(says(TEXT)))

    async def ask() -> None:
        async with asking(peer, provider) as model:
            # botocore takes the half, in which pydantic-ai then misses what must be there.
            wanted = categories.ModelAPIError if provider == "bedrock" else categories.ModelConnectionError
            with pytest.raises(wanted):
                await model_request(model, ASKED)
            with pytest.raises(categories.ModelAPIError):
                await streamed(model)

    run(ask())
    assert [one.outcome for one in peer.records] == ["cut", "cut"]
    assert peer.told == Usage()


@EVERY
def test_a_reply_that_is_no_json_is_noticed(model_peer: MakePeer, provider: Provider) -> None:
    """Each SDK has its own error for it."""
    peer = model_peer(garbles(says(TEXT)))

    async def ask() -> None:
        async with asking(peer, provider) as model:
            with pytest.raises((categories.AgentRunError, ValueError, anthropic.APIError)):
                await model_request(model, ASKED)

    run(ask())


@EVERY
def test_a_stream_may_break_off_with_an_error(model_peer: MakePeer, provider: Provider) -> None:
    """The first words came, then the provider's error event."""
    peer = model_peer(breaks_off(says(TEXT), "rate_limited"))

    async def ask() -> None:
        async with asking(peer, provider) as model:
            with pytest.raises(categories.ModelAPIError) as caught:
                await streamed(model)
            assert caught.value.in_stream
            with pytest.raises(categories.ModelRateLimitError):
                await model_request(model, ASKED)

    run(ask())
    assert peer.told == Usage()


@LEAVING
def test_who_leaves_is_noticed(model_peer: MakePeer, provider: Provider) -> None:
    """A cancelled call does not go on at the peer, whether it keeps silent or drips."""
    for reply in (hangs(), later(30, says(TEXT)), drips(says(TEXT), pause=5, pieces=3)):
        peer = model_peer(reply)
        run(_cancelled(peer, provider))
        assert (peer.left, peer.in_flight, peer.peak, peer.told) == (3, 0, 3, Usage())


async def _cancelled(peer: Peer, provider: Provider) -> None:
    async with asking(peer, provider) as model:
        tasks = [asyncio.create_task(model_request(model, ASKED)) for _ in range(3)]
        assert await peer.busy(3)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert await peer.idle()


def test_bedrock_goes_on_when_it_is_cancelled(model_peer: MakePeer) -> None:
    """The caller is free at once, but boto3's thread waits for the reply, which is paid for."""
    peer = model_peer(later(0.3, says(TEXT)))

    async def ask() -> None:
        async with asking(peer, "bedrock") as model:
            task = asyncio.create_task(model_request(model, ASKED))
            assert await peer.busy()
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            assert peer.in_flight == 1
            assert await peer.idle()

    run(ask())
    assert [one.outcome for one in peer.records] == ["answered"]


def test_a_timeout_is_the_clients_own(model_peer: MakePeer) -> None:
    """The SDK's, and pydantic-ai's over all attempts."""
    peer = model_peer(hangs())
    with (
        openai.OpenAI(base_url=peer.openai_url, api_key="k", max_retries=1, timeout=0.1) as client,
        pytest.raises(openai.APITimeoutError),
    ):
        client.responses.create(model="gpt-4o-mini", input="Hello")
    assert peer.wait_idle()
    assert peer.left == 2

    async def ask() -> None:
        async with asking(peer, "anthropic", request_timeout=0.1) as model:
            with pytest.raises(categories.ModelRequestTimeout):
                await model_request(model, ASKED)
            assert await peer.idle()

    run(ask())


FILTERS = ("filtered", "blocked", "refused")


@EVERY
@pytest.mark.parametrize("how", FILTERS)
def test_a_content_filter_is_recognised(model_peer: MakePeer, provider: Provider, how: Any) -> None:
    """Each provider reports it elsewhere; some refuse a prompt by an error."""
    peer = model_peer(refuses(how))

    async def ask() -> None:
        async with asking(peer, provider) as model:
            if how == "blocked" and provider not in ("google", "bedrock"):
                with pytest.raises(categories.ModelRequestRejectedError):
                    await model_request(model, ASKED)
                return
            for reply in (await model_request(model, ASKED), await streamed(model)):
                assert reply.finish_reason == "content_filter"
                assert not reply.tool_calls

    run(ask())


@EVERY
def test_a_text_may_run_out_of_tokens(model_peer: MakePeer, provider: Provider) -> None:
    """And says so."""
    peer = model_peer(says(TEXT, finish="length"))

    async def ask() -> None:
        async with asking(peer, provider) as model:
            for reply in (await model_request(model, ASKED), await streamed(model)):
                assert (reply.text, reply.finish_reason) == (TEXT, "length")

    run(ask())
