"""Whether a text says what it has to, by rules that know nothing of how it was made."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import pairwise

from evaluation.questions import Wanted

NUMBER = re.compile(
    r"(?<![\w.,])(?:(?<!\S)[-−]|(?<=\()[-−])?"  # a sign, where it is no dash
    r"(?:\d[\d,]*(?:\.\d+)?|\.\d+)"
    r"(?=(?:st|nd|rd|th)?(?!\w))"  # 76ers is a name, 3rd a number
)
FREE_NUMBERS = 20
NUMBERS_A_VALUE = 8
FARTHEST = 150  # characters between a name and its value
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
Span = tuple[int, int]


def fold(text: str) -> str:
    """Lower case without accents; one character stays one character, so that places in the text hold."""
    return "".join(_plain(letter) for letter in unicodedata.normalize("NFC", text))


def _plain(letter: str) -> str:
    base = unicodedata.normalize("NFKD", letter)[0].lower()
    return base if len(base) == 1 else letter


def faults(text: str, wanted: Sequence[Wanted], tolerance: float, people: Iterable[str] = ()) -> list[str]:
    """What is wrong with an answer, a sentence each; `people` are the names of all players of the data."""
    text = fold(text)
    found = [_missing(text, one, wanted, tolerance) for one in wanted]
    found += [_flood(text, len(wanted)), _somebody_else_first(text, wanted, people)]
    found += [_order_of_record(text, one, wanted) for one in wanted if one.unit == "wins"]
    return [fault for fault in found if fault]


def _missing(text: str, one: Wanted, wanted: Sequence[Wanted], tolerance: float) -> str:
    names = spans(text, one.entity) if one.entity else [(0, len(text))]
    if not names:
        return f"{one.entity} is not named."
    if one.value is None:
        return ""
    values = [v for v in value_spans(text, one.value, tolerance) if not one.entity or not _inside(v, names)]
    if not values:
        return f"{one.value} {one.unit or ''} of {one.entity} is not said."
    others = [s for w in wanted if w.entity and w.entity != one.entity for s in spans(text, w.entity)]
    if one.entity is None or any(_beside(n, v, others) for n in names for v in values):
        return ""
    return f"{one.value} {one.unit or ''} does not stand beside {one.entity}."


def spans(text: str, names: str) -> list[Span]:
    """Places in the folded text of a name that may have spellings, with | between."""
    return [
        match.span()
        for name in names.split("|")
        for match in re.finditer(rf"(?<!\w){re.escape(fold(name))}(?!\w)", text)
    ]


def value_spans(text: str, value: float | str, tolerance: float) -> list[Span]:
    """Places of a number within its tolerance, or of a word, or of a date however it is written."""
    if isinstance(value, str):
        return spans(text, _written(value) if _DATE.fullmatch(value) else value)
    return [m.span() for m in NUMBER.finditer(text) if abs(_number(m[0]) - value) <= tolerance + 1e-9]


def _written(day: str) -> str:
    at = date.fromisoformat(day)
    month, short = at.strftime("%B"), at.strftime("%b")
    forms = (f"{month} {at.day}", f"{short} {at.day}", f"{at.day} {month}", f"{at.day} {short}")
    return "|".join((day, *forms))


def _number(written: str) -> float:
    return float(written.replace(",", "").replace("−", "-"))


def _inside(span: Span, names: Iterable[Span]) -> bool:
    return any(start <= span[0] and span[1] <= end for start, end in names)


def _beside(name: Span, value: Span, others: Iterable[Span]) -> bool:
    between = (min(name[1], value[1]), max(name[0], value[0]))
    if between[1] - between[0] > FARTHEST:
        return False
    return not any(between[0] <= start and end <= between[1] for start, end in others)


def _flood(text: str, values: int) -> str:
    count, most = len(NUMBER.findall(text)), FREE_NUMBERS + NUMBERS_A_VALUE * values
    return f"The text has {count} numbers; {most} are allowed." if count > most else ""


def _somebody_else_first(text: str, wanted: Sequence[Wanted], people: Iterable[str]) -> str:
    names = {fold(person) for person in people}
    asked = [s for w in wanted if w.entity and fold(w.entity) in names for s in spans(text, w.entity)]
    if not asked:
        return ""
    before = text[: min(asked)[0]]
    others = sorted(name for name in names if name in before and spans(before, name))
    return f"{others[0]} is named before those asked for." if others else ""


def _order_of_record(text: str, won: Wanted, wanted: Sequence[Wanted]) -> str:
    lost = next((w for w in wanted if w.unit == "losses" and w.entity == won.entity), None)
    if lost is None:
        return ""
    numbers = [_number(match[0]) for match in NUMBER.finditer(text)]
    if any(pair == (won.value, lost.value) for pair in pairwise(numbers)):
        return ""
    return f"{won.entity}: {won.value} wins and {lost.value} losses are not said in that order."
