"""Numbers in prose, and whether rows of evidence hold them."""

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

# 1,230 · 28.7 · .562 — but not the parts of a date, a season (2025-26) or a name (76ers).
_NUMBER = re.compile(r"(?<![\w.,-])[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+)?(?![\w]|[.,]?\d)")
_NOT_NUMBERS = re.compile(r"\b\d{4}-\d{2}(?:-\d{2})?\b|\b76ers\b", re.IGNORECASE)


def numbers_in(text: str) -> tuple[str, ...]:
    """The numbers written in a text, as written; records like 56-26 give both their numbers."""
    plain = _NOT_NUMBERS.sub(" ", text)
    plain = re.sub(r"(?<=\d)[-–](?=\d)", " ", plain)
    return tuple(m.group() for m in _NUMBER.finditer(plain) if any(c.isdigit() for c in m.group()))


def shown_by(written: str, values: Iterable[float]) -> bool:
    """True when a value equals the written number at the precision it is written with.

    A fraction counts as its percentage too: 0.379661 shows both 0.38 and 38.0.
    """
    plain = written.replace(",", "")
    number = float(plain)
    decimals = len(plain.partition(".")[2])
    step = 0.5 * 10**-decimals * (1 + 1e-9) + 1e-9
    return any(abs(abs(v) - abs(number)) <= step or abs(abs(v) * 100 - abs(number)) <= step for v in values)


def values_of(rows: Iterable[tuple[Any, ...]]) -> Iterator[float]:
    """All numbers in rows, those in dates included (a day and a year are read off them)."""
    for row in rows:
        for value in row:
            yield from _numbers_of(value)


def _numbers_of(value: Any) -> Iterator[float]:
    match value:
        case bool() | None:
            return
        case int() | float() | Decimal():
            yield float(value)
        case dt.date():
            yield from (float(value.day), float(value.month), float(value.year))
        case str():
            yield from (float(part) for part in re.findall(r"\d+(?:\.\d+)?", value))
