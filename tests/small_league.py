"""A league of two teams, four players and three games, small enough to check by hand."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from nba_mcp_synthesis.analyst.analyst import Analyst
from nba_mcp_synthesis.basketball.names import Names
from nba_mcp_synthesis.basketball.stats.stats import Stats
from nba_mcp_synthesis.schema.arrow import to_arrow
from nba_mcp_synthesis.sources.base import Batch, Reading
from nba_mcp_synthesis.warehouse.cautions import Cautions
from nba_mcp_synthesis.warehouse.duckdb_engine import DuckDBWarehouse
from nba_mcp_synthesis.warehouse.engine import Warehouse
from nba_mcp_synthesis.warehouse.loading import load_demo

LAL, BOS = 1610612747, 1610612738
SEASON = {"season": "2025-26", "season_type": "Regular Season"}
# (game number, host's points, visitor's points); the Lakers are the host of all three
GAMES = ((1, 110, 100), (2, 95, 101), (3, 120, 119))
# The header of a games.csv.
GAMES_CSV = """GAME_ID,GAME_DATE,HOME_TEAM,AWAY_TEAM,HOME_PTS,AWAY_PTS,HOME_WL,HOME_FG_PCT,HOME_FG3_PCT,\
AWAY_FG_PCT,AWAY_FG3_PCT
"""


def games() -> Batch:
    """The three games."""
    rows = [
        {
            "game_id": f"002250000{n}",
            **SEASON,
            "game_date": f"2025-11-0{n}",
            "home_team_id": LAL,
            "away_team_id": BOS,
            "home_pts": home,
            "away_pts": away,
            "is_neutral": False,
        }
        for n, home, away in GAMES
    ]
    return _batch("games", rows)


def team_rows() -> Batch:
    """Both teams' rows of each game."""
    rows = [row for n, home, away in GAMES for row in _sides(n, home, away)]
    return _batch("team_game_stats", rows)


def _sides(n: int, home: int, away: int) -> Iterator[dict[str, object]]:
    for team, other, pts, opp, is_home in ((LAL, BOS, home, away, True), (BOS, LAL, away, home, False)):
        yield {
            "game_id": f"002250000{n}",
            "team_id": team,
            **SEASON,
            "game_date": f"2025-11-0{n}",
            "opponent_team_id": other,
            "is_home": is_home,
            "won": pts > opp,
            "pts": pts,
            "opp_pts": opp,
            "plus_minus": pts - opp,
        }


def players() -> Batch:
    """Two players a team."""
    names = {1: "Ada Test", 2: "Ben Test", 3: "Cid Sample", 4: "Dag Sample"}
    return _batch("players", [{"player_id": i, "full_name": name} for i, name in names.items()])


def totals() -> Batch:
    """Season totals whose points add up to the teams' points: 325 for the Lakers, 320 for Boston."""
    rows = []
    for player, team, pts in ((1, LAL, 200), (2, LAL, 125), (3, BOS, 220), (4, BOS, 100)):
        made = pts // 2
        rows.append(
            {
                **SEASON,
                "player_id": player,
                "last_team_id": team,
                "gp": 3,
                "minutes": 144.0,
                "fgm": made,
                "fga": 2 * made,
                "fg3m": 0,
                "fg3a": 10,
                "ftm": pts - 2 * made,
                "fta": 4,
                "oreb": 1,
                "dreb": 2,
                "reb": 3,
                "ast": player,
                "stl": 1,
                "blk": 0,
                "tov": 2,
                "pf": 3,
                "pts": pts,
            }
        )
    return _batch("player_season_stats", rows)


def _batch(table: str, rows: list[dict[str, object]]) -> Batch:
    columns: dict[str, list[object]] = {name: [] for name in rows[0]}
    for row in rows:
        for name, value in row.items():
            is_date = name == "game_date" and isinstance(value, str)
            columns[name].append(dt.date.fromisoformat(str(value)) if is_date else value)
    return Batch(table, to_arrow(table, columns))


def reading() -> Reading:
    """All of the small league, as a source would hand it over."""
    batches = (games(), team_rows(), players(), totals())
    return Reading("demo", batches, sum(b.rows.num_rows for b in batches), Counter(), simulated=True)


def build(path: Path) -> Path:
    """Writes the small league as the warehouse at `path`."""
    load_demo(path, [("small league", reading())])
    return path


@pytest.fixture
def small_warehouse(tmp_path: Path) -> Iterator[DuckDBWarehouse]:
    """A warehouse that holds the small league."""
    warehouse = DuckDBWarehouse(build(tmp_path / "small.duckdb"))
    yield warehouse
    warehouse.close()


def analyst_of(warehouse: Warehouse) -> Analyst:
    """The analyst over any warehouse."""
    names = Names.of(warehouse)
    return Analyst(warehouse, names, Stats(warehouse, lambda: names, Cautions(warehouse)))
