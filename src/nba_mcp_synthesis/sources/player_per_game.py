"""Averages of players a game, as published: kept to check ours against."""

from operator import itemgetter

from nba_mcp_synthesis.sources.base import Reading, SourceFile
from nba_mcp_synthesis.sources.box import BOX, NBA_BOX, are_averages
from nba_mcp_synthesis.sources.metrics import metrics
from nba_mcp_synthesis.sources.player_totals import SIGNATURE
from nba_mcp_synthesis.sources.rows import csv_rows
from nba_mcp_synthesis.sources.season import with_season
from nba_mcp_synthesis.sources.values import Record, Row, amount, count, number

COLUMNS = ("PLAYER_ID", "GP", "MIN", *NBA_BOX, "BLKA", "PFD", "PLUS_MINUS")


class PlayerPerGame:
    """`player_per_game.csv`, and `po_player_per_game.csv` for the play-offs."""

    name = "player_per_game"

    def recognises(self, file: SourceFile) -> bool:
        """By the columns, where the counts are averages."""
        return set(file.csv_columns) >= SIGNATURE and are_averages(file, ("FGM", "PTS"))

    def read(self, file: SourceFile) -> Reading:
        """Rows of `official_metrics`."""
        rows = csv_rows(file, COLUMNS)
        records = with_season(file, rows.each(averages, itemgetter("entity_id"), "player"))
        return rows.reading(self.name, metrics(self.name, "player", records))


def averages(row: Row) -> Record:
    """Averages a game under the names that they have in `official_metrics`."""
    return {
        "entity_id": count(row, "PLAYER_ID"),
        "gp": count(row, "GP"),
        "minutes_per_game": amount(row, "MIN"),
        "plus_minus_per_game": number(row, "PLUS_MINUS"),
        **{f"{name}_per_game": amount(row, name.upper()) for name in (*BOX, "blka", "pfd")},
    }
