"""The older box score of stats.nba.com: result sets PlayerStats and TeamStats, without date and host."""

from collections.abc import Sequence
from functools import partial

from nba_mcp_synthesis.sources.base import Batch, Reading, SourceFile
from nba_mcp_synthesis.sources.box import BOX, check_box
from nba_mcp_synthesis.sources.game_box import (
    PlayerLine,
    box_batches,
    check_players,
    reading,
    team_minutes,
    team_stats,
)
from nba_mcp_synthesis.sources.games import Game, Side
from nba_mcp_synthesis.sources.minutes import periods, played
from nba_mcp_synthesis.sources.season import season_of_game
from nba_mcp_synthesis.sources.stats_api import (
    column_names,
    is_cassette,
    recorded_requests,
    result_sets,
    rows_of,
    tables,
)
from nba_mcp_synthesis.sources.values import Record, Row, RowError, count, optional, team, text, whole

ENDPOINTS = ("boxscoretraditionalv2", "boxscore")
NAMES = {**{name: name.upper() for name in BOX}, "tov": "TO"}
PLAYER_COLUMNS = ("GAME_ID", "TEAM_ID", "PLAYER_ID", "PLAYER_NAME", "START_POSITION", "MIN", *NAMES.values())
TEAM_COLUMNS = ("GAME_ID", "TEAM_ID", *NAMES.values())


class BoxScoreV2:
    """The whole game; answers about a part of one (a range of time) have too few minutes."""

    name = "box_score_v2"

    def recognises(self, file: SourceFile) -> bool:
        """By the recorded request, or by the columns of its result sets."""
        if is_cassette(file):
            return any(name in ENDPOINTS for name, _ in recorded_requests(file))
        found = result_sets(file.json)
        return {"PlayerStats", "TeamStats"} <= found.keys() and {"START_POSITION", "FGM", "TO"} <= set(
            column_names(found["PlayerStats"])
        )

    def read(self, file: SourceFile) -> Reading:
        """Rows of `games`, `team_game_stats`, `player_game_stats` and `players`, or none of all."""
        players = rows_of(file, tables(file, ENDPOINTS, "PlayerStats"), PLAYER_COLUMNS).rows
        teams = rows_of(file, tables(file, ENDPOINTS, "TeamStats"), TEAM_COLUMNS).rows
        on_court = [row for row in players if row["MIN"] not in (None, "")]
        try:
            return reading(self.name, _batches(file, on_court, teams), len(on_court))
        except RowError as error:
            return reading(self.name, (), len(on_court), str(error))


def _batches(file: SourceFile, players: Sequence[Row], teams: Sequence[Row]) -> tuple[Batch, ...]:
    identities = {season_of_game(file, row, "GAME_ID") for row in (*players, *teams)}
    if len(identities) != 1 or len(teams) != 2:
        raise RowError("the box score is not of two teams in one game")
    lines = [_line(row) for row in players]
    check_players(lines)
    first, second = map(partial(_side, lines), teams)
    game = Game(*identities.pop(), None, first, second, host_known=False)
    return box_batches(game, lines, {"periods": periods(team_minutes(lines, first.team_id))})


def _line(row: Row) -> PlayerLine:
    box = {ours: count(row, theirs) for ours, theirs in NAMES.items()}
    check_box(box)
    position = optional(text, row, "START_POSITION")
    rest: Record = {
        "started": position is not None,
        "position": position,
        "minutes": played(row, "MIN"),
        "plus_minus": optional(whole, row, "PLUS_MINUS"),
    }
    return PlayerLine(count(row, "PLAYER_ID"), text(row, "PLAYER_NAME"), team(row, "TEAM_ID"), box, rest)


def _side(lines: Sequence[PlayerLine], row: Row) -> Side:
    team_id, pts = team(row, "TEAM_ID"), count(row, "PTS")
    published = {ours: optional(count, row, theirs) for ours, theirs in NAMES.items()}
    return Side(team_id, pts, team_stats(lines, team_id, pts, published))
