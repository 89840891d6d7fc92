"""What was measured in a period, wherever it was: times, outcomes, steps, and how full the service was."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

from nba_mcp_synthesis.telemetry.figures import quantile

SHARES = {"p50": 0.5, "p95": 0.95, "p99": 0.99}


@dataclass(frozen=True, slots=True)
class Percentile:
    """Seconds; the true value lies between `low` and `high`."""

    value: float
    low: float
    high: float


class Times(Protocol):
    """How long things took."""

    def percentile(self, share: float) -> Percentile | None:
        """The time that this share of them needed at the most; None where there were none."""


class Values:
    """Single times, kept to three significant figures, so that their number is bounded."""

    def __init__(self) -> None:
        self.counts: Counter[float] = Counter()

    def add(self, seconds: float, count: int = 1) -> None:
        """Takes in so many of them."""
        self.counts[float(f"{seconds:.3g}")] += count

    def merge(self, other: "Values") -> None:
        """Takes in those of another."""
        self.counts.update(other.counts)

    def percentile(self, share: float) -> Percentile | None:
        """By nearest rank: one of the times themselves."""
        rank = math.ceil(share * self.counts.total())
        if not rank:
            return None
        for value in sorted(self.counts):
            rank -= self.counts[value]
            if rank <= 0:
                break
        off = 0.5 * 10.0 ** (math.floor(math.log10(value)) - 2) if value else 0.0
        return Percentile(value, value - off, value + off)


class Buckets:
    """(upper bound, how many were at or below it); the last bound is inf."""

    def __init__(self, counted: Sequence[tuple[float, float]]) -> None:
        self._counted = sorted(counted)

    def percentile(self, share: float) -> Percentile | None:
        """As `histogram_quantile` has it, with the bounds of its bucket."""
        value = quantile(self._counted, share)
        if value is None:
            return None
        rank, lower = share * self._counted[-1][1], 0.0
        for upper, until in self._counted:
            if until >= rank:
                return Percentile(value, lower, upper)
            lower = upper
        return Percentile(value, lower, math.inf)


@dataclass(slots=True)
class Line:
    """One tool or model: its calls, how they ended and how long they took."""

    name: str
    calls: float = 0.0
    failed: float = 0.0
    refused: float = 0.0
    times: Times = field(default_factory=Values)
    tokens: float | None = None
    cost_usd: float | None = None

    @property
    def failed_share(self) -> float | None:
        """The share of its calls in which the service failed."""
        return self.failed / self.calls if self.calls else None

    def percentiles(self) -> dict[str, Percentile | None]:
        """By p50, p95 and p99."""
        return {name: self.times.percentile(share) for name, share in SHARES.items()}

    def as_dict(self) -> dict[str, Any]:
        """For JSON; an upper bound that is infinite is null."""
        shown: dict[str, Any] = {
            "name": self.name,
            "calls": self.calls,
            "failed": self.failed,
            "refused": self.refused,
            "failed_share": self.failed_share,
        }
        for name, found in self.percentiles().items():
            shown[name] = found and {k: None if math.isinf(v) else v for k, v in asdict(found).items()}
        if self.tokens is not None:
            shown |= {"tokens": self.tokens, "cost_usd": self.cost_usd}
        return shown


@dataclass(frozen=True, slots=True)
class Step:
    """A part of the period; figures are None where the source has none for it."""

    begin: str
    seconds: float
    calls: float | None
    failed: float | None
    p95: float | None


@dataclass(frozen=True, slots=True)
class Saturation:
    """How full something was at the most, and in a sentence what that means."""

    name: str
    share: float | None
    sentence: str


@dataclass(slots=True)
class Measured:
    """All of a period. `resolution` says how exact the figures are, `gaps` what the source lacks."""

    source: str
    resolution: str
    total: Line
    tools: list[Line]
    models: list[Line]
    steps: list[Step]
    saturation: list[Saturation] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        """Whether the source has every step; else its sums are those of a part of the period."""
        return all(step.calls is not None for step in self.steps)
