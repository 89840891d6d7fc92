"""Clients of the providers, as the library for all of them wants them. What one needs is loaded with it."""

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from pydantic import SecretStr

from nba_mcp_synthesis.connectors.model_api import model_apis
from nba_mcp_synthesis.extras import extra
from nba_mcp_synthesis.voice_lines import VoiceLine

if TYPE_CHECKING:
    from pydantic_ai.models import Model

# Gives a secret by its name; raises SecretMissing where there is none.
Keys = Callable[[str], SecretStr]
# Servers that ask for no key want a header nevertheless.
_NO_KEY = SecretStr("none")
_OLLAMA = "http://localhost:11434/v1"


def secret_of(line: VoiceLine) -> str | None:
    """Name of the secret that a model needs; None where there is none, or where AWS has its own ways."""
    if line.provider in model_apis():
        return str(model_apis()[line.provider]["secret"])
    return "COMPATIBLE_API_KEY" if line.provider == "compatible" else None


def model_of(line: VoiceLine, key: SecretStr | None) -> "Model":
    """A client of the model; NotInstalled where the library lacks."""
    with extra("models"):
        return _MAKERS[line.provider](line, key or _NO_KEY)


def _url(line: VoiceLine) -> str | None:
    api = model_apis().get(line.provider, {})
    return line.url or os.environ.get(api.get("base_url", "")) or api.get("base")


def _anthropic(line: VoiceLine, key: SecretStr) -> "Model":
    from pydantic_ai.models.anthropic import AnthropicModel
    from pydantic_ai.providers.anthropic import AnthropicProvider

    return AnthropicModel(
        line.model, provider=AnthropicProvider(api_key=key.get_secret_value(), base_url=_url(line))
    )


def _openai(line: VoiceLine, key: SecretStr) -> "Model":
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.providers.openai import OpenAIProvider

    provider = OpenAIProvider(api_key=key.get_secret_value(), base_url=_url(line))
    return OpenAIChatModel(line.model, provider=provider)


def _google(line: VoiceLine, key: SecretStr) -> "Model":
    from pydantic_ai.models.google import GoogleModel
    from pydantic_ai.providers.google import GoogleProvider

    return GoogleModel(
        line.model, provider=GoogleProvider(api_key=key.get_secret_value(), base_url=_url(line))
    )


def _bedrock(line: VoiceLine, key: SecretStr) -> "Model":  # noqa: ARG001 - AWS finds its own credentials
    from pydantic_ai.models.bedrock import BedrockConverseModel
    from pydantic_ai.providers.bedrock import BedrockProvider

    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1"
    return BedrockConverseModel(line.model, provider=BedrockProvider(base_url=line.url, region_name=region))


def _deepseek(line: VoiceLine, key: SecretStr) -> "Model":
    from openai import AsyncOpenAI
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.providers.deepseek import DeepSeekProvider

    client = AsyncOpenAI(base_url=_url(line), api_key=key.get_secret_value(), max_retries=0)
    return OpenAIChatModel(line.model, provider=DeepSeekProvider(openai_client=client))


def _ollama(line: VoiceLine, key: SecretStr) -> "Model":
    from pydantic_ai.models.ollama import OllamaModel
    from pydantic_ai.providers.ollama import OllamaProvider

    url = line.url or os.environ.get("OLLAMA_BASE_URL") or _OLLAMA
    return OllamaModel(line.model, provider=OllamaProvider(base_url=url, api_key=key.get_secret_value()))


_MAKERS: dict[str, "Callable[[VoiceLine, SecretStr], Model]"] = {
    "anthropic": _anthropic,
    "openai": _openai,
    "google": _google,
    "bedrock": _bedrock,
    "deepseek": _deepseek,
    "ollama": _ollama,
    "compatible": _openai,
}
