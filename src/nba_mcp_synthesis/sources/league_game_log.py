"""The league's game log of stats.nba.com: one row for each team and game, with the full box."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from nba_mcp_synthesis.errors import SourceError
from nba_mcp_synthesis.schema.seasons import SeasonType, season_from_id
from nba_mcp_synthesis.sources.base import Reading, SourceFile
from nba_mcp_synthesis.sources.box import BOX, check_box
from nba_mcp_synthesis.sources.games import Game, Side, game_batches, winner_letter
from nba_mcp_synthesis.sources.rows import Rows, check_columns
from nba_mcp_synthesis.sources.season import season_of_game
from nba_mcp_synthesis.sources.stats_api import (
    is_cassette,
    recorded_answers,
    recorded_queries,
    result_sets,
)
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

ENDPOINT = "leaguegamelog"
RESULT_SET = "LeagueGameLog"
PERCENTAGES = ("fg_pct", "fg3_pct", "ft_pct")
COLUMNS = (
    "SEASON_ID", "TEAM_ID", "GAME_ID", "GAME_DATE", "MATCHUP", "WL", "MIN",
    *(name.upper() for name in (*BOX, *PERCENTAGES)),
)  # fmt: skip
_MATCHUP = re.compile(r"(\w{2,3}) (@|vs\.) (\w{2,3})")


class LeagueGameLog:
    """The log of teams, as plain JSON or in a cassette; the log of players is another format."""

    name = "league_game_log"

    def recognises(self, file: SourceFile) -> bool:
        """By the recorded request, or by the name of the result set."""
        if is_cassette(file):
            return any(_of_teams(query) for query in recorded_queries(file, ENDPOINT))
        log = result_sets(file.json).get(RESULT_SET)
        return log is not None and "PLAYER_ID" not in _headers(log)

    def read(self, file: SourceFile) -> Reading:
        """Rows of `games`, and two of `team_game_stats` for each."""
        rows = Rows()
        for log in _logs(file):
            check_columns(file, log["headers"], COLUMNS)
            rows.extend(log["headers"], log["rowSet"])
        lines = rows.each(
            partial(_line, file), lambda line: (line.identity, line.side.team_id), "game and team"
        )
        games = _games(lines, rows.rejected)
        return rows.reading(self.name, *game_batches(games))


@dataclass(frozen=True, slots=True)
class _Line:
    identity: tuple[str, str, SeasonType]
    game_date: date
    matchup: tuple[str, str]  # own and other team
    is_host: bool
    result: str
    side: Side


def _of_teams(query: dict[str, str]) -> bool:
    return query.get("PlayerOrTeam") == "T"


def _logs(file: SourceFile) -> list[dict[str, Any]]:
    answers = [file.json]
    if is_cassette(file):
        answers = [a for query, a in recorded_answers(file, ENDPOINT) if _of_teams(query)]
    logs = [s for answer in answers for name, s in result_sets(answer).items() if name == RESULT_SET]
    if not logs or not all(_is_table(log) for log in logs):
        raise SourceError(f"{file.label} holds no {RESULT_SET} of headers and rows.")
    return logs


def _is_table(log: dict[str, Any]) -> bool:
    rows = log["rowSet"]
    return bool(_headers(log)) and isinstance(rows, list) and all(isinstance(r, list) for r in rows)


def _headers(log: dict[str, Any]) -> list[str]:
    """Names of the columns; empty when they are not names."""
    headers = log["headers"]
    usable = isinstance(headers, list) and all(isinstance(name, str) for name in headers)
    return headers if usable else []


def _line(file: SourceFile, row: Row) -> _Line:
    identity = season_of_game(file, row, "GAME_ID")
    _check_season_id(text(row, "SEASON_ID"), identity[1:])
    matchup = _MATCHUP.fullmatch(text(row, "MATCHUP"))
    if matchup is None:
        raise RowError("MATCHUP is not written like LAL vs. GSW or GSW @ LAL")
    # Of early seasons not everything was counted.
    box = {name: optional(count, row, name.upper()) for name in BOX}
    check_box(box)
    percentages = {name: optional(fraction, row, name.upper()) for name in PERCENTAGES}
    stats: Record = {"minutes": optional(number, row, "MIN"), **box, **percentages}
    side = Side(team(row, "TEAM_ID"), count(row, "PTS"), stats)
    teams = matchup[1], matchup[3]
    is_host = matchup[2] == "vs."
    return _Line(identity, day(row, "GAME_DATE"), teams, is_host, text(row, "WL"), side)


def _check_season_id(season_id: str, season: tuple[str, SeasonType]) -> None:
    try:
        agree = season_from_id(season_id) == season
    except ValueError as error:
        raise RowError("SEASON_ID is not written like 22025") from error
    if not agree:
        raise RowError("SEASON_ID contradicts GAME_ID")


def _games(lines: Iterable[_Line], rejected: Counter[str]) -> list[Game]:
    by_game: dict[str, list[_Line]] = defaultdict(list)
    for line in lines:
        by_game[line.identity[0]].append(line)
    games = []
    for pair in by_game.values():
        try:
            games.append(_game(pair))
        except RowError as error:
            rejected[str(error)] += len(pair)
    return games


def _game(pair: Sequence[_Line]) -> Game:
    if len(pair) != 2:
        raise RowError("the game has not exactly two rows that can be used")
    first, second = pair
    if (first.matchup, first.game_date) != (second.matchup[::-1], second.game_date):
        raise RowError("the two rows of the game contradict each other")
    home, away, is_neutral = _host(first, second)
    game = Game(*first.identity, first.game_date, home.side, away.side, is_neutral)
    for own, other in ((first, second), (second, first)):
        if own.result != winner_letter(own.side, other.side):
            raise RowError("WL contradicts the points")
    return game


def _host(first: _Line, second: _Line) -> tuple[_Line, _Line, bool]:
    """Host, visitor, and whether the site is neutral.

    At a neutral site both teams are written with an @. Some team has to be the host of record
    then: by our choice the one after the @ in the first of the two rows.
    """
    if first.is_host and second.is_host:
        raise RowError("both rows of the game name their team as host")
    is_neutral = not (first.is_host or second.is_host)
    return (first, second, is_neutral) if first.is_host else (second, first, is_neutral)
