"""A period by Prometheus: how much the counters and buckets grew in it."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from nba_mcp_synthesis.connectors.prometheus import PrometheusConnector, Series
from nba_mcp_synthesis.operations.reports import words
from nba_mcp_synthesis.operations.reports.measured import Buckets, Line, Measured, Saturation, Step
from nba_mcp_synthesis.operations.reports.outcomes import kind_of
from nba_mcp_synthesis.operations.reports.period import Period
from nba_mcp_synthesis.telemetry.metrics import catalogue

_RESOLUTION = (
    "Percentiles are interpolated within a bucket of the histogram, as histogram_quantile does; the true "
    "value lies within the bounds that are given. Counts are what counters grew by: what a process counted "
    "before it was first scraped is not in them."
)
_FULL = (
    ("places", "places_taken", "places", "lane"),
    ("connections to the databases", "db_connections", "db_connections", "pool"),
)


def measure(prometheus: PrometheusConnector, period: Period) -> Measured:
    """Everything that Prometheus can say of a period; raises Unavailable where it is away."""
    asked = _Asked(prometheus, period)
    total, tools = asked.lines("tool_calls", "tool_seconds", "tool", "all tools")
    _, models = asked.lines("model_requests", "model_seconds", "voice", "all models")
    tokens, cost = asked.grown("model_tokens", "voice"), asked.grown("cost", "voice")
    for line in models:
        line.tokens, line.cost_usd = tokens.get(line.name, 0.0), cost.get(line.name, 0.0)
    steps = asked.steps()
    empty = sum(step.calls is None for step in steps)
    gaps = [f"Prometheus has nothing for {empty} of {len(steps)} steps of the period."] if empty else []
    return Measured(
        f"Prometheus at {prometheus.url}", _RESOLUTION, total, tools, models, steps, asked.full(), gaps
    )


class _Asked:
    """Queries over one period."""

    def __init__(self, prometheus: PrometheusConnector, period: Period) -> None:
        self._prometheus, self._period = prometheus, period
        self._window = f"[{max(1, round(period.seconds))}s]"

    def lines(self, counter: str, histogram: str, label: str, title: str) -> tuple[Line, list[Line]]:
        """A line for all, and one for each value of a label."""
        counts = self._now(f"sum by ({label}, outcome) (increase({_name(counter)}{self._window}))")
        buckets = self._now(f"sum by ({label}, le) (increase({_name(histogram)}_bucket{self._window}))")
        lines: dict[str, Line] = {}
        total = Line(title, times=Buckets(_summed(buckets)))
        for series in counts:
            name = series.labels[label]
            line = lines.setdefault(name, Line(name))
            _count(line, series)
            _count(total, series)
        for name, line in lines.items():
            line.times = Buckets(_summed([one for one in buckets if one.labels[label] == name]))
        return total, sorted((line for line in lines.values() if line.calls), key=lambda line: line.name)

    def grown(self, counter: str, label: str) -> Mapping[str, float]:
        """How much a counter grew, by a label."""
        found = self._now(f"sum by ({label}) (increase({_name(counter)}{self._window}))")
        return {series.labels[label]: series.last for series in found}

    def steps(self) -> list[Step]:
        """The steps; the last one is looked at by itself where it is shorter."""
        parts = list(self._period.steps())
        window = f"[{round(parts[0].seconds)}s]"
        whole = [part for part in parts if part.seconds == parts[0].seconds]
        found = [self._ranges(whole, window)]
        if len(whole) < len(parts):
            found.append(self._ranges(parts[-1:], f"[{max(1, round(parts[-1].seconds))}s]"))
        return [step for steps in found for step in steps]

    def _ranges(self, parts: Sequence[Period], window: str) -> list[Step]:
        calls = self._ranged(f"sum by (outcome) (increase({_name('tool_calls')}{window}))", parts)
        buckets = self._ranged(f"sum by (le) (increase({_name('tool_seconds')}_bucket{window}))", parts)
        served = self._ranged(f"count_over_time({_name('places')}{window})", parts)
        steps = []
        for part in parts:
            at = _milliseconds(part.end.timestamp())
            ended = [(one.labels["outcome"], values[at]) for one, values in calls if at in values]
            counted = [(float(one.labels["le"]), values[at]) for one, values in buckets if at in values]
            p95 = Buckets(counted).percentile(0.95)
            # The counter of calls comes with the first one; places are there from the start.
            is_known = ended or any(at in values for _, values in served)
            total = sum(count for _, count in ended) if is_known else None
            failed = sum(count for name, count in ended if kind_of(name) == "failed") if is_known else None
            steps.append(
                Step(part.begin.isoformat(), part.seconds, total, failed, p95.value if p95 else None)
            )
        return steps

    def full(self) -> list[Saturation]:
        """How full places and pools were at the most, and how many calls found none."""
        found = [_fullness(*pair, self._most(*pair[1:])) for pair in _FULL]
        refused = self.grown("calls_refused", "reason")
        turned = sum(refused.values())
        reasons = ", ".join(f"{name} {count:,.0f}" for name, count in sorted(refused.items()) if count)
        told = f"{words.number(round(turned))} calls were turned away{': ' + reasons if reasons else ''}."
        return [one for one in found if one] + [Saturation("turned away", None, told)]

    def _most(self, taken: str, most: str, label: str) -> list[Series]:
        kinds = ('{state="busy"}', '{state="max"}') if taken == most else ("", "")
        minute = f"sum by ({label}) ({_name(taken)}{kinds[0]}) / sum by ({label}) ({_name(most)}{kinds[1]})"
        return self._now(f"max_over_time(({minute})[{round(self._period.seconds)}s:1m])")

    def _now(self, expr: str) -> list[Series]:
        found = self._prometheus.query(expr, self._period.end)
        return [series for series in found if not math.isnan(series.last)]

    def _ranged(self, expr: str, parts: Sequence[Period]) -> list[tuple[Series, dict[int, float]]]:
        """Series, and the values of each by the millisecond: Prometheus knows no finer times."""
        found = self._prometheus.query_range(expr, parts[0].end, parts[-1].end, parts[0].seconds)
        return [(one, {_milliseconds(at): value for at, value in one.values}) for one in found]


def _milliseconds(at: float) -> int:
    return round(at * 1_000)


def _name(key: str) -> str:
    return str(catalogue()[key]["name"])


def _count(line: Line, series: Series) -> None:
    kind = kind_of(series.labels["outcome"])
    line.calls += series.last
    line.failed += series.last * (kind == "failed")
    line.refused += series.last * (kind == "refused")


def _summed(buckets: Sequence[Series]) -> list[tuple[float, float]]:
    sums: dict[float, float] = {}
    for series in buckets:
        bound = float(series.labels["le"])
        sums[bound] = sums.get(bound, 0.0) + series.last
    return sorted(sums.items())


def _fullness(title: str, _taken: Any, _most: Any, label: str, found: list[Series]) -> Saturation | None:
    if not found:
        return None
    fullest = max(found, key=lambda series: series.last)
    told = f"At the most {words.share(fullest.last)} of the {title} were taken, of {fullest.labels[label]}."
    return Saturation(title, fullest.last, told)
