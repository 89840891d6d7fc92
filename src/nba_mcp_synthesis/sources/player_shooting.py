"""Shooting by distance as Basketball-Reference publishes it, whose flattened headers mislead."""

import re
from operator import itemgetter

from nba_mcp_synthesis.sources.base import Reading, SourceFile
from nba_mcp_synthesis.sources.metrics import metrics
from nba_mcp_synthesis.sources.name_folding import ids_of, players_beside
from nba_mcp_synthesis.sources.rows import csv_rows
from nba_mcp_synthesis.sources.season import with_season
from nba_mcp_synthesis.sources.values import Record, Row, RowError, amount, count, optional, text

# What the columns mean: shares of the field goal attempts by feet, then dunks, corner threes and heaves.
FIGURES = {
    "FG%": "fg_pct",
    "Dist.": "mean_distance_ft",
    "2P": "share_fga_2p",
    "0-3": "share_fga_0_3_ft",
    "3-10": "share_fga_3_10_ft",
    "10-16": "share_fga_10_16_ft",
    "16-3P": "share_fga_16_ft_to_3p",
    "3P": "share_fga_3p",
    "%FGA": "share_fga_dunks",
    "#": "dunks_made",
    "%3PA": "share_fg3a_corner",
    "3P%": "corner_fg3_pct",
    "Att.": "heaves_attempted",
    "Md.": "heaves_made",
}
_ALL_TEAMS = re.compile(r"\dTM")


class PlayerShooting:
    """`player_shooting.csv`: names without ids, which the lists of players beside it tell."""

    name = "player_shooting"

    def recognises(self, file: SourceFile) -> bool:
        """By the columns of distances."""
        return {"Player", "Tm", "0-3", "16-3P", "%FGA"} <= set(file.csv_columns)

    def read(self, file: SourceFile) -> Reading:
        """Rows of `official_metrics`: of a player with several teams the row of all of them."""
        rows = csv_rows(file, ("Player", "Tm", "G", *FIGURES))
        traded = {row["Player"] for row in rows.rows if _ALL_TEAMS.fullmatch(str(row["Tm"]))}
        players = players_beside(file)
        shooters = rows.each(lambda row: _player(row, traded, players), itemgetter("entity_id"), "player")
        return rows.reading(self.name, metrics(self.name, "player", with_season(file, shooters)))


def _player(row: Row, traded: set[object], players: dict[str, set[int]]) -> Record:
    name = text(row, "Player")
    if name == "League Average":
        raise RowError("the average of the league is no player")
    if name in traded and not _ALL_TEAMS.fullmatch(text(row, "Tm")):
        raise RowError("one team of a player who has a row for all of his teams")
    ids = ids_of(name, players)
    if len(ids) != 1:
        raise RowError(f"{name} is not the name of exactly one player in the lists beside the file")
    return {
        "entity_id": min(ids),
        "gp": count(row, "G"),
        **{ours: optional(amount, row, theirs) for theirs, ours in FIGURES.items()},
    }
