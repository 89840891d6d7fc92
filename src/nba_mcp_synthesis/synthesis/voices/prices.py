"""What a model costs, by the provider's list prices or by those that its line gives."""

from collections.abc import Hashable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Protocol

from genai_prices import calc_price
from pydantic_ai.usage import RequestUsage

from nba_mcp_synthesis.errors import SettingsError
from nba_mcp_synthesis.voice_lines import VoiceLine

# What the price table calls a provider, where it has another name for it.
_TABLE = {"bedrock": "aws"}
_MILLION = 1_000_000
# Tokens to which the size of a call is rounded up, since looking a price up takes half a millisecond.
_STEP = 64


class Price(Hashable, Protocol):
    """The price of one model."""

    def of(self, usage: RequestUsage, billed: str | None = None) -> Decimal:
        """Dollars for what was used; `billed` is the model that the provider says answered."""


@dataclass(frozen=True, slots=True)
class Given:
    """Dollars per million tokens, in and out."""

    into: Decimal
    out: Decimal

    def of(self, usage: RequestUsage, billed: str | None = None) -> Decimal:  # noqa: ARG002 - as the protocol
        """See `Price`."""
        tokens_in, tokens_out = usage.input_tokens, usage.output_tokens
        return (self.into * tokens_in + self.out * tokens_out) / _MILLION


@dataclass(frozen=True, slots=True)
class Listed:
    """List prices, reductions for cached input among them."""

    table: str
    model: str

    def of(self, usage: RequestUsage, billed: str | None = None) -> Decimal:
        """See `Price`; a model that the table does not know is taken as the one that was asked."""
        try:
            return calc_price(usage, billed or self.model, provider_id=self.table).total_price
        except LookupError:
            return calc_price(usage, self.model, provider_id=self.table).total_price


def most(price: Price, tokens_in: int, tokens_out: int) -> Decimal:
    """The most that a call of this size may cost, a little more input assumed."""
    return _most(price, -(-tokens_in // _STEP) * _STEP, tokens_out)


@lru_cache(maxsize=1_000)
def _most(price: Price, tokens_in: int, tokens_out: int) -> Decimal:
    return price.of(RequestUsage(input_tokens=tokens_in, output_tokens=tokens_out))


def price_of(line: VoiceLine) -> Price:
    """The price of a model; SettingsError where nobody knows it, since a budget could not be kept."""
    if line.price:
        return Given(*line.price)
    if line.provider == "ollama":
        return Given(Decimal(0), Decimal(0))
    price = Listed(_TABLE.get(line.provider, line.provider), line.model)
    if line.provider != "compatible":
        try:
            most(price, 1, 1)
        except LookupError:
            pass
        else:
            return price
    raise SettingsError(
        f"No price is known for {line.name}, so that no budget could be kept.",
        f"Write it behind the model, in dollars per million tokens in and out: {line}=0.50/1.50.",
    )
