"""Each check finds what it is there to find."""

from pathlib import Path

import pytest

import small_league
from nba_mcp_synthesis.warehouse import checks
from nba_mcp_synthesis.warehouse.building import next_state

# A statement that makes the small league wrong, and the check that has to notice.
WRONG = {
    "quarters_sum_to_points": (
        "UPDATE games SET periods = 4; "
        "UPDATE team_game_stats SET pts_q1 = 30, pts_q2 = 30, pts_q3 = 30, pts_q4 = 19 WHERE pts = 110"
    ),
    "plus_minus_adds_up": "UPDATE team_game_stats SET plus_minus = 11 WHERE pts = 110",
    "minutes_add_up": (
        "UPDATE games SET periods = 5; "
        "INSERT INTO player_game_stats (game_id, player_id, team_id, season, season_type, minutes, pts) "
        f"VALUES ('0022500001', 1, {small_league.LAL}, '2025-26', 'Regular Season', 240, 110)"
    ),
    "season_as_games": (
        "UPDATE player_season_stats SET gp = 1 WHERE player_id = 1; "
        "INSERT INTO player_game_stats (game_id, player_id, team_id, season, season_type, pts) "
        f"VALUES ('0022500001', 1, {small_league.LAL}, '2025-26', 'Regular Season', 110)"
    ),
    "point_identity": "UPDATE player_season_stats SET fgm = fgm + 1 WHERE player_id = 2",
    "two_team_rows": "DELETE FROM team_game_stats WHERE pts = 110",
    "game_score": "UPDATE games SET home_pts = 111 WHERE game_id = '0022500001'",
    "players_sum_to_team": (
        "INSERT INTO player_game_stats (game_id, player_id, team_id, season, season_type, pts) "
        f"VALUES ('0022500001', 1, {small_league.LAL}, '2025-26', 'Regular Season', 109)"
    ),
    "standings_as_published": (
        "INSERT INTO official_metrics (source, entity_type, entity_id, season, season_type, metric, value) "
        "VALUES "
        f"('standings', 'team', {small_league.LAL}, '2025-26', 'Regular Season', 'wins', 3), "
        f"('standings', 'team', {small_league.LAL}, '2025-26', 'Regular Season', 'losses', 0)"
    ),
    "shots_as_totals": (
        "INSERT INTO shots (shot_id, player_id, season, season_type, is_made) "
        "VALUES ('x', 1, '2025-26', 'Regular Season', true)"
    ),
    "events_as_box_scores": (
        "INSERT INTO player_game_stats (game_id, player_id, team_id, season, season_type, pts, fgm) "
        f"VALUES ('0022500001', 1, {small_league.LAL}, '2025-26', 'Regular Season', 110, 5); "
        "INSERT INTO play_by_play (game_id, event_num, season, season_type, team_id, player_id, event_type) "
        f"VALUES ('0022500001', 1, '2025-26', 'Regular Season', {small_league.LAL}, 1, 'rebound')"
    ),
}


@pytest.mark.parametrize("check", [name for name in checks.definitions() if name != "season_points"])
def test_a_check_finds_what_it_is_there_to_find(tmp_path: Path, check: str) -> None:
    """Every check holds on the sound league, and fails on one that is wrong in its way."""
    path = small_league.build(tmp_path / "w.duckdb")
    with next_state(path) as connection:
        assert not any(found.failures for found in checks.run(connection))
        connection.execute(WRONG[check])
        failed = {found.name for found in checks.run(connection) if found.failures}
    assert check in failed


def test_totals_that_miss_points_of_the_league_are_found(tmp_path: Path) -> None:
    """Sixteen teams and eight players each: then every point has to be somebody's."""
    path = small_league.build(tmp_path / "w.duckdb")
    with next_state(path) as connection:
        connection.execute("DELETE FROM team_game_stats; DELETE FROM player_season_stats")
        connection.execute(
            "INSERT INTO team_game_stats (game_id, team_id, season, season_type, pts) "
            "SELECT 'g', range, '2025-26', 'Regular Season', 80 FROM range(16)"
        )
        connection.execute(
            "INSERT INTO player_season_stats (player_id, season, season_type, pts) "
            "SELECT range, '2025-26', 'Regular Season', 10 FROM range(128)"
        )
        whole = {found.name: found for found in checks.run(connection)}["season_points"]
        assert (whole.compared, whole.failures) == (1, ())
        connection.execute("UPDATE player_season_stats SET pts = 9 WHERE player_id = 7")
        short = {found.name: found for found in checks.run(connection)}["season_points"]
    assert short.failures == ("2025-26 Regular Season, 2025-26: players 1279, teams 1280",)
