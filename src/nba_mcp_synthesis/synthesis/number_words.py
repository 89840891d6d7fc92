"""Numbers that prose spells out, and comparisons that stand for one: `twenty`, `a third`, `double`."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

_COUNTS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4}
_HALF = re.compile(r"\bhalf (?:of|as|the|his|her|their|its)\b", re.IGNORECASE)
_WORDS = re.compile(r"[a-z]+", re.IGNORECASE)


@cache
def _data() -> Mapping[str, Any]:
    return tomllib.loads(files(__package__).joinpath("number_words.toml").read_text("utf-8"))


@cache
def _terms() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(_data()['terms']['patterns'])})\b", re.IGNORECASE)


@cache
def _fraction() -> re.Pattern[str]:
    parts = "|".join(["halves", *(f"{part}s?" for part in _data()["parts"])])
    return re.compile(rf"\b(?P<count>{'|'.join(_COUNTS)})[- ](?P<part>{parts})\b", re.IGNORECASE)


def spelled(text: str) -> Iterator[float]:
    """Counts and places written as words; tens and ones together are one number."""
    plain = _HALF.sub(" ", _fraction().sub(" ", _terms().sub(" ", text))).casefold()
    cardinals, places = _data()["cardinals"], _data()["places"]
    tens = 0
    for word in [*_WORDS.findall(plain), ""]:
        number = cardinals.get(word, places.get(word))
        if tens and number is not None and number < 10:
            yield float(tens + number)
            tens = 0
            continue
        if tens:
            yield float(tens)
        tens = number if number is not None and 20 <= number < 100 else 0
        if number is not None and not tens:
            yield float(number)


def ratios(text: str) -> Iterator[float]:
    """How many times, or which part of, one value another is said to be."""
    plain = _terms().sub(" ", text)
    parts = {**_data()["parts"], "halve": 2}
    for match in _fraction().finditer(plain):
        part = match["part"].casefold()
        yield _COUNTS[match["count"].casefold()] / parts[part if part in parts else part.removesuffix("s")]
    yield from (0.5 for _ in _HALF.finditer(plain))
    yield from (
        _data()["times"][word] for word in _WORDS.findall(plain.casefold()) if word in _data()["times"]
    )
