"""Seasons count as loaded only when they are whole."""

import pytest

from nba_mcp_synthesis.analyst.coverage import Coverage
from nba_mcp_synthesis.schema.teams import teams
from nba_mcp_synthesis.warehouse.building import next_state
from nba_mcp_synthesis.warehouse.duckdb_engine import DuckDBWarehouse

# A season of 30 teams with 80 games each, one game of another, and a season that has just begun.
SEASONS = {"2017-18": 80, "2023-24": 1, "2024-25": 3}

_GAMES = """INSERT INTO team_game_stats (game_id, team_id, season, season_type, won)
SELECT $season || number, team_id, $season, 'Regular Season', TRUE
FROM range($games) AS game (number), unnest($clubs) AS club (team_id)"""
_TOTALS = """INSERT INTO player_season_stats (player_id, last_team_id, season, season_type)
SELECT number, $clubs[1 + number % len($clubs)], $season, 'Regular Season'
FROM range($players) AS player (number)"""


@pytest.fixture(scope="module")
def coverage(tmp_path_factory: pytest.TempPathFactory) -> Coverage:
    """Coverage of three seasons: a whole one, a single game, and one in progress."""
    path = tmp_path_factory.mktemp("seasons") / "w.duckdb"
    with next_state(path) as connection:
        clubs = [club.team_id for club in teams()]
        for season, games in SEASONS.items():
            some = clubs[:2] if season == "2023-24" else clubs
            connection.execute(_GAMES, {"season": season, "games": games, "clubs": some})
        for season, players in (("2017-18", 300), ("2024-25", 1)):
            connection.execute(_TOTALS, {"season": season, "players": players, "clubs": clubs})
    warehouse = DuckDBWarehouse(path)
    found = Coverage.of(warehouse)
    warehouse.close()
    return found


def test_a_single_game_is_no_season(coverage: Coverage) -> None:
    """A season counts when it is whole, or is the newest and equally far for all teams."""
    assert coverage.seasons("teams", "Regular Season") == ["2017-18", "2024-25"]
    assert coverage.newest == "2024-25"
    assert coverage.previous() == "2023-24"


def test_some_players_are_not_all(coverage: Coverage) -> None:
    """Players can be ranked only where the totals of all are loaded."""
    assert coverage.has_all_players("2017-18", "Regular Season")
    assert not coverage.has_all_players("2024-25", "Regular Season")
    assert not coverage.has_all_players("2030-31", "Regular Season")


def test_an_excerpt_of_the_playoffs_is_not_all(real_warehouse: DuckDBWarehouse) -> None:
    """The real play-off totals that are loaded are an excerpt; the games are whole."""
    real = Coverage.of(real_warehouse)
    assert real.has_all_players("2025-26", "Regular Season")
    assert not real.has_all_players("2025-26", "Playoffs")
    assert real.has_all_games("2025-26", "Playoffs")
    assert real.games("2025-26", "Regular Season") == 82


def test_the_simulated_league_is_whole(league: DuckDBWarehouse) -> None:
    """Whatever its size, a simulated league is complete."""
    small = Coverage.of(league)
    assert small.has_all_games("2025-26", "Regular Season")
    assert small.has_all_players("2025-26", "Regular Season")
