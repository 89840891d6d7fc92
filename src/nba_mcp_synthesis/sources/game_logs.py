"""Logs of teams, a row for each team and game with the full box: four forms of one thing.

They differ in where the season stands, in what their minutes are, and in their turnovers: with
those of the team itself (`tov`) or only those charged to players (`player_tov`).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from nba_mcp_synthesis.schema.seasons import SeasonType, season_from_id, season_start
from nba_mcp_synthesis.sources import minutes
from nba_mcp_synthesis.sources.base import Reading, SourceFile
from nba_mcp_synthesis.sources.box import BOX, check_box
from nba_mcp_synthesis.sources.games import Side
from nba_mcp_synthesis.sources.rows import Rows, csv_rows
from nba_mcp_synthesis.sources.season import season_of_game
from nba_mcp_synthesis.sources.stats_api import (
    column_names,
    is_cassette,
    recorded_requests,
    result_sets,
    rows_of,
    tables,
)
from nba_mcp_synthesis.sources.team_rows import Matchup, Place, TeamRow, team_batches
from nba_mcp_synthesis.sources.values import (
    Record,
    Row,
    RowError,
    count,
    day,
    fraction,
    number,
    optional,
    team,
    text,
)

Season = tuple[str, SeasonType]

PERCENTAGES = ("fg_pct", "fg3_pct", "ft_pct")
COLUMNS = (
    "TEAM_ID", "GAME_ID", "GAME_DATE", "MATCHUP", "WL", "MIN",
    *(name.upper() for name in (*BOX, *PERCENTAGES)),
)  # fmt: skip
_MATCHUP = re.compile(r"(\w{2,3}) (@|vs\.) (\w{2,3})")


@dataclass(frozen=True)
class TeamGameLog:
    """One form of log.

    `columns` are those that it needs beside COLUMNS. A CSV file is of this form when it has the
    `marks` and is `without` those of the others. `check` raises RowError where a row contradicts the
    season of its game id. A `partial` log may hold one of the two rows of a game.
    """

    name: str
    endpoint: str
    result_set: str
    columns: tuple[str, ...]
    marks: tuple[str, ...]
    without: tuple[str, ...]
    minutes: Callable[[Row, str], float | None]
    turnovers: str
    check: Callable[[Row, Season], None]
    partial: bool

    def recognises(self, file: SourceFile) -> bool:
        """By the recorded request, the name of the result set, or the columns of a CSV file."""
        if is_cassette(file):
            return any(
                name == self.endpoint and query.get("PlayerOrTeam", "T") == "T"
                for name, query in recorded_requests(file)
            )
        if file.csv_columns:
            return self._fits({name.upper() for name in file.csv_columns})
        found = result_sets(file.json).get(self.result_set)
        return found is not None and "PLAYER_ID" not in column_names(found)

    def _fits(self, names: set[str]) -> bool:
        others = ("PLAYER_ID", *self.without)
        return names >= {"TEAM_ID", "GAME_ID", "MATCHUP", "WL", *self.marks} and names.isdisjoint(others)

    def read(self, file: SourceFile) -> Reading:
        """Rows of `games` and `team_game_stats`."""
        columns = (*COLUMNS, *self.columns)
        rows = csv_rows(file, columns) if file.csv_columns else self._answers(file, columns)
        lines = rows.each(lambda row: self._row(file, row), lambda line: line.key, "game and team")
        return rows.reading(self.name, *team_batches(lines, rows.rejected, partial=self.partial))

    def _answers(self, file: SourceFile, columns: tuple[str, ...]) -> Rows:
        found = tables(file, (self.endpoint,), self.result_set)
        teams = [t for t in found if t.parameters.get("PlayerOrTeam", "T") == "T"]
        return rows_of(file, teams, columns)

    def _row(self, file: SourceFile, row: Row) -> TeamRow:
        identity = season_of_game(file, row, "GAME_ID")
        self.check(row, identity[1:])
        matchup, result = _MATCHUP.fullmatch(text(row, "MATCHUP")), text(row, "WL")
        if matchup is None:
            raise RowError("MATCHUP is not written like LAL vs. GSW or GSW @ LAL")
        if result not in ("W", "L"):
            raise RowError("WL is not W or L")
        side = Side(team(row, "TEAM_ID"), count(row, "PTS"), self._stats(row))
        pair = Matchup(matchup[1], cast("Place", matchup[2]), matchup[3])
        return TeamRow(identity, day(row, "GAME_DATE"), pair, result, side)

    def _stats(self, row: Row) -> Record:
        # Of early seasons not everything was counted.
        box: dict[str, int | None] = {name: optional(count, row, name.upper()) for name in BOX}
        check_box(box)
        percentages = {name: optional(fraction, row, name.upper()) for name in PERCENTAGES}
        turnovers = {self.turnovers: box.pop("tov")}
        del box["pts"]
        return {"minutes": self.minutes(row, "MIN"), **box, **turnovers, **percentages}


def _minutes_as_published(row: Row, name: str) -> float | None:
    return optional(number, row, name)


def _check_season_id(row: Row, season: Season) -> None:
    try:
        agree = season_from_id(text(row, "SEASON_ID")) == season
    except ValueError as error:
        raise RowError("SEASON_ID is not written like 22025") from error
    if not agree:
        raise RowError("SEASON_ID contradicts GAME_ID")


def _check_season_year(row: Row, season: Season) -> None:
    try:
        season_start(text(row, "SEASON_YEAR"))
    except ValueError as error:
        raise RowError("SEASON_YEAR is not a season such as 2025-26") from error
    if text(row, "SEASON_YEAR") != season[0]:
        raise RowError("SEASON_YEAR contradicts GAME_ID")


def _no_season(row: Row, season: Season) -> None:
    """Nothing beside the game id tells the season."""


GAME_LOGS = (
    TeamGameLog(
        name="league_game_log",
        endpoint="leaguegamelog",
        result_set="LeagueGameLog",
        columns=("SEASON_ID",),
        marks=("SEASON_ID", "VIDEO_AVAILABLE"),
        without=(),
        minutes=_minutes_as_published,
        turnovers="tov",
        check=_check_season_id,
        partial=False,
    ),
    TeamGameLog(
        name="team_game_logs",
        endpoint="teamgamelogs",
        result_set="TeamGameLogs",
        columns=("SEASON_YEAR",),
        marks=("SEASON_YEAR",),
        without=(),
        minutes=minutes.of_game,
        turnovers="tov",
        check=_check_season_year,
        partial=True,
    ),
    TeamGameLog(
        name="league_game_finder",
        endpoint="leaguegamefinder",
        result_set="LeagueGameFinderResults",
        columns=("SEASON_ID",),
        marks=("SEASON_ID",),
        without=("VIDEO_AVAILABLE",),
        minutes=minutes.of_players,
        turnovers="player_tov",
        check=_check_season_id,
        partial=True,
    ),
    TeamGameLog(
        name="team_game_log",
        endpoint="teamgamelog",
        result_set="TeamGameLog",
        columns=(),
        marks=(),
        without=("SEASON_ID", "SEASON_YEAR"),
        minutes=minutes.of_players,
        turnovers="player_tov",
        check=_no_season,
        partial=True,
    ),
)
