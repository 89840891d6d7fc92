"""What one voice has done for one question."""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from time import monotonic

from nba_mcp_synthesis.facts import Evidence, ModelCall
from nba_mcp_synthesis.synthesis.voices.purse import Purse


@dataclass(slots=True)
class Account:
    """Calls, and what they cost, also of a voice that never came to an end; `ends` is its deadline."""

    purse: Purse
    ends: float  # on the monotonic clock
    on_call: Callable[[ModelCall], None] = lambda _: None
    calls: list[ModelCall] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)
    told: int = 0  # messages of the conversation that are written down with a call
    started: float = field(default_factory=monotonic)

    @property
    def seconds_left(self) -> float:
        """Until the voice's deadline."""
        return max(0.0, self.ends - monotonic())

    @property
    def seconds(self) -> float:
        """Since the voice was asked."""
        return round(monotonic() - self.started, 4)

    @property
    def cost_usd(self) -> float:
        """Dollars spent so far."""
        return float(sum((Decimal(repr(call.cost_usd)) for call in self.calls), Decimal()))

    @property
    def tokens(self) -> int:
        """Tokens in and out so far."""
        return sum(call.input_tokens + call.output_tokens for call in self.calls)

    def note(self, call: ModelCall) -> None:
        """Writes a call down."""
        self.calls.append(call)
        self.on_call(call)
