"""Numbers that prose spells out, and comparisons that stand for one: `twenty`, `a third`, `double`."""

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

from nba_mcp_synthesis.synthesis.number_reader import Spoken

_COUNTS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9,
}  # fmt: skip
_HALF = re.compile(r"\bhalf[- ](?:of|as|the|his|her|their|its|what|that|those|these|\w+'s)\b", re.IGNORECASE)
_WORDS = re.compile(r"[a-z]+", re.IGNORECASE)
_BELOW_ZERO = frozenset({"minus", "negative"})
_BEHIND_TENS = ("one", "first")
_JUST_ONE = re.compile(
    r"\bone (?:point|rebound|board|assist|steal|block|turnover|foul|game|win|loss|minute|shot|percent)\b"
)


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


@cache
def _glued() -> re.Pattern[str]:
    """`thirtyone`, which some write as one word."""
    tens = "|".join(word for word, number in _data()["cardinals"].items() if number in range(20, 100, 10))
    ones = "|".join(word for word, number in _any().items() if number < 10)
    return re.compile(rf"\b({tens})({ones}|one|first)\b", re.IGNORECASE)


@cache
def _factor() -> re.Pattern[str]:
    """`three times`, `2.5 times`, `3x`, `sevenfold`."""
    words = "|".join(_data()["cardinals"])
    count = rf"(?P<times>(?:{words})(?:-and-a-half)?|\d+(?:\.\d+)?)"
    return re.compile(
        rf"\b{count}(?:[- ]times (?=as\b|more\b|the\b|his\b|her\b|their\b|that\b|\w+'s\b)|[- ]?fold\b|x\b)",
        re.IGNORECASE,
    )


@cache
def _any() -> Mapping[str, int]:
    return {**_data()["places"], **_data()["cardinals"]}


def has_number(text: str) -> bool:
    """Whether a text says any number, in whatever signs or words."""
    return (
        any(letter.isnumeric() for letter in unicodedata.normalize("NFKC", text))
        or any(letter.isnumeric() for letter in text)
        or any(True for _ in (*spelled(text), *places(text), *ratios(text)))
    )


def spelled(text: str) -> Iterator[float]:
    """Counts written as words: tens and ones, hundreds and what follows them, are one number."""
    yield from (number for number, is_place in _read(text) if not is_place)


def places(text: str) -> Iterator[float]:
    """Places written as words, such as `twenty-first`."""
    yield from (number for number, is_place in _read(text) if is_place)


def _read(text: str) -> Iterator[tuple[float, bool]]:
    """(number, whether it is a place) for each number in words."""
    plain = without_ratios(_factor().sub(" ", _terms().sub(" ", text))).casefold()
    yield from ((1.0, False) for _ in _JUST_ONE.finditer(plain))
    spoken, sign = Spoken(), 1.0
    for word, following in pairwise([*_WORDS.findall(_glued().sub(r"\1 \2", plain)), "", ""]):
        number, scales = _number(word, spoken), word in _data()["scales"]
        goes_on = number is not None and spoken.goes_on_with(number, scales=scales)
        if (
            spoken.value is not None
            and not goes_on
            and not (word == "and" and following in {*_any(), *_BEHIND_TENS})
        ):
            yield sign * spoken.value, False
            spoken, sign = Spoken(), 1.0
        if number is not None:
            spoken.add(number, scales=scales)
            if (word in _data()["places"] or word == "first") and spoken.value is not None:
                yield sign * spoken.value, True
                spoken, sign = Spoken(), 1.0
        elif spoken.value is None:
            sign = -1.0 if word in _BELOW_ZERO else 1.0


def _number(word: str, spoken: Spoken) -> int | None:
    """The number of a word; `one` and `first` count behind others only, since they say more than a number."""
    if word in _BEHIND_TENS and spoken.value is not None and spoken.goes_on_with(1, scales=False):
        return 1
    return _any().get(word)


def without_ratios(text: str) -> str:
    """A text without what `ratios` reads in it, apart from `double` and the like."""
    return _HALF.sub(" ", _fraction().sub(" ", text))


def ratios(text: str) -> Iterator[float]:
    """How many times, or which part of, one value another is said to be."""
    plain = _terms().sub(" ", text)
    parts = {**_data()["parts"], "halve": 2}
    for match in _fraction().finditer(_factor().sub(" ", plain)):
        part = match["part"].casefold()
        yield _COUNTS[match["count"].casefold()] / parts[part if part in parts else part.removesuffix("s")]
    yield from (0.5 for _ in _HALF.finditer(plain))
    yield from (_times(match["times"]) for match in _factor().finditer(plain))
    yield from (
        _data()["times"][word] for word in _WORDS.findall(plain.casefold()) if word in _data()["times"]
    )


def _times(written: str) -> float:
    word, _, _ = written.casefold().partition("-and-a-half")
    whole = _data()["cardinals"].get(word)
    return (float(word) if whole is None else whole) + (0.5 if len(word) < len(written) else 0.0)
