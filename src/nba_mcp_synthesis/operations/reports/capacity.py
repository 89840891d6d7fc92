"""Where use is going: calls, busy time and costs of each day, and a straight line through them."""

from dataclasses import asdict
from datetime import timedelta
from math import fsum
from typing import Any

from nba_mcp_synthesis.operations.reports import words
from nba_mcp_synthesis.operations.reports.document import Document, Section, Table
from nba_mcp_synthesis.operations.reports.performance import Sources
from nba_mcp_synthesis.operations.reports.period import Period
from nba_mcp_synthesis.operations.reports.trend import FEWEST, Forecast, days_until, forecast
from nba_mcp_synthesis.state.database import StateDatabase
from nba_mcp_synthesis.state.usage import calls_between, spent_by_status

_COMING, _SOON = 30, 90
_DAY = timedelta(days=1)
_FIGURES = {
    "calls": words.number,
    "busy_seconds": words.seconds,
    "answers": words.number,
    "cost_usd": words.dollars,
}
_TITLES = {
    "calls": "calls",
    "busy_seconds": "time that calls took",
    "answers": "answers",
    "cost_usd": "models",
}


def capacity(sources: Sources, period: Period) -> Document:
    """By the whole days of a period that have come; raises Unavailable where the state database is away."""
    days = _days(sources.state(), period)
    coming = {name: forecast([day[name] for day in days], _COMING) for name in _FIGURES}
    double = days_until([day["calls"] for day in days], 2 * max((day["calls"] for day in days), default=0.0))
    advice = []
    if double is not None and double <= _SOON and days and any(day["calls"] for day in days):
        advice.append(
            f"Calls reach twice their highest day in {double} days: plan pods and databases for it."
        )
    return Document(
        f"capacity-{period.name}",
        f"Capacity, {period}",
        [_summary(days, coming), *(f"Needs a person: {told}" for told in advice)],
        [
            Section(f"The next {_COMING} days", [_forecasts(coming, days)]),
            Section("By day", [_table(days)]),
            Section("How this was forecast", [_method(days)]),
        ],
        {
            "period": {"begin": period.begin.isoformat(), "end": period.end.isoformat()},
            "days": days,
            "forecast": {name: found and asdict(found) for name, found in coming.items()},
            "days_until_double": double,
            "advice": advice,
        },
    )


def _days(state: StateDatabase, period: Period) -> list[dict[str, Any]]:
    """Whole days, from the first with a call: before that there was no service."""
    days = []
    begin = period.begin.replace(hour=0, minute=0, second=0, microsecond=0)
    while begin + _DAY <= period.end:
        calls = calls_between(state, begin, begin + _DAY)
        spent = spent_by_status(state, begin, begin + _DAY)
        days.append(
            {
                "day": f"{begin:%Y-%m-%d}",
                "calls": sum(one.count for one in calls),
                "busy_seconds": fsum(one.seconds * one.count for one in calls),
                "answers": sum(one.answers for one in spent),
                "cost_usd": fsum(one.cost_usd for one in spent),
            }
        )
        begin += _DAY
    first = next((n for n, day in enumerate(days) if day["calls"] or day["answers"]), len(days))
    return days[first:]


def _summary(days: list[dict[str, Any]], coming: dict[str, Forecast | None]) -> str:
    calls = coming["calls"]
    if calls is None:
        return "There is no whole day with a call, so nothing can be forecast."
    mean = sum(day["calls"] for day in days) / len(days)
    span = (
        ""
        if calls.low is None
        else f" ({words.number(round(calls.low))} to {words.number(round(calls.high or 0))})"
    )
    return (
        f"{words.number(round(mean))} calls a day over {words.plural(len(days), 'day')}; "
        f"the next {_COMING} days bring about {words.number(round(calls.total))}{span}."
    )


def _forecasts(coming: dict[str, Forecast | None], days: list[dict[str, Any]]) -> Table:
    rows = []
    for name, found in coming.items():
        if found is not None:
            shown = _FIGURES[name]
            span = "–" if found.low is None else f"{shown(found.low)} to {shown(found.high)}"
            newest = [day[name] for day in days[-_COMING:]]
            past = shown(fsum(newest)) if len(newest) == _COMING else "–"
            rows.append((_TITLES[name], past, shown(found.total), span))
    columns = ("figure", f"last {_COMING} whole days", f"next {_COMING} days", "most likely within")
    return Table(columns, rows, frozenset({1, 2, 3}), "There is nothing to forecast from.")


def _table(days: list[dict[str, Any]]) -> Table:
    rows = [(day["day"], *(shown(day[name]) for name, shown in _FIGURES.items())) for day in days]
    return Table(
        ("day", *(_TITLES[name] for name in _FIGURES)), rows, frozenset({1, 2, 3, 4}), "There are none."
    )


def _method(days: list[dict[str, Any]]) -> str:
    if len(days) < FEWEST:
        return f"The mean of {words.plural(len(days), 'day')}; a trend needs {FEWEST}, so no range is given."
    return (
        "A straight line through the whole days (least squares), two standard errors to each side: about 95 "
        "of 100 such forecasts hold after a month of days, about 90 after a week, if nothing new happens. It "
        "knows no seasons and no holidays."
    )
