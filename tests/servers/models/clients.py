"""pydantic-ai's own models, pointed at a peer: one line for each provider."""

import contextlib
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Any, Literal

from servers.models.peer import Peer

if TYPE_CHECKING:
    from pydantic_ai.models import Model

Provider = Literal["openai", "responses", "deepseek", "ollama", "anthropic", "google", "bedrock"]

PROVIDERS: tuple[Provider, ...] = (
    "openai",
    "responses",
    "deepseek",
    "ollama",
    "anthropic",
    "google",
    "bedrock",
)

# A retry of the SDK's own would hide the fault that a test has scripted.
ONCE: dict[str, Any] = {"max_retries": 0}


def model_of(peer: Peer, provider: Provider, **settings: Any) -> "Model":
    """The model of this provider; the libraries load when the first is made."""
    return _MAKERS[provider](peer, {**ONCE, **settings})


@contextlib.asynccontextmanager
async def asking(peer: Peer, provider: Provider, **settings: Any) -> "AsyncIterator[Model]":
    """The same model, whose connections are closed at the end of the block."""
    model = model_of(peer, provider, **settings)
    client: Any = model.client  # type: ignore[attr-defined]
    try:
        async with model:
            yield model
    finally:
        # A client that was handed to its provider is not the provider's to close.
        if provider == "deepseek":
            await client.close()
        if provider == "bedrock":
            client.close()


def _openai(peer: Peer, settings: Any) -> "Model":
    from pydantic_ai.models.openai import OpenAIChatModel  # noqa: PLC0415
    from pydantic_ai.providers.openai import OpenAIProvider  # noqa: PLC0415

    provider = OpenAIProvider(base_url=peer.openai_url, api_key="a-key")
    return OpenAIChatModel("gpt-4o-mini", provider=provider, settings=settings)


def _responses(peer: Peer, settings: Any) -> "Model":
    from pydantic_ai.models.openai import OpenAIResponsesModel  # noqa: PLC0415
    from pydantic_ai.providers.openai import OpenAIProvider  # noqa: PLC0415

    provider = OpenAIProvider(base_url=peer.openai_url, api_key="a-key")
    return OpenAIResponsesModel("gpt-4o-mini", provider=provider, settings=settings)


def _deepseek(peer: Peer, settings: Any) -> "Model":
    from openai import AsyncOpenAI  # noqa: PLC0415
    from pydantic_ai.models.openai import OpenAIChatModel  # noqa: PLC0415
    from pydantic_ai.providers.deepseek import DeepSeekProvider  # noqa: PLC0415

    client = AsyncOpenAI(base_url=peer.url, api_key="a-key")
    return OpenAIChatModel(
        "deepseek-chat", provider=DeepSeekProvider(openai_client=client), settings=settings
    )


def _ollama(peer: Peer, settings: Any) -> "Model":
    from pydantic_ai.models.ollama import OllamaModel  # noqa: PLC0415
    from pydantic_ai.providers.ollama import OllamaProvider  # noqa: PLC0415

    return OllamaModel("qwen3", provider=OllamaProvider(base_url=peer.openai_url), settings=settings)


def _anthropic(peer: Peer, settings: Any) -> "Model":
    from pydantic_ai.models.anthropic import AnthropicModel  # noqa: PLC0415
    from pydantic_ai.providers.anthropic import AnthropicProvider  # noqa: PLC0415

    provider = AnthropicProvider(api_key="a-key", base_url=peer.url)
    return AnthropicModel("claude-haiku-4-5", provider=provider, settings=settings)


def _google(peer: Peer, settings: Any) -> "Model":
    from pydantic_ai.models.google import GoogleModel  # noqa: PLC0415
    from pydantic_ai.providers.google import GoogleProvider  # noqa: PLC0415

    provider = GoogleProvider(api_key="a-key", base_url=peer.url)
    return GoogleModel("gemini-2.5-flash", provider=provider, settings=settings)


def bedrock_client(peer: Peer, attempts: int = 1) -> Any:
    """boto3's own client."""
    import boto3  # noqa: PLC0415
    from botocore.config import Config  # noqa: PLC0415

    return boto3.client(
        "bedrock-runtime",
        endpoint_url=peer.url,
        region_name="us-east-1",
        aws_access_key_id="a-key",
        aws_secret_access_key="a-secret",
        config=Config(retries={"total_max_attempts": attempts}),
    )


def _bedrock(peer: Peer, settings: Any) -> "Model":
    from pydantic_ai.models.bedrock import BedrockConverseModel  # noqa: PLC0415
    from pydantic_ai.providers.bedrock import BedrockProvider  # noqa: PLC0415

    settings.pop("max_retries")  # botocore's client has the number, and the model warns of any other
    provider = BedrockProvider(bedrock_client=bedrock_client(peer))
    name = "anthropic.claude-3-5-sonnet-20240620-v1:0"
    return BedrockConverseModel(name, provider=provider, settings=settings)


_MAKERS: dict[Provider, Callable[[Peer, Any], "Model"]] = {
    "openai": _openai,
    "responses": _responses,
    "deepseek": _deepseek,
    "ollama": _ollama,
    "anthropic": _anthropic,
    "google": _google,
    "bedrock": _bedrock,
}
