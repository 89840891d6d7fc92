"""A plain reader of numbers in answers, apart from the product's own, so that each may be wrong alone."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any

_DIGITS = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
_NAMES = (
    "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty", "thirty",
    "forty", "fifty", "sixty", "seventy", "eighty", "ninety", "hundred", "thousand", "million",
)  # fmt: skip
_WORDS = dict(zip(_NAMES, [*range(2, 20), *range(20, 100, 10), 100, 1000, 10**6], strict=True))
_SHARES = {
    "half": 0.5,
    "third": 1 / 3,
    "quarter": 0.25,
    "double": 2.0,
    "twice": 2.0,
    "triple": 3.0,
    "thrice": 3.0,
}
_SEASON = re.compile(r"\b\d{4}-\d{2}(?:-\d{2})?\b")


def digits(text: str) -> list[float]:
    """All numbers in digits, in whatever script, seasons and dates left out."""
    plain = unicodedata.normalize("NFKC", text)
    odd = [unicodedata.numeric(c) for c in plain if c.isnumeric() and not c.isdecimal()]
    return [*(float(m[0].replace(",", "")) for m in _DIGITS.finditer(_SEASON.sub(" ", plain))), *odd]


def spelled(text: str) -> Iterator[float]:
    """All numbers and comparisons in words, each word by itself."""
    for word in re.findall(r"[a-z]+", text.casefold()):
        if word in _WORDS or word in _SHARES:
            yield _WORDS.get(word) or _SHARES[word]


def stamps(text: str) -> list[str]:
    """Seasons and dates."""
    return _SEASON.findall(text)


def numbers_of(cells: Iterable[Any]) -> list[float]:
    """The numbers among cells."""
    return [float(c) for c in cells if isinstance(c, int | float) and not isinstance(c, bool)]


def is_rounding(number: float, values: Iterable[float]) -> bool:
    """Whether a number is one of the values, or one of them rounded, or as a percentage."""
    decimals = len(f"{number:.6f}".rstrip("0").partition(".")[2])
    step = 0.5 * 10**-decimals + 1e-6
    return any(abs(abs(v) * scale - number) <= step for v in values for scale in (1, 100))
