"""A period by the state database: the audit log and the ledger, step by step so that memory stays small."""

from collections import Counter
from collections.abc import Iterable

from nba_mcp_synthesis.operations.reports import words
from nba_mcp_synthesis.operations.reports.measured import Line, Measured, Saturation, Step, Values
from nba_mcp_synthesis.operations.reports.outcomes import kind_of
from nba_mcp_synthesis.operations.reports.period import Period
from nba_mcp_synthesis.state.database import StateDatabase
from nba_mcp_synthesis.state.usage import Calls, Requests, calls_between, requests_between

_RESOLUTION = (
    "Percentiles are times of single calls by nearest rank, kept to three significant figures (within 0.5 %)."
)
_TURNED_AWAY = ("overloaded", "busy", "rate_limited")


class _Sums:
    """Lines by name, and one for all."""

    def __init__(self, title: str) -> None:
        self.total, self._total_times = Line(title), Values()
        self.total.times = self._total_times
        self.lines: dict[str, Line] = {}
        self._times: dict[str, Values] = {}

    def add(self, name: str, outcome: str, seconds: float, count: int) -> Line:
        """Takes in so many calls; gives the line of the name."""
        if name not in self.lines:
            self._times[name] = Values()
            self.lines[name] = Line(name, times=self._times[name])
        for line in (self.total, self.lines[name]):
            line.calls += count
            line.failed += count * (kind_of(outcome) == "failed")
            line.refused += count * (kind_of(outcome) == "refused")
        for times in (self._total_times, self._times[name]):
            times.add(seconds, count)
        return self.lines[name]


def measure(state: StateDatabase, period: Period) -> Measured:
    """Everything that the database can say of a period; raises Unavailable where it is away."""
    sums, steps, busiest, away = _Sums("all tools"), [], 0.0, Counter[str]()
    for part in period.steps():
        calls = calls_between(state, part.begin, part.end)
        steps.append(_step(part, calls))
        busiest = max(busiest, sum(one.seconds * one.count for one in calls) / part.seconds)
        for one in calls:
            sums.add(one.tool, one.outcome, one.seconds, one.count)
            away[one.outcome] += one.count * (one.outcome in _TURNED_AWAY)
    return Measured(
        "the state database (audit log and ledger)",
        _RESOLUTION,
        sums.total,
        _by_name(sums.lines.values()),
        _models(requests_between(state, period.begin, period.end)),
        steps,
        _saturation(busiest, away, sums.total.calls, period),
    )


def _step(part: Period, calls: Iterable[Calls]) -> Step:
    times, total, failed = Values(), 0, 0
    for one in calls:
        times.add(one.seconds, one.count)
        total += one.count
        failed += one.count * (kind_of(one.outcome) == "failed")
    p95 = times.percentile(0.95)
    return Step(part.begin.isoformat(), part.seconds, total, failed, p95.value if p95 else None)


def _models(requests: Iterable[Requests]) -> list[Line]:
    sums = _Sums("all models")
    for one in requests:
        name = one.voice if one.model in one.voice else f"{one.voice} ({one.model})"
        line = sums.add(name, one.outcome, one.seconds, one.count)
        line.tokens = (line.tokens or 0) + one.input_tokens + one.output_tokens
        line.cost_usd = (line.cost_usd or 0.0) + one.cost_usd
    return _by_name(sums.lines.values())


def _by_name(lines: Iterable[Line]) -> list[Line]:
    return sorted(lines, key=lambda line: line.name)


def _saturation(busiest: float, away: Counter[str], calls: float, period: Period) -> list[Saturation]:
    step = f"{period.step.total_seconds() / 3_600:g} hours"
    turned = away.total()
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
