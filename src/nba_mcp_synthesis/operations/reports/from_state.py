"""A period by the state database: the audit log and the ledger, step by step so that memory stays small."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from math import fsum

from nba_mcp_synthesis.operations.reports import words
from nba_mcp_synthesis.operations.reports.measured import Line, Measured, Saturation, Step, Values
from nba_mcp_synthesis.operations.reports.outcomes import kind_of
from nba_mcp_synthesis.operations.reports.period import Period
from nba_mcp_synthesis.state.database import StateDatabase
from nba_mcp_synthesis.state.usage import Requests, calls_between, first_entry, requests_between

_RESOLUTION = (
    "Percentiles are times of single calls by nearest rank, kept to three significant figures (within 0.5 %)."
)
_TURNED_AWAY = ("overloaded", "busy", "rate_limited")


class _Sums:
    """Lines by name. Each call is taken in once; a longer time is the sum of shorter ones."""

    def __init__(self) -> None:
        self.lines: dict[str, Line] = {}
        self.times: dict[str, Values] = {}

    def add(self, name: str, outcome: str, seconds: float, count: int) -> Line:
        """Takes in so many calls; gives the line of the name."""
        line, kind = self._line(name), kind_of(outcome)
        line.calls += count
        line.failed += count if kind == "failed" else 0
        line.refused += count if kind == "refused" else 0
        self.times[name].add(seconds, count)
        return line

    def merge(self, other: "_Sums", name: str | None = None) -> None:
        """Takes in all lines of another, by their names or under one."""
        for key, found in other.lines.items():
            line = self._line(key if name is None else name)
            line.calls += found.calls
            line.failed += found.failed
            line.refused += found.refused
            self.times[key if name is None else name].merge(other.times[key])

    def total(self, title: str) -> Line:
        """One line for all."""
        whole = _Sums()
        whole.merge(self, title)
        return whole._line(title)

    def _line(self, name: str) -> Line:
        if name not in self.lines:
            self.times[name] = Values()
            self.lines[name] = Line(name, times=self.times[name])
        return self.lines[name]


def measure(state: StateDatabase, period: Period) -> Measured:
    """Everything that the database can say of a period; raises Unavailable where it is away."""
    sums, steps, busiest, away = _Sums(), [], 0.0, Counter[str]()
    first = first_entry(state)
    for part in period.steps():
        found, calls = _Sums(), calls_between(state, part.begin, part.end)
        for one in calls:
            found.add(one.tool, one.outcome, one.seconds, one.count)
            away[one.outcome] += one.count
        sums.merge(found)
        known = first is None or part.end > first
        steps.append(_step(part, found.total("")) if known else _unknown(part))
        busiest = max(busiest, fsum(one.seconds * one.count for one in calls) / part.seconds)
    total = sums.total("all tools")
    return Measured(
        "the state database (audit log and ledger)",
        _RESOLUTION,
        total,
        _by_name(sums.lines.values()),
        _models(requests_between(state, period.begin, period.end)),
        steps,
        _saturation(busiest, sum(away[name] for name in _TURNED_AWAY), total.calls, period),
        _gaps(steps, first),
    )


def _step(part: Period, total: Line) -> Step:
    p95 = total.times.percentile(0.95)
    return Step(part.begin.isoformat(), part.seconds, total.calls, total.failed, p95.value if p95 else None)


def _unknown(part: Period) -> Step:
    return Step(part.begin.isoformat(), part.seconds, None, None, None)


def _gaps(steps: Sequence[Step], first: datetime | None) -> list[str]:
    """What lies before the audit log: there was no service yet, or its rows are gone."""
    empty = sum(step.calls is None for step in steps)
    if first is None or not empty:
        return []
    return [
        f"The audit log begins at {first:%Y-%m-%d %H:%M} UTC: {empty} of {len(steps)} steps are before it."
    ]


def _models(requests: Iterable[Requests]) -> list[Line]:
    sums = _Sums()
    for one in requests:
        name = one.voice if one.model in one.voice else f"{one.voice} ({one.model})"
        line = sums.add(name, one.outcome, one.seconds, one.count)
        line.tokens = (line.tokens or 0) + one.input_tokens + one.output_tokens
        line.cost_usd = (line.cost_usd or 0.0) + one.cost_usd
    return _by_name(sums.lines.values())


def _by_name(lines: Iterable[Line]) -> list[Line]:
    return sorted(lines, key=lambda line: line.name)


def _saturation(busiest: float, turned: int, calls: float, period: Period) -> list[Saturation]:
    step = f"{period.step.total_seconds() / 3_600:g} hours"
    share = turned / calls if calls else None
    told = f"{turned:,} calls were turned away for want of room or by a rate limit ({words.share(share)})."
    return [
        Saturation(
            "calls at once",
            None,
            f"In the busiest {step}, {busiest:.2f} calls ran at the same time on average "
            "(their seconds over the seconds of the step).",
        ),
        Saturation("turned away", share, told),
        Saturation("places", None, "How full places and pools were, only Prometheus can tell."),
    ]
