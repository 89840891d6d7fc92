"""The games of a season in one CSV file: teams, points and percentages of host and visitor."""

from nba_mcp_synthesis.sources.base import Reading, SourceFile
from nba_mcp_synthesis.sources.games import Game, Side, game_batches, winner_letter
from nba_mcp_synthesis.sources.rows import csv_rows
from nba_mcp_synthesis.sources.season import season_of_game
from nba_mcp_synthesis.sources.values import (
    Record,
    Row,
    RowError,
    count,
    day,
    fraction,
    named_team,
    optional,
    text,
)

COLUMNS = (
    "GAME_ID", "GAME_DATE", "HOME_TEAM", "AWAY_TEAM", "HOME_PTS", "AWAY_PTS", "HOME_WL",
    "HOME_FG_PCT", "HOME_FG3_PCT", "AWAY_FG_PCT", "AWAY_FG3_PCT",
)  # fmt: skip


class SeasonGames:
    """`games.csv` and `po_games.csv`; the season type is in the ids of the games."""

    name = "season_games"

    def recognises(self, file: SourceFile) -> bool:
        """By the columns that name a game and its teams."""
        return {"GAME_ID", "HOME_TEAM", "AWAY_TEAM"} <= set(file.csv_columns)

    def read(self, file: SourceFile) -> Reading:
        """Rows of `games`, and two of `team_game_stats` for each."""
        rows = csv_rows(file, COLUMNS)
        games = rows.each(lambda row: _game(file, row), lambda game: game.game_id, "game")
        return rows.reading(self.name, *game_batches(games))


def _game(file: SourceFile, row: Row) -> Game:
    home, away = _side(row, "HOME"), _side(row, "AWAY")
    identity = season_of_game(file, row, "GAME_ID")
    # Games at neutral sites are missing from such files, which can only name a host.
    game = Game(*identity, day(row, "GAME_DATE"), home, away, is_neutral=False)
    if text(row, "HOME_WL") != winner_letter(home, away):
        raise RowError("HOME_WL contradicts the points")
    return game


def _side(row: Row, place: str) -> Side:
    percentages: Record = {
        "fg_pct": optional(fraction, row, f"{place}_FG_PCT"),
        "fg3_pct": optional(fraction, row, f"{place}_FG3_PCT"),
    }
    return Side(named_team(row, f"{place}_TEAM"), count(row, f"{place}_PTS"), percentages)
