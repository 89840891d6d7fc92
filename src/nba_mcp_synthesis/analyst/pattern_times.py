"""Patterns of time: dates, stretches of the calendar, seasons, and a number of games."""

import calendar
import datetime as dt
from collections.abc import Sequence

from nba_mcp_synthesis.analyst.tokens import Token, text_of
from nba_mcp_synthesis.schema.seasons import season_from_start, season_start

Made = tuple[list[Token], int] | None
_YEARS = range(1946, 2101)
_LONGEST_SERIES = 7
_LONGEST_RANGE = 100


def holiday(rest: Sequence[Token]) -> Made:
    """`christmas` is a day of the calendar."""
    if rest[0].tag != "holiday":
        return None
    month, day = str(rest[0].value).split("-")
    return [Token("day", (int(month), int(day)), rest[0].text)], 1


def date(rest: Sequence[Token]) -> Made:
    """`december 21`, `21st december`, `12/21`, each with or without a year: a date or a day."""
    day = _day(rest)
    if day is None:
        return None
    (month, number), used = day
    text = text_of(rest[:used])
    if len(rest) > used and is_year(rest[used]):
        return _dated(int(str(rest[used].value)), month, number, text_of(rest[: used + 1])), used + 1
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


def since(rest: Sequence[Token]) -> Made:
    """`since january`, `before 12/25`, `from nov 15 to dec 15`, `between december 1 and december 31`."""
    match [token.tag for token in rest[:4]]:
        case ["start", "date" | "day" | "month", "end", "date" | "day" | "month"]:
            return _stretch(rest[1], rest[3], text_of(rest[:4])), 4
        case ["date" | "day" | "month", "end", "date" | "day" | "month", *_]:
            return _stretch(rest[0], rest[2], text_of(rest[:3])), 3
        case ["since", "date" | "day" | "month", "date" | "day" | "month", *_] if rest[0].value == "between":
            return _stretch(rest[1], rest[2], text_of(rest[:3])), 3
        case ["since" | "start" | "end", "date" | "day" | "month" | "break", *_]:
            return _one_sided(rest[0], rest[1], text_of(rest[:2]))
        case ["since", "name", *_] if rest[0].value == "between":
            return [Token("met", "met", rest[0].text), rest[1]], 2
    return None


def _stretch(first: Token, last: Token, text: str) -> list[Token]:
    return [Token("from", _first_day(first), text), Token("until", _last_day(last), "")]


def _one_sided(word: Token, when: Token, text: str) -> Made:
    match word.value:
        case "since" | "from":
            return [Token("from", _first_day(when), text)], 2
        case "after" if when.tag == "break":
            return [Token("from", when.value, text)], 2
        case "after":
            return [Token("after", _last_day(when), text)], 2
        case "before":
            return [Token("before", _first_day(when), text)], 2
        case "until" | "to":
            return [Token("until", _last_day(when), text)], 2
    return None


def _first_day(when: Token) -> str | dt.date | tuple[object, ...]:
    return (int(str(when.value)), 1) if when.tag == "month" else _as_it_is(when)


def _last_day(when: Token) -> str | dt.date | tuple[object, ...]:
    """The last day of a month; February's by any year that has no 29th."""
    if when.tag != "month":
        return _as_it_is(when)
    month = int(str(when.value))
    return (month, calendar.monthrange(2023, month)[1])


def _as_it_is(when: Token) -> str | dt.date | tuple[object, ...]:
    return when.value if isinstance(when.value, str | dt.date | tuple) else str(when.value)


def years(rest: Sequence[Token]) -> Made:
    """`from 2014 to 2017`: the seasons that ended in these years, each of them."""
    start = 1 if rest[0].tag == "start" or rest[0].value == "between" else 0
    match rest[start : start + 3]:
        case [first, Token("end"), last] if is_year(first) and is_year(last):
            pass
        case [first, last, *_] if rest[0].value == "between" and is_year(first) and is_year(last):
            pass
        case _:
            return None
    used = start + (3 if rest[start + 1].tag == "end" else 2)
    span = range(int(str(first.value)) - 1, int(str(last.value)))[:_LONGEST_RANGE]
    return [Token("season", season_from_start(year), text_of(rest[:used])) for year in span], used


