"""Which alerts were on in a span of time, by Prometheus."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from nba_mcp_synthesis.connectors.prometheus import PrometheusConnector, Series

_EXPR = 'ALERTS{alertstate="firing",alertname!~".*Watchdog",alertname!="NbaMcpTest"}'
_LEAST, _MOST_POINTS = 15.0, 10_000  # Prometheus refuses more than 11,000 points a series
_NO_LABELS = frozenset({"__name__", "alertname", "alertstate", "severity", "service", "source"})


@dataclass(frozen=True, slots=True)
class Spell:
    """An alert that was on without a break, to the step of the question; `ended` is None while it lasts."""

    alert: str
    severity: str
    labels: str
    began: datetime
    ended: datetime | None

    def as_dict(self) -> dict[str, Any]:
        """For programs."""
        return {
            "alert": self.alert,
            "severity": self.severity,
            "labels": self.labels,
            "began": self.began.isoformat(),
            "ended": self.ended.isoformat() if self.ended else None,
        }


def history(prometheus: PrometheusConnector, begin: datetime, end: datetime) -> list[Spell]:
    """The alerts that were on, by their beginning; raises Unavailable."""
    step = step_of(begin, end)
    found = [
        spell
        for series in prometheus.query_range(_EXPR, begin, end, step)
        for spell in _spells(series, end, step)
    ]
    return sorted(found, key=lambda spell: (spell.began, spell.severity, spell.alert))


def step_of(begin: datetime, end: datetime) -> float:
    """Seconds between two looks at a span: shorter spells may not be seen."""
    return max(_LEAST, (end - begin).total_seconds() // _MOST_POINTS + 1)


def _spells(series: Series, end: datetime, step: float) -> list[Spell]:
    """A series of samples has one spell, or several with breaks between them."""
    times = [moment for moment, _ in series.values]
    breaks = [(before, after) for before, after in pairwise(times) if after - before > 1.5 * step]
    starts, ends = [times[0], *(b for _, b in breaks)], [*(a for a, _ in breaks), times[-1]]
    return [_spell(series.labels, start, last, end, step) for start, last in zip(starts, ends, strict=True)]


def _spell(labels: dict[str, str], start: float, last: float, end: datetime, step: float) -> Spell:
    lasts = last > (end - timedelta(seconds=1.5 * step)).timestamp()
    told = ", ".join(f"{name}={value}" for name, value in sorted(labels.items()) if name not in _NO_LABELS)
    return Spell(
        labels.get("alertname", ""),
        labels.get("severity", ""),
        told,
        datetime.fromtimestamp(start, UTC),
        None if lasts else datetime.fromtimestamp(last + step, UTC),
    )
