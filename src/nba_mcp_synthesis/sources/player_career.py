"""A player's totals season by season, with a row for each of his teams: PlayerCareerStats."""

from collections import defaultdict
from collections.abc import Sequence
from functools import partial

from nba_mcp_synthesis.schema.seasons import SeasonType, season_start
from nba_mcp_synthesis.sources.base import Reading, SourceFile
from nba_mcp_synthesis.sources.box import BOX, NBA_BOX, check_box
from nba_mcp_synthesis.sources.rows import Rows, batch
from nba_mcp_synthesis.sources.season import check_stated, was_over
from nba_mcp_synthesis.sources.stats_api import ResultSet, holds, rows_of, tables
from nba_mcp_synthesis.sources.values import (
    Record,
    Row,
    RowError,
    amount,
    count,
    optional,
    team,
    text,
)

ENDPOINTS = ("playercareerstats", "playerprofilev2")
PARTS: tuple[tuple[str, SeasonType], ...] = (
    ("SeasonTotalsRegularSeason", "Regular Season"),
    ("SeasonTotalsPostSeason", "Playoffs"),
)
COLUMNS = ("PLAYER_ID", "SEASON_ID", "LEAGUE_ID", "TEAM_ID", "PLAYER_AGE", "GP", "MIN", *NBA_BOX)
_ALL_TEAMS = 0  # TEAM_ID of the row TOT, which only seasons with several teams have


class PlayerCareer:
    """The result sets of regular seasons and play-offs; careers as a whole follow from them."""

    name = "player_career_stats"

    def recognises(self, file: SourceFile) -> bool:
        """By the recorded request, or by the names of the result sets."""
        return holds(file, ENDPOINTS, [name for name, _ in PARTS])

    def read(self, file: SourceFile) -> Reading:
        """Rows of `player_season_stats`: one a team, and one for all teams of the season."""
        rows, records = Rows(), list[Record]()
        for name, season_type in PARTS:
            for table in tables(file, ENDPOINTS, name):
                found = rows_of(file, (table,), COLUMNS)
                records += _seasons(file, table, found, season_type)
                rows.add(found)
        return rows.reading(self.name, batch("player_season_stats", records))


def _seasons(file: SourceFile, table: ResultSet, rows: Rows, season_type: SeasonType) -> list[Record]:
    if table.parameters.get("PerMode", "Totals") != "Totals":
        rows.refuse("the figures are not totals")
    make = partial(_stint, file, table, season_type)
    stints = rows.each(make, lambda r: (r["player_id"], r["season"], r["team_id"]), "season and team")
    by_season: dict[tuple[object, object], list[Record]] = defaultdict(list)
    for stint in stints:
        by_season[stint["player_id"], stint["season"]].append(stint)
    return [row for found in by_season.values() for row in _with_total(found)]


def _with_total(stints: Sequence[Record]) -> list[Record]:
    """The rows of a season, with one for all teams: as published, or that of the only team.

    The last team is the one before the total: teams are listed in their order.
    """
    last = next((s["team_id"] for s in reversed(stints) if s["team_id"] is not None), None)
    rows = [stint | {"last_team_id": last} for stint in stints]
    if len(stints) == 1 and last is not None:
        rows.append(rows[0] | {"team_id": None})
    return rows


def _stint(file: SourceFile, table: ResultSet, season_type: SeasonType, row: Row) -> Record:
    season = text(row, "SEASON_ID")
    try:
        season_start(season)
    except ValueError as error:
        raise RowError("SEASON_ID is not a season such as 2025-26") from error
    check_stated(file, season)
    if row["LEAGUE_ID"] != "00":
        raise RowError("not an NBA season")
    if not was_over(season, table.recorded):
        raise RowError("the season was still being played")
    box = {name: optional(count, row, name.upper()) for name in BOX}
    check_box(box)
    return {
        "season": season,
        "season_type": season_type,
        "player_id": count(row, "PLAYER_ID"),
        "team_id": None if row["TEAM_ID"] == _ALL_TEAMS else team(row, "TEAM_ID"),
        "age": optional(count, row, "PLAYER_AGE"),
        "gp": count(row, "GP"),
        "minutes": optional(amount, row, "MIN"),
        **box,
    }