def seasons(rest: Sequence[Token]) -> Made:
    """`2014-15 to 2018-19`, `since 2015-16`: each season of the range; the newest is told by the data."""
    match rest[:3]:
        case [Token("season", str(first)), Token("end"), Token("season", str(last))] if _are_years(
            first, last
        ):
            years = range(season_start(first), season_start(last) + 1)[:_LONGEST_RANGE]
            text = text_of(rest[:3])
            return [Token("season", season_from_start(year), text) for year in years], 3
        case [Token("since", "since"), Token("season", str(first)), *_] if _are_years(first):
            return [Token("since_season", first, text_of(rest[:2]))], 2
    return None


def _are_years(*values: str) -> bool:
    return all(value[:4].isdecimal() for value in values)


def game_number(rest: Sequence[Token]) -> Made:
    """`game 5`, of a series."""
    match rest[:2]:
        case [Token("game"), Token("number", int(number))] if 1 <= number <= _LONGEST_SERIES:
            return [Token("game_number", number, text_of(rest[:2]))], 2
    return None


def some_games(rest: Sequence[Token]) -> Made:
    """`last 10 games`, `past five`, `first 20 games`."""
    if len(rest) > 2 and rest[0].tag == "ago" and rest[2].value in ("wins", "losses", "won", "lost"):
        return [
            Token("unclear", rest[0].text, text_of(rest[:3]))
        ], 3  # `last 5 wins` are not the last 5 games
    match rest[:3]:
        case [Token("ago"), Token("number", int(number)), Token("measure", "gp")]:
            return [Token("last", number, text_of(rest[:3]))], 3
        case [Token("ago"), Token("number", int(number)), *_]:
            return [Token("last", number, text_of(rest[:2]))], 2
        case [Token("ago"), Token("game" | "measure", "game" | "gp"), *_]:
            return [Token("last", 1, text_of(rest[:2]))], 2
        case [Token("ordinal", 1), Token("number", int(number)), Token("measure", "gp")]:
            return [Token("first", number, text_of(rest[:3]))], 3
    return None


def newest_game(rest: Sequence[Token]) -> Made:
    """`last lakers game`, `last playoff game`, `last beat the celtics`."""
    match rest[:3]:
        case [Token("ago") as last, Token("beat") as beat, *_]:
            return [Token("last", 1, last.text), beat], 2
        case [Token("ago"), Token("name" | "season_type") as of, Token("game" | "measure", "game" | "gp")]:
            return [Token("last", 1, f"{rest[0].text} {rest[2].text}"), of], 3
    return None


def span(rest: Sequence[Token]) -> Made:
    """`10 game stretch`, `any 5 straight games`."""
    used = 1 if rest[0].tag == "any_of" else 0
    match rest[used : used + 3]:
        case [Token("number", int(number)), Token("game" | "measure", "game" | "gp"), Token("span")]:
            return [Token("in_span", number, text_of(rest[: used + 3]))], used + 3
        case [Token("number", int(number)), Token("streak", "any"), *_]:
            return [Token("in_span", number, text_of(rest[: used + 2]))], used + 2
    return None


def over_games(rest: Sequence[Token]) -> Made:
    """`over the last 10 games`, `over the season`: there `over` compares nothing."""
    match rest[:2]:
        case [Token("compared", ">"), Token("season" | "season_type" | "month") as when]:
            return [when], 2
        case [Token("compared") as most] if most.text.casefold() == "at most":
            return [], 1  # `how many did they win at most`
        case [Token("compared", ">"), Token("last" | "first" | "in_span") as games]:
            return [games], 2
    return None


def days_of_rest(rest: Sequence[Token]) -> Made:
    """`on 2 days rest`, `3+ days of rest`."""
    match rest[:3]:
        case [Token("number", int(days)), Token("or_more", ">="), Token("rest")]:
            return [Token("where", f"rest_days>={days}", text_of(rest[:3]))], 3
        case [Token("number", int(days)), Token("rest"), *_]:
            return [Token("where", f"rest_days={days}", text_of(rest[:2]))], 2
    return None


def year(rest: Sequence[Token]) -> Made:
    """A year alone is the season that ended in it."""
    counts = len(rest) > 1 and rest[1].tag in ("measure", "or_more", "draft_class")
    if not is_year(rest[0]) or counts:
        return None
    season = season_from_start(int(str(rest[0].value)) - 1)
    return [Token("season", season, rest[0].text)], 1


def is_year(token: Token) -> bool:
    """True for a number that can be a year."""
    return token.tag == "number" and isinstance(token.value, int) and token.value in _YEARS


def is_round(token: Token) -> bool:
    """True for hundreds: `2000 points` are not those of a year."""
    return token.tag == "number" and isinstance(token.value, int) and token.value % 100 == 0
