"""Shot charts of stats.nba.com: every attempt with its game, time, place and zone."""

from operator import itemgetter

from nba_mcp_synthesis.schema.court import ZONES, distance_ft
from nba_mcp_synthesis.sources.base import Reading, SourceFile
from nba_mcp_synthesis.sources.rows import batch
from nba_mcp_synthesis.sources.season import season_of_game
from nba_mcp_synthesis.sources.stats_api import holds, rows_of, tables
from nba_mcp_synthesis.sources.values import Record, Row, RowError, count, day, number, team, text

ENDPOINTS = ("shotchartdetail",)
RESULT_SET = "Shot_Chart_Detail"
COLUMNS = (
    "GAME_ID", "GAME_EVENT_ID", "PLAYER_ID", "TEAM_ID", "PERIOD", "MINUTES_REMAINING", "SECONDS_REMAINING",
    "SHOT_TYPE", "SHOT_ZONE_BASIC", "LOC_X", "LOC_Y", "SHOT_MADE_FLAG", "GAME_DATE",
)  # fmt: skip
_VALUES = {"2PT Field Goal": 2, "3PT Field Goal": 3}


class ShotCharts:
    """The result set Shot_Chart_Detail, of a game, a player or a team."""

    name = "shot_charts"

    def recognises(self, file: SourceFile) -> bool:
        """By the recorded request, or by the name of the result set."""
        return holds(file, ENDPOINTS, (RESULT_SET,))

    def read(self, file: SourceFile) -> Reading:
        """Rows of `shots`; zone and value are as published, so that a foot on the line counts."""
        rows = rows_of(file, tables(file, ENDPOINTS, RESULT_SET), COLUMNS)
        shots = rows.each(lambda row: _shot(file, row), itemgetter("shot_id"), "event of a game")
        return rows.reading(self.name, batch("shots", shots))


def _shot(file: SourceFile, row: Row) -> Record:
    game_id, season, season_type = season_of_game(file, row, "GAME_ID")
    event, made = count(row, "GAME_EVENT_ID"), count(row, "SHOT_MADE_FLAG")
    value, zone = _VALUES.get(text(row, "SHOT_TYPE")), text(row, "SHOT_ZONE_BASIC")
    if value is None or zone not in ZONES or made > 1:
        raise RowError("SHOT_TYPE, SHOT_ZONE_BASIC or SHOT_MADE_FLAG has a value that is not known")
    x, y = number(row, "LOC_X"), number(row, "LOC_Y")
    return {
        "shot_id": f"{game_id}-{event}",
        "season": season,
        "season_type": season_type,
        "game_id": game_id,
        "game_date": day(row, "GAME_DATE"),
        "player_id": count(row, "PLAYER_ID"),
        "team_id": team(row, "TEAM_ID"),
        "period": count(row, "PERIOD"),
        "clock_seconds": 60.0 * count(row, "MINUTES_REMAINING") + count(row, "SECONDS_REMAINING"),
        "x": x,
        "y": y,
        "distance_ft": distance_ft(x, y),
        "zone": zone,
        "shot_value": value,
        "is_made": made == 1,
    }
