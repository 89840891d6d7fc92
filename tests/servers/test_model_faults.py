"""Every fault is the provider's own: its SDK and pydantic-ai recognise what happened."""

import asyncio
from collections.abc import Callable
from typing import Any, get_args

import anthropic
import openai
import pytest
from botocore.exceptions import ClientError
from google import genai
from google.genai import errors, types
from pydantic_ai import exceptions as categories
from pydantic_ai.direct import model_request
from pydantic_ai.messages import ModelRequest

from servers.model_peers import MakePeer
from servers.models import FaultKind, Peer, fails
from servers.models.clients import PROVIDERS, Provider, asking, bedrock_client
from servers.models.faults import WORDINGS, Vendor

KINDS: tuple[FaultKind, ...] = get_args(FaultKind)
ASKED = [ModelRequest.user_text_prompt("How many?")]

CATEGORIES: dict[FaultKind, type[categories.ModelAPIError]] = {
    "invalid": categories.ModelRequestRejectedError,
    "too_long": categories.ModelContextWindowExceededError,
    "unauthorized": categories.ModelAuthenticationError,
    "out_of_credit": categories.ModelQuotaExceededError,
    "forbidden": categories.ModelAuthenticationError,
    "no_such_model": categories.ModelNotFoundError,
    "rate_limited": categories.ModelRateLimitError,
    "server_error": categories.ModelServerError,
    "unavailable": categories.ModelUnavailableError,
    "overloaded": categories.ModelOverloadedError,
    "blocked": categories.ModelRequestRejectedError,
}
# Where a provider says less than the others do, so that its fault is taken for a wider one.
VAGUER: dict[tuple[Provider, FaultKind], type[categories.ModelAPIError]] = {
    ("deepseek", "no_such_model"): categories.ModelRequestRejectedError,
    ("deepseek", "overloaded"): categories.ModelUnavailableError,
    ("ollama", "overloaded"): categories.ModelUnavailableError,
}


def vendor_of(provider: Provider) -> Vendor:
    """Whose errors this provider's peer sends."""
    return "openai" if provider == "responses" else provider


@pytest.mark.requirement("SYS-MODELS")
@pytest.mark.parametrize("provider", PROVIDERS)
def test_pydantic_ai_knows_every_fault(model_peer: MakePeer, provider: Provider) -> None:
    """By its own categories, and with the provider's status and words."""
    peer = model_peer([], vendor=vendor_of(provider))

    async def ask() -> None:
        async with asking(peer, provider) as model:
            for kind in KINDS:
                peer.script = fails(kind)
                with pytest.raises(categories.ModelHTTPError) as caught:
                    await model_request(model, ASKED)
                status, _, message = WORDINGS[vendor_of(provider)][kind]
                wanted = VAGUER.get((provider, kind)) or CATEGORIES[kind]
                assert isinstance(caught.value, wanted), (kind, caught.value)
                assert caught.value.status_code == status
                assert message.split("{")[0] in str(caught.value)

    asyncio.run(ask())
    assert len(peer.records) == len(KINDS)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_when_to_come_again_is_told(model_peer: MakePeer, provider: Provider) -> None:
    """In the header that all providers send, and in Google's body as well."""
    peer = model_peer(fails("rate_limited", retry_after=2), vendor=vendor_of(provider))

    async def ask() -> None:
        async with asking(peer, provider) as model:
            with pytest.raises(categories.ModelRateLimitError) as caught:
                await model_request(model, ASKED)
            assert caught.value.retry_after == 2

    asyncio.run(ask())


Ask = Callable[[Peer], Any]
HELLO: Any = [{"role": "user", "content": "Hello"}]


def ask_openai(peer: Peer) -> Any:
    """By the SDK itself."""
    with openai.OpenAI(base_url=peer.openai_url, api_key="k", max_retries=0) as client:
        return client.chat.completions.create(model="gpt-4o-mini", messages=HELLO)


def ask_responses(peer: Peer) -> Any:
    """By the other API of the same SDK."""
    with openai.OpenAI(base_url=peer.openai_url, api_key="k", max_retries=0) as client:
        return client.responses.create(model="gpt-4o-mini", input="Hello")


def ask_anthropic(peer: Peer) -> Any:
    """By the SDK itself."""
    with anthropic.Anthropic(base_url=peer.url, api_key="k", max_retries=0) as client:
        return client.messages.create(model="claude-haiku-4-5", max_tokens=9, messages=HELLO)


def ask_google(peer: Peer) -> Any:
    """By the SDK itself."""
    with genai.Client(api_key="k", http_options=types.HttpOptions(base_url=peer.url)) as client:
        return client.models.generate_content(model="gemini-2.5-flash", contents="Hello")


def ask_bedrock(peer: Peer) -> Any:
    """By boto3."""
    client = bedrock_client(peer)
    try:
        messages = [{"role": "user", "content": [{"text": "Hello"}]}]
        return client.converse(modelId="amazon.nova-lite-v1:0", messages=messages)
    finally:
        client.close()


OPENAI = {
    "invalid": openai.BadRequestError,
    "unauthorized": openai.AuthenticationError,
    "forbidden": openai.PermissionDeniedError,
    "no_such_model": openai.NotFoundError,
    "rate_limited": openai.RateLimitError,
    "out_of_credit": openai.RateLimitError,
    "server_error": openai.InternalServerError,
    "overloaded": openai.InternalServerError,
}
ANTHROPIC = {
    "invalid": anthropic.BadRequestError,
    "unauthorized": anthropic.AuthenticationError,
    "forbidden": anthropic.PermissionDeniedError,
    "no_such_model": anthropic.NotFoundError,
    "rate_limited": anthropic.RateLimitError,
    "server_error": anthropic.InternalServerError,
    "overloaded": anthropic.InternalServerError,
}
RAW = [
    *((ask_openai, kind, one) for kind, one in OPENAI.items()),
    *((ask_responses, kind, one) for kind, one in OPENAI.items()),
    *((ask_anthropic, kind, one) for kind, one in ANTHROPIC.items()),
    *((ask_google, kind, errors.ClientError) for kind in ("unauthorized", "no_such_model", "rate_limited")),
    *((ask_google, kind, errors.ServerError) for kind in ("server_error", "overloaded")),
    *((ask_bedrock, kind, ClientError) for kind in ("unauthorized", "rate_limited", "server_error")),
]


@pytest.mark.parametrize(("ask", "kind", "error"), RAW)
def test_the_sdk_raises_its_own_error(
    model_peer: MakePeer, ask: Ask, kind: FaultKind, error: type[Exception]
) -> None:
    """Of the class that its documentation names for it."""
    peer = model_peer(fails(kind))
    with pytest.raises(error) as caught:
        ask(peer)
    status, code, _ = WORDINGS[peer.seen[0].vendor][kind]
    told = f"{caught.value} {getattr(caught.value, 'body', '')} {getattr(caught.value, 'response', '')}"
    assert code in told
    assert str(status) in told


def test_a_status_may_be_one_that_the_provider_never_sends(model_peer: MakePeer) -> None:
    """With words, headers and all as the test wants them."""
    peer = model_peer(fails(418, "short and stout", headers={"x-pot": "tea"}))
    with pytest.raises(openai.APIStatusError, match="short and stout") as caught:
        ask_openai(peer)
    assert (caught.value.status_code, caught.value.response.headers["x-pot"]) == (418, "tea")
