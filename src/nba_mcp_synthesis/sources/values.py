"""Values of a row under their names: read strictly, or refused with a reason that can be counted."""

import math
import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from typing import TypeVar

from nba_mcp_synthesis.schema.teams import team_id_of, teams

Row = Mapping[str, object]
Record = dict[str, object]
T = TypeVar("T")

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
_DATE = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)(?:T00:00:00Z?)?", re.ASCII)
_DATE_IN_WORDS = re.compile(r"([A-Z]{3}) (\d\d?), (\d{4})", re.ASCII | re.IGNORECASE)
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_CLOCK = re.compile(r"(\d{1,3})(?::([0-5]\d|60))?", re.ASCII)
_LARGEST = 2**31 - 1


class RowError(ValueError):
    """A row cannot be used. The text is the reason; it names columns and no values, to be counted."""


def text(row: Row, name: str) -> str:
    """A text that is not empty."""
    value = row.get(name)
    if isinstance(value, str) and value.strip():
        return value.strip()
    raise RowError(f"{name} is missing" if value in (None, "") else f"{name} is not text")


def number(row: Row, name: str) -> float:
    """A finite number, written as one or in digits."""
    value = _number(row, name)
    if value is None:
        raise RowError(f"{name} is not a number")
    return value


def amount(row: Row, name: str) -> float:
    """A number of at least 0."""
    value = number(row, name)
    if value < 0:
        raise RowError(f"{name} is negative")
    return value


def whole(row: Row, name: str) -> int:
    """A whole number that fits a column of integers; 25.0 is one."""
    value = _number(row, name)
    if value is None or value != int(value):
        raise RowError(f"{name} is not a whole number")
    if abs(value) > _LARGEST:
        raise RowError(f"{name} is too large")
    return int(value)


def count(row: Row, name: str) -> int:
    """A whole number of at least 0."""
    value = whole(row, name)
    if value < 0:
        raise RowError(f"{name} is negative")
    return value


def fraction(row: Row, name: str) -> float:
    """A percentage, written as a fraction between 0 and 1."""
    value = number(row, name)
    if not 0 <= value <= 1:
        raise RowError(f"{name} is not a fraction between 0 and 1")
    return value


def day(row: Row, name: str) -> date:
    """A date such as 2025-10-21, which midnight may follow, 20251021 or OCT 21, 2025."""
    written = text(row, name)
    match, words = _DATE.fullmatch(written), _DATE_IN_WORDS.fullmatch(written)
    try:
        if words:
            return date(int(words[3]), 1 + _MONTHS.index(words[1].upper()), int(words[2]))
        return date(int(match[1]), int(match[2]), int(match[3])) if match else date.fromisoformat("")
    except ValueError as error:
        raise RowError(f"{name} is not a date such as 2025-10-21") from error


def clock(row: Row, name: str) -> float:
    """Minutes as a decimal, from `27:38`."""
    match = _CLOCK.fullmatch(text(row, name))
    if match is None:
        raise RowError(f"{name} is not minutes and seconds such as 27:38")
    return int(match[1]) + int(match[2] or 0) / 60


def team(row: Row, name: str) -> int:
    """The id of one of the thirty teams."""
    value = whole(row, name)
    if value not in _team_ids():
        raise RowError(f"{name} is not the id of an NBA team")
    return value


def named_team(row: Row, name: str) -> int:
    """The id of the team that an abbreviation or full name means."""
    value = team_id_of(text(row, name))
    if value is None:
        raise RowError(f"{name} is not an NBA team")
    return value


def optional(getter: Callable[[Row, str], T], row: Row, name: str) -> T | None:
    """What `getter` reads, or None when there is nothing under the name."""
    value = row.get(name)
    is_blank = value is None or (isinstance(value, str) and not value.strip())
    return None if is_blank else getter(row, name)


def joined(row: Row, *names: str) -> str:
    """A name in parts, of which some may be empty but none may lack."""
    lacking = next((name for name in names if name not in row), None)
    if lacking:
        raise RowError(f"{lacking} is missing")
    whole_name = " ".join(part for name in names if (part := optional(text, row, name)))
    if not whole_name:
        raise RowError("the player has no name")
    return whole_name


def starting_position(row: Row, name: str) -> str | None:
    """The position, which box scores give to the starting five only; None for the others."""
    if name not in row:
        raise RowError(f"{name} is missing")
    return optional(text, row, name)


def _number(row: Row, name: str) -> float | None:
    value = row.get(name)
    if value is None or value == "":
        raise RowError(f"{name} is missing")
    if type(value) is str:
        value = float(value) if _NUMBER.fullmatch(value.strip()) else math.nan
    if type(value) is int:  # which True is not
        if abs(value) > _LARGEST:
            raise RowError(f"{name} is too large")
        return float(value)
    return value if type(value) is float and math.isfinite(value) else None


@cache
def _team_ids() -> frozenset[int]:
    return frozenset(team.team_id for team in teams())
