"""Results of teams over many seasons: a row for each team and game, with its points alone."""

from nba_mcp_synthesis.schema.teams import team_id_of
from nba_mcp_synthesis.sources import minutes
from nba_mcp_synthesis.sources.base import Reading, SourceFile
from nba_mcp_synthesis.sources.games import Side
from nba_mcp_synthesis.sources.rows import csv_rows
from nba_mcp_synthesis.sources.season import season_of_game
from nba_mcp_synthesis.sources.team_rows import TeamRow, team_batches
from nba_mcp_synthesis.sources.values import Row, RowError, count, team, text

COLUMNS = ("season_year", "team_id", "team_name", "game_id", "wl", "total_mins", "total_points")


class TeamGames:
    """`nba_team_stats.csv`: neither date nor host nor opponent, which is the other row of the game."""

    name = "team_games"

    def recognises(self, file: SourceFile) -> bool:
        """By the columns."""
        return {"season_year", "game_id", "total_mins", "total_points"} <= set(file.csv_columns)

    def read(self, file: SourceFile) -> Reading:
        """Rows of `games`, without host and date, and two of `team_game_stats` for each."""
        rows = csv_rows(file, COLUMNS)
        lines = rows.each(lambda row: _row(file, row), lambda line: line.key, "game and team")
        return rows.reading(self.name, *team_batches(lines, rows.rejected, partial=False))


def _row(file: SourceFile, row: Row) -> TeamRow:
    identity = season_of_game(file, row, "game_id")
    if text(row, "season_year") != identity[1]:
        raise RowError("season_year contradicts game_id")
    team_id = team(row, "team_id")
    if team_id_of(text(row, "team_name")) not in (None, team_id):
        raise RowError("team_name contradicts team_id")
    side = Side(team_id, count(row, "total_points"), {"minutes": minutes.of_game(row, "total_mins")})
    return TeamRow(identity, None, None, text(row, "wl"), side)
