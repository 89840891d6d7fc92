"""A model that may be asked, in one line: `openai:gpt-4.1-mini`, `compatible:llama@http://host/v1=0.2/0.8`."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

PROVIDERS = ("anthropic", "openai", "google", "bedrock", "deepseek", "ollama", "compatible")
_LINE = re.compile(
    r"(?P<provider>[a-z]+):(?P<model>[^\s@=,]+)(?:@(?P<url>https?://[^\s=,]+))?"
    r"(?:=(?P<input>\d+(?:\.\d+)?)/(?P<output>\d+(?:\.\d+)?))?"
)
_FORM = "write PROVIDER:MODEL, and where needed @URL and =DOLLARS/DOLLARS per million tokens in and out"


@dataclass(frozen=True, slots=True)
class VoiceLine:
    """One model of one provider. `price` is in dollars per million tokens, in and out, where it was given."""

    provider: str
    model: str
    url: str | None = None
    price: tuple[Decimal, Decimal] | None = None

    @property
    def name(self) -> str:
        """What answers call it."""
        return f"{self.provider}:{self.model}"

    def __str__(self) -> str:
        """As it is written in a setting."""
        price = f"={self.price[0]}/{self.price[1]}" if self.price else ""
        return self.name + (f"@{self.url}" if self.url else "") + price


def voice_lines(value: Any) -> tuple[VoiceLine, ...]:
    """The lines of a text, with commas or ends of lines between; ValueError says which cannot be read."""
    if not isinstance(value, str):
        return tuple(value)
    found = tuple(voice_line(text) for part in value.split(",") for text in part.split("\n") if text.strip())
    names = [line.name for line in found]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise ValueError(f"names {twice} twice, and two answers of one model are one opinion")
    return found


def voice_line(text: str) -> VoiceLine:
    """One line; ValueError says what is wrong with it, without quoting a login in a URL."""
    match = _LINE.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"has a line that cannot be read; {_FORM}")
    provider, model, url = match["provider"], match["model"], match["url"]
    if provider not in PROVIDERS:
        raise ValueError(f"names the provider {provider!r}; there are {', '.join(PROVIDERS)}")
    if url and urlsplit(url).username is not None:
        raise ValueError(f"has a login in the address of {provider}:{model}; a key belongs into the secrets")
    if provider == "compatible" and url is None:
        raise ValueError(f"lacks the address of {provider}:{model}; write it behind an @")
    price = (Decimal(match["input"]), Decimal(match["output"])) if match["input"] else None
    return VoiceLine(provider, model, url, price)
