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
    from pydantic_ai.settings import ModelSettings

# Gives a secret by its name; raises SecretMissing where there is none.
Keys = Callable[[str], SecretStr]
# Servers that ask for no key want a header nevertheless.
_NO_KEY = SecretStr("none")
# The gates try again themselves, within time and budget; retries of the clients would not be seen.
_ONCE: "ModelSettings" = {"max_retries": 0}
_COMPATIBLE = "COMPATIBLE_API_KEY"
_OLLAMA = "http://localhost:11434/v1"


def secret_of(line: VoiceLine) -> str | None:
    """Name of the secret that a model needs; None where there is none, or where AWS has its own ways."""
    if line.provider in model_apis():
        return str(model_apis()[line.provider]["secret"])
    return _COMPATIBLE if line.provider == "compatible" else None


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

    provider = AnthropicProvider(api_key=key.get_secret_value(), base_url=_url(line))
    return AnthropicModel(line.model, provider=provider, settings=_ONCE)


def _openai(line: VoiceLine, key: SecretStr) -> "Model":
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.providers.openai import OpenAIProvider

    provider = OpenAIProvider(api_key=key.get_secret_value(), base_url=_url(line))
    return OpenAIChatModel(line.model, provider=provider, settings=_ONCE)


def _google(line: VoiceLine, key: SecretStr) -> "Model":
    from pydantic_ai.models.google import GoogleModel
    from pydantic_ai.providers.google import GoogleProvider

    provider = GoogleProvider(api_key=key.get_secret_value(), base_url=_url(line))
    return GoogleModel(line.model, provider=provider, settings=_ONCE)


def _bedrock(line: VoiceLine, key: SecretStr) -> "Model":  # noqa: ARG001 - AWS finds its own credentials
    import boto3
    from botocore.config import Config
    from pydantic_ai.models.bedrock import BedrockConverseModel
    from pydantic_ai.providers.bedrock import BedrockProvider

    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1"
    once = Config(retries={"total_max_attempts": 1})
    client = boto3.client("bedrock-runtime", region_name=region, endpoint_url=line.url, config=once)
    return BedrockConverseModel(line.model, provider=BedrockProvider(bedrock_client=client))


def _deepseek(line: VoiceLine, key: SecretStr) -> "Model":
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.providers.deepseek import DeepSeekProvider

    class Provider(DeepSeekProvider):
        """The library's own, at the address that the line or the environment gives."""

        @property
        def base_url(self) -> str:
            return _url(line) or super().base_url

    return OpenAIChatModel(line.model, provider=Provider(api_key=key.get_secret_value()), settings=_ONCE)


def _ollama(line: VoiceLine, key: SecretStr) -> "Model":
    from pydantic_ai.models.ollama import OllamaModel
    from pydantic_ai.providers.ollama import OllamaProvider

    url = line.url or os.environ.get("OLLAMA_BASE_URL") or _OLLAMA
    provider = OllamaProvider(base_url=url, api_key=key.get_secret_value())
    return OllamaModel(line.model, provider=provider, settings=_ONCE)


_MAKERS: dict[str, "Callable[[VoiceLine, SecretStr], Model]"] = {
    "anthropic": _anthropic,
    "openai": _openai,
    "google": _google,
    "bedrock": _bedrock,
    "deepseek": _deepseek,
    "ollama": _ollama,
    "compatible": _openai,
}
