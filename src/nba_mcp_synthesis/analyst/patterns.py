"""Neighbouring tokens that mean one thing: dates, minimums, the size of a list, the number of a game."""

import datetime as dt
from collections.abc import Callable, Sequence

from nba_mcp_synthesis.analyst.tokens import Token
from nba_mcp_synthesis.basketball.catalogue import measures
from nba_mcp_synthesis.schema.seasons import season_from_start

# A rule looks at the tokens from some place on, and gives what stands for the first few of them.
Rule = Callable[[Sequence[Token]], tuple[list[Token], int] | None]
_YEARS = range(1946, 2101)
_LONGEST_LIST = 50
_SIZED = frozenset({"top", "bottom", "best", "worst", "highest", "lowest", "leading", "leaders"})
_LONGEST_SERIES = 7


def combined(found: Sequence[Token]) -> tuple[Token, ...]:
    """The tokens with their patterns made one token each; rules apply one after another."""
    for rule in (_date, _game_number, _minimum, _kind_of_game, _limit, _year):
        found = _applied(rule, found)
    return tuple(found)


def _applied(rule: Rule, found: Sequence[Token]) -> list[Token]:
    done: list[Token] = []
    at = 0
    while at < len(found):
        made, used = rule(found[at:]) or ([found[at]], 1)
        done += made
        at += used
    return done


def _date(rest: Sequence[Token]) -> tuple[list[Token], int] | None:
    """`december 21`, `21st december`, `12/21`, each with or without a year: a date or a day."""
    day = _day(rest)
    if day is None:
        return None
    (month, number), used = day
    text = _text(rest[:used])
    if len(rest) > used and _is_year(rest[used]):
        return _dated(int(str(rest[used].value)), month, number, _text(rest[: used + 1])), used + 1
    return [Token("day", (month, number), text)], used


def _day(rest: Sequence[Token]) -> tuple[tuple[int, int], int] | None:
    match [token.tag for token in rest[:2]]:
        case ["day", *_] if isinstance(rest[0].value, tuple):
            month, number = rest[0].value
            return (int(str(month)), int(str(number))), 1
        case ["month", "number" | "ordinal"]:
            month, number = rest[0].value, rest[1].value
        case ["number" | "ordinal", "month"]:
            number, month = rest[0].value, rest[1].value
        case _:
            return None
    return _checked(int(str(month)), number)


def _checked(month: int, number: object) -> tuple[tuple[int, int], int] | None:
    try:
        dt.date(2024, month, int(str(number)))
    except ValueError:
        return None
    return (month, int(str(number))), 2


def _dated(year: int, month: int, number: int, text: str) -> list[Token]:
    try:
        return [Token("date", dt.date(year, month, number), text)]
    except ValueError:
        return [Token("unknown", text, text)]


def _game_number(rest: Sequence[Token]) -> tuple[list[Token], int] | None:
    match rest[:2]:
        case [Token("game"), Token("number", int(number))] if 1 <= number <= _LONGEST_SERIES:
            return [Token("game_number", number, _text(rest[:2]))], 2
    return None


def _minimum(rest: Sequence[Token]) -> tuple[list[Token], int] | None:
    """`min 50 games`, `1500+ points`, `at least 5 attempts per game`: (number, measure)."""
    used = 1 if rest[0].tag == "minimum" else 0
    if len(rest) <= used or rest[used].tag != "number":
        return None
    number = rest[used].value
    used += 1
    if len(rest) > used and rest[used].tag == "or_more":
        used += 1
    elif rest[0].tag != "minimum":
        return None
    if len(rest) <= used or rest[used].tag not in ("measure", "attempted"):
        return None
    named = str(rest[used].value)
    used += 1
    if len(rest) > used and rest[used].tag == "average":
        named = f"{named}_per_game"
        used += 1
    known = named.removesuffix("_per_game") == "attempted" or named in measures()
    return ([Token("minimum_of", (number, named), _text(rest[:used]))], used) if known else None


def _kind_of_game(rest: Sequence[Token]) -> tuple[list[Token], int] | None:
    """`30 point games`, `130+ point games`: games of a kind, which are no measure here."""
    match rest[:2]:
        case [Token("measure" | "minimum_of"), Token("measure", "gp")]:
            return [Token("unknown", "games", _text(rest[:2]))], 2
    return None


def _limit(rest: Sequence[Token]) -> tuple[list[Token], int] | None:
    """`top 5`, `5 best`; but not `most 30`, which begins something else."""
    match rest[:2]:
        case [Token("leader") as leader, Token("number", int(number)) as said]:
            pass
        case [Token("number", int(number)) as said, Token("leader") as leader]:
            pass
        case _:
            return None
    if leader.text.casefold() not in _SIZED or not 1 <= number <= _LONGEST_LIST:
        return None
    return [leader, Token("limit", number, said.text)], 2


def _year(rest: Sequence[Token]) -> tuple[list[Token], int] | None:
    """A year alone is the season that ended in it."""
    counts = len(rest) > 1 and rest[1].tag in ("measure", "or_more")
    if not _is_year(rest[0]) or counts:
        return None
    season = season_from_start(int(str(rest[0].value)) - 1)
    return [Token("season", season, rest[0].text)], 1


def _is_year(token: Token) -> bool:
    return token.tag == "number" and isinstance(token.value, int) and token.value in _YEARS


def _text(part: Sequence[Token]) -> str:
    return " ".join(token.text for token in part)
