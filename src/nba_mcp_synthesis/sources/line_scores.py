"""The summary of one game of stats.nba.com: host, date, points by quarter and other figures."""

from nba_mcp_synthesis.sources.base import Reading, SourceFile
from nba_mcp_synthesis.sources.games import Game, Side, game_batches
from nba_mcp_synthesis.sources.rows import Rows
from nba_mcp_synthesis.sources.season import season_of_game
from nba_mcp_synthesis.sources.stats_api import holds, rows_of, tables
from nba_mcp_synthesis.sources.values import Record, Row, RowError, count, day, optional, team

ENDPOINTS = ("boxscoresummaryv2", "boxscoresummary")
LINES = ("GAME_ID", "TEAM_ID", "GAME_DATE_EST", "PTS", *(f"PTS_QTR{n}" for n in (1, 2, 3, 4)))
SUMMARY = ("GAME_ID", "HOME_TEAM_ID", "VISITOR_TEAM_ID", "GAME_STATUS_ID", "GAME_DATE_EST")
FIGURES = {
    "pts_paint": "PTS_PAINT",
    "pts_fast_break": "PTS_FB",
    "biggest_lead": "LARGEST_LEAD",
    "lead_changes": "LEAD_CHANGES",
    "times_tied": "TIMES_TIED",
    "tov": "TOTAL_TURNOVERS",
}
_FINAL = 3


class LineScores:
    """The result sets GameSummary, LineScore and OtherStats."""

    name = "line_scores"

    def recognises(self, file: SourceFile) -> bool:
        """By the recorded request, or by the names of the result sets."""
        return holds(file, ENDPOINTS, ("GameSummary", "LineScore", "OtherStats"))

    def read(self, file: SourceFile) -> Reading:
        """Rows of `games` and `team_game_stats`."""
        lines = self._rows(file, "LineScore", LINES)
        found = self._rows(file, "OtherStats", ("TEAM_ID", *FIGURES.values())).rows
        others = {row["TEAM_ID"]: row for row in found if isinstance(row["TEAM_ID"], int)}
        summaries = self._rows(file, "GameSummary", SUMMARY)
        games = summaries.each(
            lambda row: _game(file, row, lines.rows, others), lambda game: game.game_id, "game"
        )
        return summaries.reading(self.name, *game_batches(games))

    def _rows(self, file: SourceFile, name: str, columns: tuple[str, ...]) -> Rows:
        return rows_of(file, tables(file, ENDPOINTS, name), columns)


def _game(file: SourceFile, row: Row, lines: list[Row], others: dict[int, Row]) -> Game:
    identity = season_of_game(file, row, "GAME_ID")
    if count(row, "GAME_STATUS_ID") != _FINAL:
        raise RowError("the game is not final")
    own = {team(line, "TEAM_ID"): line for line in lines if line["GAME_ID"] == identity[0]}
    hosts = [team(row, name) for name in ("HOME_TEAM_ID", "VISITOR_TEAM_ID")]
    if set(hosts) != own.keys():
        raise RowError("the lines of the score are of other teams")
    home, away = (_side(own[team_id], others.get(team_id, {})) for team_id in hosts)
    return Game(*identity, day(row, "GAME_DATE_EST"), home, away)


def _side(line: Row, other: Row) -> Side:
    stats: Record = {
        **{f"pts_q{n}": optional(count, line, f"PTS_QTR{n}") for n in (1, 2, 3, 4)},
        **{ours: optional(count, other, theirs) for ours, theirs in FIGURES.items()},
    }
    return Side(team(line, "TEAM_ID"), count(line, "PTS"), stats)
