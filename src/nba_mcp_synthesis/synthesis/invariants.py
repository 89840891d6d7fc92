"""What no game of basketball can show: such a value is wrong, whatever query returned it."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from nba_mcp_synthesis.basketball.catalogue import measures

# (part, whole): the first is never more than the second, in one row.
PARTS = (
    ("fgm", "fga"),
    ("fg2m", "fg2a"),
    ("fg3m", "fg3a"),
    ("ftm", "fta"),
    ("fg3m", "fgm"),
    ("fg3a", "fga"),
    ("wins", "gp"),
    ("losses", "gp"),
    ("oreb", "reb"),
    ("dreb", "reb"),
)
_SUMS = ((("oreb", "dreb"), "reb"), (("wins", "losses"), "gp"))
# Differences and ratings relative to others may be below zero; what is counted may not.
_SIGNED = frozenset({"ratio", "margin"})
_BELOW_ZERO = ("rating", "plus", "net", "score", "pie", "margin")
_SLACK = 1e-6
# Effective and true shooting count a three as more than one made shot.
_MOST = {"efg_pct": 1.5, "ts_pct": 1.5}


def impossible(row: Mapping[str, Any]) -> str:
    """Why a row cannot be, without its values; empty where nothing speaks against it."""
    values = {
        name.casefold(): float(value)
        for name, value in row.items()
        if isinstance(value, int | float | Decimal) and not isinstance(value, bool)
    }
    for part, whole in PARTS:
        if part in values and whole in values and values[part] > values[whole] + _SLACK:
            return f"its row has more {part} than {whole}"
    for parts, whole in _SUMS:
        if {*parts, whole} <= values.keys() and sum(values[p] for p in parts) > values[whole] + _SLACK:
            return f"in its row {' and '.join(parts)} are more than {whole}"
    return next((why for name, value in values.items() if (why := _out_of_bounds(name, value))), "")


def _out_of_bounds(name: str, value: float) -> str:
    known = measures().get(name)
    if known is None:
        return ""
    if (
        known.is_percent
        and not -_SLACK <= value <= _MOST.get(name, 1.0) + _SLACK
        and not name.startswith("e_")
    ):
        return f"its {name} is no share of a whole"
    if known.is_counted and known.unit not in _SIGNED and value < 0 and not _may_be_negative(name):
        return f"its {name} is below zero"
    return ""


def _may_be_negative(name: str) -> bool:
    return name == "per" or any(word in name.split("_") for word in _BELOW_ZERO)
