"""Seasons, season types and the ids that carry them, so that they cannot be mixed by accident."""

import re
from typing import Literal, get_args

SeasonType = Literal["Regular Season", "Playoffs", "PlayIn", "Pre Season", "All Star", "NBA Cup"]
SEASON_TYPES: tuple[SeasonType, ...] = get_args(SeasonType)

# Third digit of a game id and first of a SEASON_ID.
_TYPE_BY_DIGIT: dict[str, SeasonType] = {
    "1": "Pre Season",
    "2": "Regular Season",
    "3": "All Star",
    "4": "Playoffs",
    "5": "PlayIn",
    "6": "NBA Cup",
}
_DIGIT_BY_TYPE = {kind: digit for digit, kind in _TYPE_BY_DIGIT.items()}
_GAME_ID = re.compile(r"00([1-6])(\d\d)\d{5}")
_SEASON = re.compile(r"(\d{4})-(\d{2})")


def season_from_start(year: int) -> str:
    """`2025-26` for 2025."""
    return f"{year}-{(year + 1) % 100:02d}"


def season_start(season: str) -> int:
    """2025 for `2025-26`; ValueError when it is not a season's name."""
    match = _SEASON.fullmatch(season)
    if match is None or season_from_start(int(match[1])) != season:
        msg = f"{season!r} is not a season; seasons are written like 2025-26"
        raise ValueError(msg)
    return int(match[1])


def season_from_id(season_id: str) -> tuple[str, SeasonType]:
    """(`2025-26`, `Regular Season`) for the SEASON_ID `22025`."""
    kind = _TYPE_BY_DIGIT.get(season_id[:1])
    if kind is None or len(season_id) != 5 or not season_id.isdecimal():
        msg = f"{season_id!r} is not a SEASON_ID such as 22025"
        raise ValueError(msg)
    return season_from_start(int(season_id[1:])), kind


def season_of_game(game_id: str) -> tuple[str, SeasonType]:
    """Season and season type that an NBA game id carries (`0022500001`: 2025-26, Regular Season)."""
    match = _GAME_ID.fullmatch(game_id)
    if match is None:
        msg = f"{game_id!r} is not an NBA game id (ten digits that start with 00)"
        raise ValueError(msg)
    short = int(match[2])
    return season_from_start((1900 if short >= 46 else 2000) + short), _TYPE_BY_DIGIT[match[1]]


def game_id(season: str, season_type: SeasonType, number: int) -> str:
    """The id of game `number` of a season: the inverse of `season_of_game`."""
    return f"00{_DIGIT_BY_TYPE[season_type]}{season_start(season) % 100:02d}{number:05d}"


def playoff_place(game_id: str) -> tuple[int, int] | None:
    """(round 1 to 4, number of the game in its series) of a play-off game id, else None."""
    if game_id[2] != "4" or not game_id[-3:].isdecimal() or game_id[-3] == "0":
        return None
    return int(game_id[-3]), int(game_id[-1])
