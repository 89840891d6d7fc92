"""Values and lists in words."""

import datetime as dt
from collections.abc import Sequence

from nba_mcp_synthesis.basketball.catalogue import Measure
from nba_mcp_synthesis.facts import Claim

_HALF_WAY = 0.49


def claimed(entity: str, measure: Measure, value: float, evidence: str) -> Claim:
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
        article = "an" if measure.label[0] in "aeiou" else "a"
        return f"{article} {measure.label} of {shown(value, measure)}"
    unit = measure.unit
    if round(value, 6) == 1 and unit.endswith("s"):
        unit = unit[:-1]
    return f"{shown(value, measure)} {unit}"


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
