"""The league's standings at the end of a regular season: kept to check ours against."""

import re
from operator import itemgetter

from nba_mcp_synthesis.sources.base import Reading, SourceFile
from nba_mcp_synthesis.sources.metrics import metrics
from nba_mcp_synthesis.sources.rows import csv_rows
from nba_mcp_synthesis.sources.season import season_of
from nba_mcp_synthesis.sources.values import (
    Record,
    Row,
    RowError,
    amount,
    count,
    fraction,
    number,
    team,
    text,
)

COLUMNS = (
    "TEAM_ID", "WINS", "LOSSES", "WIN_PCT", "CONFERENCE_GB", "PLAYOFF_RANK", "POINTS_PG",
    "OPP_POINTS_PG", "DIFF_POINTS_PG", "HOME", "ROAD", "L10", "CURRENT_STREAK",
)  # fmt: skip
_RECORD = re.compile(r"(\d+)-(\d+)", re.ASCII)
_STREAK = re.compile(r"([WL]) ?(\d+)", re.ASCII)


class Standings:
    """`standings.csv`."""

    name = "standings"

    def recognises(self, file: SourceFile) -> bool:
        """By the columns that only standings have."""
        return {"TEAM_ID", "WINS", "LOSSES", "CURRENT_STREAK"} <= set(file.csv_columns)

    def read(self, file: SourceFile) -> Reading:
        """Rows of `official_metrics`."""
        season = {"season": season_of(file), "season_type": "Regular Season"}
        rows = csv_rows(file, COLUMNS)
        teams = rows.each(_team, itemgetter("entity_id"), "team")
        return rows.reading(self.name, metrics(self.name, "team", [season | t for t in teams]))


def _team(row: Row) -> Record:
    return {
        "entity_id": team(row, "TEAM_ID"),
        "wins": count(row, "WINS"),
        "losses": count(row, "LOSSES"),
        "win_pct": fraction(row, "WIN_PCT"),
        "games_behind": amount(row, "CONFERENCE_GB"),
        "conference_rank": count(row, "PLAYOFF_RANK"),
        "pts_per_game": amount(row, "POINTS_PG"),
        "opp_pts_per_game": amount(row, "OPP_POINTS_PG"),
        "plus_minus_per_game": number(row, "DIFF_POINTS_PG"),
        **_record(row, "HOME", "home"),
        **_record(row, "ROAD", "road"),
        **_record(row, "L10", "last10"),
        "streak": _streak(row),
    }


def _record(row: Row, name: str, prefix: str) -> Record:
    match = _RECORD.fullmatch(text(row, name))
    if match is None:
        raise RowError(f"{name} is not wins and losses such as 34-7")
    return {f"{prefix}_wins": int(match[1]), f"{prefix}_losses": int(match[2])}


def _streak(row: Row) -> int:
    match = _STREAK.fullmatch(text(row, "CURRENT_STREAK"))
    if match is None:
        raise RowError("CURRENT_STREAK is not written like W 3")
    return int(match[2]) if match[1] == "W" else -int(match[2])
