"""Values and lists in words."""

import datetime as dt
from collections.abc import Sequence
from itertools import groupby

from nba_mcp_synthesis.basketball.matches import Match
from nba_mcp_synthesis.basketball.measure import Measure
from nba_mcp_synthesis.facts import Claim

_HALF_WAY = 0.49
_PLAYED = ("gp", "minutes")
_MONTHS = [dt.date(2024, month, 1).strftime("%B") for month in range(1, 13)]
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_QUARTERS = 4
_LABELS = {"road": "away", "home": "home", "win": "in wins", "loss": "in losses"}


def claimed(entity: str | None, measure: Measure, value: float, evidence: str) -> Claim:
    """The claim that `entity` has this value, given as it comes from SQL."""
    return Claim(entity, measure.name, value * 100 if measure.is_percent else value, measure.unit, evidence)


def shown(value: float, measure: Measure) -> str:
    """The value as text at the measure's decimals: `28.7`, `38.0 %`, `634`."""
    number = value * 100 if measure.is_percent else value
    decimals = measure.decimals
    # Half-way between two roundings either one misstates it most: one more digit says it rightly.
    if decimals and abs(number * 10**decimals - round(number * 10**decimals)) > _HALF_WAY:
        decimals += 1
    return f"{number:.{decimals}f}" + (" %" if measure.is_percent else "")


def with_unit(value: float, measure: Measure) -> str:
    """The value and what it counts: `634 assists`, `a three-point percentage of 38.0 %`."""
    if not measure.is_counted:
        article = "an" if measure.label[0] in "aeio" else "a"  # no label with u has its vowel: a usage
        return f"{article} {measure.label} of {shown(value, measure)}"
    unit = measure.unit
    if round(value, 6) == 1 and unit.endswith("s"):
        unit = unit[:-1]
    return f"{shown(value, measure)} {unit}"


def figures(values: Sequence[tuple[Measure, float]]) -> str:
    """`averaged 27.7 points per game and had 12 steals`."""
    parts = []
    for verb, group in groupby(values, key=lambda pair: _verb(pair[0])):
        parts.append(f"{verb} {listed([with_unit(value, of) for of, value in group])}")
    return listed(parts)


def _verb(of: Measure) -> str:
    if of.name in _PLAYED:
        return "played"
    if of.name in ("wins", "losses"):
        return "had"
    if of.name.startswith("opp_") and of.is_counted:
        return "allowed"
    return "averaged" if of.unit.endswith(" per game") else "had"


def extreme(of: Measure, *, falling: bool) -> str:
    """`Most points`, `Lowest field goal percentage`: what a list begins with."""
    if of.name == "plus_minus" and "team" in of.formulas:
        return f"{'Highest' if falling else 'Lowest'} {of.label}"
    counts = of.is_total or of.name.endswith(("_per_game", "_per_36", "_per_100"))
    more, less = ("Most", "Fewest") if counts else ("Highest", "Lowest")
    return f"{more if falling else less} {of.label}"


def subject(who: Match) -> str:
    """`The Boston Celtics`, `Nikola Jokić`."""
    return f"The {who.name}" if who.kind == "team" else who.name


def label(value: object, dimension: str) -> str:
    """The value of a dimension as people say it: `December`, `away`, `Monday`, `1st quarter`."""
    text = str(value)
    if value is None:
        return "unknown"
    named = {
        "month": lambda: _MONTHS[int(text[5:]) - 1],
        "weekday": lambda: _WEEKDAYS[int(text) - 1],
        "period": lambda: _period(int(text)),
        "rest_days": lambda: f"{text} days of rest",
    }
    return named[dimension]() if dimension in named else _LABELS.get(text, text)


def _period(number: int) -> str:
    return f"{nth(number)} quarter" if number <= _QUARTERS else f"overtime {number - _QUARTERS}"


def listed(parts: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]]))


def on(date: dt.date) -> str:
    """`December 21, 2025`."""
    return f"{date:%B} {date.day}, {date.year}"


def nth(number: int) -> str:
    """`1st`, `2nd`, `13th`."""
    teen = number % 100 in (11, 12, 13)
    return f"{number}{'th' if teen else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"
