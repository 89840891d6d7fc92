"""The report on performance: of a period, beside the one before it."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from nba_mcp_synthesis.connectors.prometheus import PrometheusConnector
from nba_mcp_synthesis.errors import NotInstalled, Unavailable
from nba_mcp_synthesis.operations.reports import from_prometheus, from_state, words
from nba_mcp_synthesis.operations.reports.anomalies import RULE, anomalies
from nba_mcp_synthesis.operations.reports.document import Document, Part, Section, Table
from nba_mcp_synthesis.operations.reports.measured import Line, Measured, Percentile
from nba_mcp_synthesis.operations.reports.period import Period
from nba_mcp_synthesis.operations.reports.pictures import pictures
from nba_mcp_synthesis.state.database import StateDatabase

Source = Literal["auto", "prometheus", "state"]
_SLOWEST = 5
_NUMBERS = frozenset(range(1, 12))


@dataclass(frozen=True, slots=True)
class Sources:
    """Where figures come from; the state database is opened when it is needed."""

    prometheus: PrometheusConnector | None
    state: Callable[[], StateDatabase]


def performance(sources: Sources, period: Period, source: Source = "auto") -> Document:
    """The report; raises Unavailable where no source can be read."""
    now, before, notes = _measured(sources, period, source)
    data = _data(period, now, before)
    return Document(
        f"performance-{period.name}",
        f"Performance, {period}",
        [*_summary(period, now, before), *notes, *now.gaps, *(f"Before: {gap}" for gap in before.gaps)],
        [
            Section("Over time", _drawn(now)),
            Section("What stands out", [*(data["anomalies"] or ["No step stands out."]), RULE]),
            Section("Slowest tools", [_slowest(now.tools)]),
            Section("By tool", [_lines("tool", now, before)]),
            Section("By model", [_models(now.models)]),
            Section("How full it was", [one.sentence for one in now.saturation]),
            Section(
                "Beside the period before",
                [_compared(now, before), f"Before: {period.before()}.", *_uncompared(now, before)],
            ),
            Section("How this was measured", [f"From {now.source}. {now.resolution}"]),
        ],
        data,
    )


def _measured(sources: Sources, period: Period, source: Source) -> tuple[Measured, Measured, list[str]]:
    """The period and the one before it, and why it is not from Prometheus where that was wanted."""
    notes = []
    if source != "state" and sources.prometheus is not None:
        prometheus = sources.prometheus
        try:
            found = from_prometheus.measure(prometheus, period)
            if source == "prometheus" or found.total.calls:
                return found, from_prometheus.measure(prometheus, period.before()), []
            notes = [
                f"Prometheus at {prometheus.url} has no call in the period; so it is the state database's."
            ]
        except Unavailable as error:
            if source == "prometheus":
                raise
            notes = [f"{error.message} So the figures are from the state database."]
    elif source == "prometheus":
        raise Unavailable("No Prometheus is configured.", "Set NBA_MCP_PROMETHEUS_URL.")
    state = sources.state()
    return from_state.measure(state, period), from_state.measure(state, period.before()), notes


def _summary(period: Period, now: Measured, before: Measured) -> list[str]:
    total = now.total
    if not total.calls:
        return ["No call was made in this period, as far as its source knows."]
    p = total.percentiles()
    rate = total.calls / period.seconds
    earlier = f"{words.change(total.calls, before.total.calls)} on the period before"
    if not _is_comparable(now, before):
        earlier = "with no whole period before to compare with"
    elif not before.total.calls:
        earlier = "none in the period before"
    counted = f"{words.number(round(total.calls))} calls, {words.number(rate * 3_600)} an hour ({earlier}); "
    ended = f"{words.share(total.failed_share)} failed, {words.number(round(total.refused))} were refused."
    half, most, nearly_all = (_time(p[name]) for name in ("p50", "p95", "p99"))
    return [counted + ended, f"Half of them took {half} at the most, 95 % {most}, 99 % {nearly_all}."]


def _drawn(now: Measured) -> Sequence[Part]:
    try:
        return pictures(now) or ["There is nothing to draw."]
    except NotInstalled as error:
        return [f"There are no pictures: {error}"]


def _slowest(tools: Sequence[Line]) -> Table:
    ranked = sorted(tools, key=lambda line: -_value(line, "p95"))[:_SLOWEST]
    rows = [(line.name, _time(line.percentiles()["p95"]), words.number(round(line.calls))) for line in ranked]
    return Table(("tool", "p95", "calls"), rows, frozenset({1, 2}), "No tool was called.")


def _is_comparable(now: Measured, before: Measured) -> bool:
    """Sums of parts of periods say nothing about growth."""
    return now.is_whole and before.is_whole


def _uncompared(now: Measured, before: Measured) -> list[str]:
    if _is_comparable(now, before):
        return []
    return ["Steps of one of the two are missing, so no change is given."]


def _lines(what: str, now: Measured, before: Measured) -> Table:
    earlier = {line.name: line.calls for line in [*before.tools, before.total]}
    columns = (what, "calls", "before", "failed", "refused", "p50", "p95", "p99", "p95 lies within")
    rows = []
    for line in [*now.tools, now.total]:
        p = line.percentiles()
        old = earlier.get(line.name, 0.0) if _is_comparable(now, before) else None
        rows.append(
            (
                line.name,
                words.number(round(line.calls)),
                words.change(line.calls, old),
                words.share(line.failed_share),
                words.number(round(line.refused)),
                _time(p["p50"]),
                _time(p["p95"]),
                _time(p["p99"]),
                _bounds(p["p95"]),
            )
        )
    return Table(columns, rows, _NUMBERS)


def _models(lines: Sequence[Line]) -> Table:
    columns = ("model", "requests", "failed", "p50", "p95", "p99", "tokens", "cost")
    rows = []
    for line in lines:
        p = line.percentiles()
        times = (_time(p["p50"]), _time(p["p95"]), _time(p["p99"]))
        cost = (words.number(line.tokens), words.dollars(line.cost_usd))
        rows.append(
            (line.name, words.number(round(line.calls)), words.share(line.failed_share), *times, *cost)
        )
    return Table(columns, rows, _NUMBERS, "No model was asked.")


def _compared(period: Measured, earlier: Measured) -> Table:
    now, before = period.total, earlier.total
    pairs: list[tuple[str, float | None, float | None, Callable[[float | None], str]]] = [
        ("calls", float(round(now.calls)), float(round(before.calls)), words.number),
        ("failed share", now.failed_share, before.failed_share, words.share),
    ]
    pairs += [(n, _or_none(now, n), _or_none(before, n), words.seconds) for n in now.percentiles()]
    whole = _is_comparable(period, earlier)
    rows = [(name, shown(a), shown(b), words.change(a, b if whole else None)) for name, a, b, shown in pairs]
    return Table(("figure", "now", "before", "change"), rows, _NUMBERS)


def _data(period: Period, now: Measured, before: Measured) -> dict[str, Any]:
    return {
        "period": {"begin": period.begin.isoformat(), "end": period.end.isoformat()},
        "source": now.source,
        "resolution": now.resolution,
        "gaps": now.gaps,
        "total": now.total.as_dict(),
        "calls_per_second": now.total.calls / period.seconds,
        "tools": [line.as_dict() for line in now.tools],
        "models": [line.as_dict() for line in now.models],
        "slowest": [row[0] for row in _slowest(now.tools).rows],
        "saturation": [asdict(one) for one in now.saturation],
        "before": before.total.as_dict(),
        "before_gaps": before.gaps,
        "steps": [asdict(step) for step in now.steps],
        "anomalies": anomalies(now.steps),
        "anomaly_rule": RULE,
    }


def _time(found: Percentile | None) -> str:
    return words.seconds(found.value if found else None)


def _bounds(found: Percentile | None) -> str:
    if found is None:
        return "–"
    return (
        f"{words.seconds(found.low)} – {'more' if found.high == float('inf') else words.seconds(found.high)}"
    )


def _value(line: Line, name: str) -> float:
    return _or_none(line, name) or 0.0


def _or_none(line: Line, name: str) -> float | None:
    found = line.percentiles()[name]
    return found.value if found else None
