"""Conditions as they are written: `opponent=BOS`, `pts>=40`, `month=2025-12|2026-01`."""

import datetime as dt
import math
import re
from collections.abc import Iterable

from nba_mcp_synthesis.basketball.catalogue import measure, measures
from nba_mcp_synthesis.basketball.names import Names
from nba_mcp_synthesis.basketball.nearest import nearest
from nba_mcp_synthesis.basketball.stats.dimensions import Dimension, ValueType, dimension, dimensions
from nba_mcp_synthesis.basketball.stats.query import Condition, Operator, Value
from nba_mcp_synthesis.errors import UnknownName, UsageError

_CONDITION = re.compile(r"\s*(\w+)\s*(<=|>=|!=|=|<|>|~)\s*(\S.*?)\s*", re.DOTALL)
SAME = {"away": "road", "won": "win", "lost": "loss", "playoffs": "Playoffs", "regular": "Regular Season"}
_YES = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
# How values can be compared; names, listed words, yes and no have no order, and only texts contain something.
_EQUAL: tuple[Operator, ...] = ("=", "!=")
_ORDERED: tuple[Operator, ...] = (*_EQUAL, "<", "<=", ">", ">=")
_COMPARED: dict[ValueType, tuple[Operator, ...]] = {
    "number": _ORDERED,
    "date": _ORDERED,
    "text": (*_ORDERED, "~"),
}
_MOST_OF_A_WHOLE = 3
_FORM = "Write it as name, comparison, value, such as opponent=BOS, pts>=40 or month=2025-12|2026-01."


def conditions(texts: Iterable[str], names: Names) -> tuple[Condition, ...]:
    """Conditions as they are written; see `read` for the errors."""
    return tuple(_condition(text, names) for text in texts)


def _condition(text: str, names: Names) -> Condition:
    name, operator, values = _split(text)
    if name in ("season", "season_type"):
        raise UsageError(f"The condition {text!r} cannot stand here.", f"Give the request its own `{name}`.")
    if name in dimensions():
        found = dimension(name)
        _check_operator(text, operator, _EQUAL if found.values else _COMPARED.get(found.of, _EQUAL))
        return Condition(name, operator, tuple(_value(found, value, names) for value in values))
    if name in measures():
        _check_operator(text, operator, _ORDERED)
        return Condition(name, operator, tuple(_of_measure(name, value) for value in values))
    raise UnknownName("dimension or measure", name, nearest(name, [*dimensions(), *measures()]))


def _check_operator(text: str, operator: Operator, allowed: tuple[Operator, ...]) -> None:
    if operator not in allowed:
        raise UsageError(
            f"The condition {text!r} cannot be compared with {operator}.", f"Use {' '.join(allowed)}."
        )


def _of_measure(name: str, text: str) -> float | int:
    """Percentages are compared as fractions; nothing is more than three times its whole."""
    number = _number(name, text)
    if measure(name).is_percent and abs(number) > _MOST_OF_A_WHOLE:
        raise UsageError(f"{name} is a fraction, not {text}.", f"Write {number / 100:g} for {number:g} %.")
    return number


def over_measure(text: str, names: Names) -> Condition:
    """A condition on a measure that comes out; see `conditions` for the errors."""
    condition = _condition(text, names)
    measure(condition.name)
    return condition


def _split(text: str) -> tuple[str, Operator, list[str]]:
    match = _CONDITION.fullmatch(text)
    if match is None:
        raise UsageError(f"The condition {text!r} cannot be read.", _FORM)
    operator: Operator = match[2]  # type: ignore[assignment]  # the pattern has only operators
    values = [value.strip() for value in match[3].split("|")]
    if len(values) > 1 and operator not in ("=", "!=", "~"):
        raise UsageError(
            f"The condition {text!r} compares with several values.", "Use one, or = with several."
        )
    return match[1], operator, values


def _value(of: Dimension, text: str, names: Names) -> Value:
    match of.of:
        case "player" | "team":
            return names.resolve(text, of.of).id
        case "number":
            return _number(of.name, text)
        case "yes":
            return listed_value(of.name, text, {word: word for word in _YES}) in ("yes", "true", "1")
        case "date":
            return _date(of.name, text)
    if not of.values:
        return text
    return listed_value(of.name, SAME.get(text.casefold(), text), {v.casefold(): v for v in of.values})


def listed_value(name: str, text: str, known: dict[str, str]) -> str:
    """One of the values that `known` lists by their folded form; UsageError names them otherwise."""
    if text.casefold() not in known:
        raise UsageError(f"{name} cannot be {text!r}.", f"It is one of {', '.join(known.values())}.")
    return known[text.casefold()]


def _number(name: str, text: str) -> float | int:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise UsageError(f"{name} is a number, not {text!r}.", _FORM)
    return int(number) if number.is_integer() else number


def _date(name: str, text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{name} is a date such as 2025-12-25, not {text!r}.", _FORM) from None
