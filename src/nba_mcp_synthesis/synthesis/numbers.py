"""Numbers in prose, and whether rows of evidence hold them."""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

# Any run with a digit and what may belong to it; whether it is a number is judged afterwards. In three
# patterns: one that looked for the digit within the run would read a long word once for each of its letters.
_RUN, _DIGIT, _PERCENT = re.compile(r"[-+−]?[\w.,]+"), re.compile(r"\d"), re.compile(r"\s?(?:%|percent\b)")
_WELL_FORMED = re.compile(r"[-+−]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+)?")
_NO_NUMBERS = re.compile(r"\b\d{4}-\d{2}-\d{2}\b|\b76ers\b|\b[Qq][1-4]\b", re.IGNORECASE)
_DATE = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
_SEASON = re.compile(r"\b(\d{4})[-–/](\d{2})\b(?![-–/]?\d)")


def numbers_in(text: str) -> tuple[str, ...]:
    """The numbers written in a text, as written; a percentage keeps its sign, a record gives both sides.

    Seasons, dates and team names are no numbers. What has digits but is not well formed (`31pts`, `12,34`),
    and signs such as ½, are given as they stand, and no value shows them.
    """
    plain = _NO_NUMBERS.sub(" ", _SEASON.sub(_unless_season, visible(text)))
    plain = re.sub(r"(?<=\d)(?:st|nd|rd|th)\b", "", plain)
    plain = re.sub(r"(?<=\d)[-–](?=[\d\w])", " ", plain)
    odd = (letter for letter in plain if letter.isnumeric() and not letter.isdecimal())
    return (*(run.rstrip(".,") for run in _runs(plain)), *odd)


def _runs(text: str) -> Iterator[str]:
    at = 0
    while run := _RUN.search(text, at):
        at = run.end()
        if _DIGIT.search(run[0]):
            percent = _PERCENT.match(text, at)
            at = percent.end() if percent else at
            yield text[run.start() : at]


def visible(text: str) -> str:
    """A text without signs that nobody sees, and that could part a number."""
    return "".join(c for c in text if unicodedata.category(c) not in {"Cf", "Mn", "Me", "Cc"} or c.isspace())


def stamps_in(text: str) -> tuple[str, ...]:
    """The seasons and dates of a text, as rows have them."""
    seasons = [m for m in _SEASON.finditer(text) if not _unless_season(m).strip()]
    return (*(f"{m[1]}-{m[2]}" for m in seasons), *(m[0] for m in _DATE.finditer(text)))


def with_plain_seasons(text: str) -> str:
    """A text with its seasons written as rows have them: 2025-26 for 2025–26 and 2025/26."""
    return _SEASON.sub(lambda m: m[0] if _unless_season(m).strip() else f"{m[1]}-{m[2]}", text)


def _unless_season(match: re.Match[str]) -> str:
    return " " * len(match[0]) if (int(match[1]) + 1) % 100 == int(match[2]) else match[0]


def shown_by(written: str, values: Iterable[float]) -> bool:
    """True when a value equals the written number at the precision it is written with.

    A percentage is also shown by its fraction (38.0 % by 0.379661). A written sign has to be the value's.
    """
    percent = written.endswith(("%", "percent"))
    plain = written.removesuffix("%").removesuffix("percent").strip()
    if not _WELL_FORMED.fullmatch(plain):
        return False
    plain = plain.replace(",", "").replace("−", "-")
    number = float(plain)
    step = 0.5 * 10 ** -len(plain.partition(".")[2]) * (1 + 1e-9) + 1e-9
    signed = plain[0] in "+-"
    scales = (1.0, 100.0) if percent else (1.0,)
    return any(_near(value * scale, number, step, signed=signed) for value in values for scale in scales)


def _near(value: float, number: float, step: float, *, signed: bool) -> bool:
    return abs((value if signed else abs(value)) - number) <= step


def values_of(rows: Iterable[tuple[Any, ...]]) -> Iterator[float]:
    """All numbers in the cells of rows."""
    for row in rows:
        for value in row:
            if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
                yield float(value)


def parts_of_dates(rows: Iterable[tuple[Any, ...]]) -> Iterator[float]:
    """Days, months and years of the dates in rows, which prose may spell out."""
    for row in rows:
        for value in row:
            if isinstance(value, dt.date):
                yield from (float(value.day), float(value.month), float(value.year))
