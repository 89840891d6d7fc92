"""Season totals of players."""

from collections.abc import Sequence
from operator import itemgetter

from nba_mcp_synthesis.sources.base import Batch, Reading, SourceFile
from nba_mcp_synthesis.sources.box import BOX, NBA_BOX, are_averages, check_box
from nba_mcp_synthesis.sources.rows import batch, csv_rows
from nba_mcp_synthesis.sources.season import with_season
from nba_mcp_synthesis.sources.values import Record, Row, amount, count, team, text, whole

SIGNATURE = frozenset(("PLAYER_ID", "PLAYER_NAME", "GP", "FGM", "PTS", "DD2"))
COLUMNS = (
    "PLAYER_ID", "PLAYER_NAME", "TEAM_ID", "AGE", "GP", "W", "L", "MIN", *NBA_BOX,
    "BLKA", "PFD", "PLUS_MINUS", "DD2", "TD3",
)  # fmt: skip


class PlayerTotals:
    """`player_totals.csv`, and `po_player_totals.csv` for the play-offs."""

    name = "player_totals"

    def recognises(self, file: SourceFile) -> bool:
        """By the columns, where the counts are totals."""
        return set(file.csv_columns) >= SIGNATURE and not are_averages(file, ("FGM", "PTS"))

    def read(self, file: SourceFile) -> Reading:
        """Rows of `player_season_stats`, and names for `players`."""
        rows = csv_rows(file, COLUMNS)
        records = with_season(file, rows.each(totals, itemgetter("player_id"), "player"))
        return rows.reading(self.name, *total_batches(records))


def total_batches(records: Sequence[Record]) -> tuple[Batch, Batch]:
    """Rows of `player_season_stats`, and of `players` for the names, of what `totals` made."""
    names = [{name: record[name] for name in ("player_id", "full_name")} for record in records]
    stats = [{name: v for name, v in record.items() if name != "full_name"} for record in records]
    return batch("player_season_stats", stats), batch("players", names)


def totals(row: Row) -> Record:
    """Columns of `player_season_stats`, and the player's name."""
    box = {name: count(row, name.upper()) for name in BOX}
    check_box(box)
    return {
        "player_id": count(row, "PLAYER_ID"),
        "full_name": text(row, "PLAYER_NAME"),
        "team_id": None,  # the row holds all his teams together
        "last_team_id": team(row, "TEAM_ID"),
        "age": count(row, "AGE"),
        "gp": count(row, "GP"),
        "wins": count(row, "W"),
        "losses": count(row, "L"),
        "minutes": amount(row, "MIN"),
        "plus_minus": whole(row, "PLUS_MINUS"),
        **{name: count(row, name.upper()) for name in ("blka", "pfd", "dd2", "td3")},
        **box,
    }
