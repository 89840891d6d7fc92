"""Which season and season type the rows of a file belong to."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import cast

from nba_mcp_synthesis.errors import SeasonUnknown, SourceError
from nba_mcp_synthesis.schema import seasons
from nba_mcp_synthesis.schema.seasons import SeasonType
from nba_mcp_synthesis.sources.base import SourceFile
from nba_mcp_synthesis.sources.values import Record, Row, RowError, text

_LONGEST_PLAYOFFS = 28  # games: four series of seven


def season_of(file: SourceFile) -> str:
    """The season of a file whose content names none.

    Raises:
        SeasonUnknown: nothing tells the season.
        SourceError: what tells it contradicts the stated one.
    """
    if file.season is None:
        raise SeasonUnknown(
            f"{file.label} does not say which season it is about, and nothing beside it does.",
            "Name the season with --season, such as --season 2025-26.",
        )
    check_stated(file, file.season)
    return file.season


def check_stated(file: SourceFile, season: str) -> None:
    """SourceError when whoever loads the file named another season."""
    if file.stated_season not in (None, season):
        raise SourceError(
            f"{file.label} is about {season}, not about {file.stated_season} as stated.",
            "Leave --season out, or load this file by itself with the right one.",
        )


def season_of_game(file: SourceFile, row: Row, name: str) -> tuple[str, str, SeasonType]:
    """(game id, season, season type) of the game whose id is under a name.

    Raises:
        RowError: it is not the id of an NBA game.
        SourceError: it is of another season than the stated one.
    """
    game_id = text(row, name)
    if len(game_id) == 10 and game_id.isdecimal() and not game_id.startswith("00"):
        raise RowError("not an NBA game")
    try:
        season, season_type = seasons.season_of_game(game_id)
    except ValueError as error:
        raise RowError(f"{name} is not an NBA game id of ten digits") from error
    check_stated(file, season)
    return game_id, season, season_type


def check_date(played: date, season: str, name: str) -> None:
    """RowError when a date lies in neither calendar year of the season."""
    if played.year - seasons.season_start(season) not in (0, 1):
        raise RowError(f"{name} is not in the season")


def season_asked(file: SourceFile, parameters: Mapping[str, str]) -> tuple[str, SeasonType]:
    """The season and season type that a request to stats.nba.com named.

    Raises:
        SourceError: it named none, or another season than the stated one.
    """
    season, season_type = parameters.get("Season", ""), parameters.get("SeasonType", "")
    try:
        seasons.season_start(season)
    except ValueError as error:
        raise SourceError(f"{file.label} does not say which season it is about.") from error
    if season_type not in seasons.SEASON_TYPES:
        raise SourceError(f"{file.label} does not say which season type it is about.")
    check_stated(file, season)
    return season, season_type


def was_over(season: str, recorded: date | None) -> bool:
    """True unless figures of a season were recorded while it was played: they are not its last word."""
    over = date(seasons.season_start(season) + 1, 7, 1)
    return recorded is None or recorded >= over


def with_season(file: SourceFile, records: Sequence[Record], games: str = "gp") -> list[Record]:
    """Season totals or averages, with their season and season type.

    Files of both season types look alike, so that the name decides: `po_` in front means the
    play-offs. `games` is the name of the column of games played.

    Raises:
        SourceError: the season is unknown, or a play-off file counts more games than possible.
    """
    season = season_of(file)
    playoffs = file.path.name.lower().startswith("po_")
    if playoffs and any(cast("int", r[games]) > _LONGEST_PLAYOFFS for r in records):
        raise SourceError(
            f"{file.label} is named as of the play-offs, but counts more than {_LONGEST_PLAYOFFS} games.",
            "Leave po_ out of its name if it is of the regular season.",
        )
    season_type: SeasonType = "Playoffs" if playoffs else "Regular Season"
    return [{"season": season, "season_type": season_type, **record} for record in records]
