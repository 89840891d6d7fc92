"""Patterns that describe players: their age, their height, the pick that they were."""

from collections.abc import Sequence

from nba_mcp_synthesis.analyst.pattern_times import Made, is_year
from nba_mcp_synthesis.analyst.tokens import Token, text_of

_INCHES = 12
_OF_PLAYERS = ("position", "rookie", "country", "school", "draft")
_AGES = range(15, 51)
_FEET = range(5, 9)


def aged(rest: Sequence[Token]) -> Made:
    """`aged 35 or older`."""
    match rest[:3]:
        case [Token("aged"), Token("number", int(number)), Token("younger", sign)] if number in _AGES:
            return [Token("where", f"age{sign}{number}", text_of(rest[:3]))], 3
    return None


def age(rest: Sequence[Token]) -> Made:
    """`under 25 years old`, `21 years old`, `25 and under`, `players over 35`."""
    match rest[:3]:
        case [Token("compared", sign), Token("number", number), Token("years_old")]:
            return [Token("where", f"age{sign}{number}", text_of(rest[:3]))], 3
        case [Token("number", number), Token("or_more", sign), Token("years_old")]:
            return [Token("where", f"age{sign}{number}", text_of(rest[:3]))], 3
        case [Token("number", number), Token("years_old"), *_]:
            return [Token("where", f"age={number}", text_of(rest[:2]))], 2
        case [Token("number", int(number)), Token("younger", sign), *_] if number in _AGES:
            return [Token("where", f"age{sign}{number}", text_of(rest[:2]))], 2
        case [Token("aged"), Token("number", int(number)), *_] if number in _AGES:
            return [Token("where", f"age={number}", text_of(rest[:2]))], 2
    return _of_people(rest)


def _of_people(rest: Sequence[Token]) -> Made:
    """`players under 25`, where no measure follows the figure."""
    match rest[:4]:
        case [Token("by" | "where") as by, Token("compared", sign), Token("number", int(number)), *more]:
            people = by.value == "player" or str(by.value).startswith(_OF_PLAYERS)
            if (
                people
                and number in _AGES
                and not (more and more[0].tag in ("measure", "percentage", "or_more"))
            ):
                return [by, Token("where", f"age{sign}{number}", text_of(rest[1:3]))], 3
    return None


def height(rest: Sequence[Token]) -> Made:
    """`7 feet or taller`, `over 7 feet tall`."""
    match rest[:4]:
        case [Token("number", int(feet)), Token("feet"), Token("taller", sign), *_] if feet in _FEET:
            return [Token("where", f"height_in{sign}{feet * _INCHES}", text_of(rest[:3]))], 3
        case [
            Token("compared", sign),
            Token("number", int(feet)),
            Token("feet"),
            Token("profile", "height_in"),
        ]:
            return [Token("where", f"height_in{sign}{feet * _INCHES}", text_of(rest[:4]))], 4
    return None


def pick(rest: Sequence[Token]) -> Made:
    """`number 3 pick`, `first overall pick in 2025`, `2nd round picks`, `2025 draft`."""
    match rest[:2]:
        case [Token("number" | "ordinal", int(number)), Token("pick")]:
            return _with_year(f"draft_number={number}", rest, 2)
        case [Token("pick"), Token("number" | "ordinal", int(number))]:
            return _with_year(f"draft_number={number}", rest, 2)
        case [Token("where", "playoff_round=1" | "playoff_round=2"), Token("pick")]:
            return _with_year(f"draft_round={str(rest[0].value)[-1]}", rest, 2)
        case [Token("number") as year, Token("draft_class" | "pick")] if is_year(year):
            return [Token("where", f"draft_year={year.value}", text_of(rest[:2]))], 2
        case [Token("draft_class"), Token("number") as year] if is_year(year):
            return [Token("where", f"draft_year={year.value}", text_of(rest[:2]))], 2
    return None


def _with_year(found: str, rest: Sequence[Token], used: int) -> Made:
    """A pick and the year of its draft, where that follows it."""
    if len(rest) > used and is_year(rest[used]):
        year, used = rest[used].value, used + 1
        used += len(rest) > used and rest[used].tag == "draft_class"
        return [Token("where", f"{found},draft_year={year}", text_of(rest[:used]))], used
    return [Token("where", found, text_of(rest[:used]))], used
