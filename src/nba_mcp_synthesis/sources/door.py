"""Where data come in: the files under the given paths, and the format that each is in."""

import os
from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from pathlib import Path

from nba_mcp_synthesis.errors import SourceError, UsageError
from nba_mcp_synthesis.schema.seasons import season_start
from nba_mcp_synthesis.sources.base import Format, Outside, SourceFile
from nba_mcp_synthesis.sources.box_answers import BOX_ANSWERS
from nba_mcp_synthesis.sources.box_data import BoxData
from nba_mcp_synthesis.sources.box_score import BoxScore
from nba_mcp_synthesis.sources.box_score_v2 import BoxScoreV2
from nba_mcp_synthesis.sources.folders import FolderSeasons
from nba_mcp_synthesis.sources.game_logs import GAME_LOGS
from nba_mcp_synthesis.sources.league_dash import LEAGUE_DASH
from nba_mcp_synthesis.sources.line_scores import LineScores
from nba_mcp_synthesis.sources.outside import other_league, outside
from nba_mcp_synthesis.sources.play_by_play.formats import PLAY_BY_PLAY
from nba_mcp_synthesis.sources.player_career import PlayerCareer
from nba_mcp_synthesis.sources.player_lists import PLAYER_LISTS
from nba_mcp_synthesis.sources.player_per_game import PlayerPerGame
from nba_mcp_synthesis.sources.player_profiles import PlayerProfiles
from nba_mcp_synthesis.sources.player_shooting import PlayerShooting
from nba_mcp_synthesis.sources.player_shots import PlayerShots
from nba_mcp_synthesis.sources.player_totals import PlayerTotals
from nba_mcp_synthesis.sources.playoff_series import PlayoffSeries
from nba_mcp_synthesis.sources.published import PUBLISHED
from nba_mcp_synthesis.sources.scoreboards import SCOREBOARDS
from nba_mcp_synthesis.sources.season_games import SeasonGames
from nba_mcp_synthesis.sources.shot_charts import ShotCharts
from nba_mcp_synthesis.sources.standings import Standings
from nba_mcp_synthesis.sources.team_averages import TeamOpponent, TeamPerGame
from nba_mcp_synthesis.sources.team_games import TeamGames
from nba_mcp_synthesis.sources.tracking import TRACKING

FORMATS: tuple[Format, ...] = (
    SeasonGames(),
    *GAME_LOGS,
    TeamGames(),
    BoxScore(),
    BoxScoreV2(),
    *BOX_ANSWERS,
    BoxData(),
    LineScores(),
    *SCOREBOARDS,
    ShotCharts(),
    *PLAYER_LISTS,
    PlayerShots(),
    PlayerTotals(),
    PlayerPerGame(),
    PlayerProfiles(),
    TeamPerGame(),
    TeamOpponent(),
    Standings(),
    PlayoffSeries(),
    PlayerShooting(),
    *TRACKING,
    *PUBLISHED,
    *LEAGUE_DASH,
    PlayerCareer(),
    *PLAY_BY_PLAY,
)
DATA_SUFFIXES = (".csv", ".json", ".yaml", ".yml")


def find_files(paths: Sequence[Path], season: str | None = None) -> list[SourceFile]:
    """Every file at or below the paths, in order and once, with the season of its folder.

    A folder's season is that of the game ids in the CSV files in it, or else in a folder above it
    up to the one given; else the one in which a folder's name ends; else the stated `season`.

    Raises:
        SourceError: a path does not exist or cannot be listed.
        UsageError: `season` is not written like 2025-26.
    """
    if season is not None:
        _check_season(season)
    files: dict[Path, SourceFile] = {}
    for given in paths:
        for file in _files_at(given, season):
            files.setdefault(file.path.resolve(), file)
    return list(files.values())


def recognise(file: SourceFile) -> Format | Outside | None:
    """The format of a file, or what it is when it feeds no table; None when it is neither.

    Raises:
        SourceError: the file is empty or broken, so that its format cannot be told.
    """
    if file.path.suffix.lower() in DATA_SUFFIXES and not file.content.strip():
        raise SourceError(f"{file.label} is empty.", "Fetch or export it again.")
    if file.path.suffix.lower() in DATA_SUFFIXES and file.content.lstrip().startswith(b"<"):
        raise SourceError(
            f"{file.label} is a web page, not data.", "Fetch it again; the server sent an error."
        )
    found = other_league(file) or next((known for known in FORMATS if known.recognises(file)), None)
    return found or outside(file)


def _check_season(season: str) -> None:
    try:
        season_start(season)
    except ValueError as error:
        raise UsageError(f"{error}.") from error


def _files_at(given: Path, stated: str | None) -> Iterator[SourceFile]:
    top = given if given.is_dir() else given.parent
    seasons = FolderSeasons(top)
    for folder, paths in groupby(_paths_at(given), attrgetter("parent")):
        season = seasons.of(folder) or stated
        for path in paths:
            yield SourceFile(path, path.relative_to(top).as_posix(), season, stated)


def _paths_at(given: Path) -> Iterator[Path]:
    if given.is_file():
        yield given
    elif given.is_dir():
        yield from sorted(_below(given))
    else:
        raise SourceError(f"{given} does not exist.", "Name a file or a folder of data files.")


def _below(folder: Path) -> Iterator[Path]:
    """Files below a folder, without hidden ones and those in hidden folders."""
    for path, folders, names in os.walk(folder, onerror=_refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        files = (Path(path, name) for name in names if not name.startswith("."))
        yield from (file for file in files if file.is_file())


def _refuse(error: OSError) -> None:
    raise SourceError(f"{error.filename} cannot be listed: {error.strerror}.") from error
