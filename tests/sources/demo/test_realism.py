"""A simulated season beside the published averages of the league, kept in parameters.toml."""

import pytest

from nba_mcp_synthesis.sources.demo.parameters import parameters
from sources.demo.conftest import Database

AIMS = parameters("aims")
# A possession ends with a turnover, a made shot, a defensive rebound or a made last free throw; the
# free throw after a made shot is counted twice by that.
POSSESSIONS = """
    count_if(event_type IN ('turnover', 'made_shot'))
    + count_if(event_type = 'rebound' AND event_subtype = 'defensive')
    + count_if(event_type = 'free_throw' AND is_made AND event_subtype IN ('1 of 1', '2 of 2', '3 of 3'))
    - count_if(event_type = 'free_throw' AND event_subtype = '1 of 1')"""
FOUND = {
    "pace": f"""SELECT ({POSSESSIONS}) / (SELECT sum(minutes) / 5 FROM team_game_stats) * 48
                FROM play_by_play""",
    "efg_pct": "SELECT (sum(fgm) + 0.5 * sum(fg3m)) / sum(fga) FROM team_game_stats",
    "fg3a_rate": "SELECT sum(fg3a) / sum(fga) FROM team_game_stats",
    "fg3_pct": "SELECT sum(fg3m) / sum(fg3a) FROM team_game_stats",
    "ft_rate": "SELECT sum(fta) / sum(fga) FROM team_game_stats",
    "ft_pct": "SELECT sum(ftm) / sum(fta) FROM team_game_stats",
    "oreb_pct": "SELECT sum(oreb) / (sum(oreb) + sum(dreb)) FROM team_game_stats",
    "home_win_pct": "SELECT avg((home_pts > away_pts)::int) FROM games",
    "wins_sd": "SELECT stddev_pop(wins) FROM team_season_stats",
    "top_scorer": "SELECT max(pts / gp) FROM player_season_stats WHERE team_id IS NULL AND gp >= 58",
    "overtime_share": "SELECT avg((periods > 4)::int) FROM games",
    **{
        count: f"SELECT avg({count}) FROM team_game_stats"
        for count in ("pts", "tov", "ast", "stl", "blk", "pf")
    },
}


@pytest.mark.parametrize("aim", AIMS)
def test_the_league_is_near_its_aim(league: Database, aim: str) -> None:
    """Each published average is met within its stated tolerance."""
    assert league.value(FOUND[aim]) == pytest.approx(AIMS[aim]["value"], abs=AIMS[aim]["within"])


def test_every_aim_is_tested() -> None:
    """No aim without a query, no query without an aim."""
    assert set(FOUND) == set(AIMS)


def test_standings_are_spread_from_weak_to_strong(league: Database) -> None:
    """Somebody wins 50 or more and somebody 32 or less, and nobody all or nothing."""
    wins = [w for (w,) in league.rows("SELECT wins FROM team_season_stats ORDER BY wins")]
    assert sum(wins) == 1230
    assert 5 < wins[0] <= 32
    assert 50 <= wins[-1] < 77


def test_teams_differ_in_pace(league: Database) -> None:
    """Estimated possessions a game of the fastest and the slowest team are some apart."""
    fast, slow = league.rows("""
        SELECT max(p), min(p) FROM (
            SELECT (fga + 0.44 * fta - oreb + tov) / minutes * 240 AS p FROM team_season_stats)""")[0]
    assert 3 < fast - slow < 10


def test_leaders_are_like_those_of_the_nba(league: Database) -> None:
    """The best of each category over 58 games or more is neither too good nor too ordinary."""
    for count, low, high in (
        ("reb", 11, 16),
        ("ast", 7.5, 12),
        ("stl", 1.5, 3),
        ("blk", 2, 4.2),
        ("fg3m", 3, 6),
        ("minutes", 35, 39),
    ):
        best = f"SELECT max({count} / gp) FROM player_season_stats WHERE team_id IS NULL AND gp >= 58"
        assert low < league.value(best) < high, count


def test_margins_are_those_of_real_games(league: Database) -> None:
    """Standard deviation, close games and routs."""
    deviation, close, routs = league.rows("""
        SELECT stddev(m), avg((abs(m) <= 5)::int), avg((abs(m) >= 20)::int)
        FROM (SELECT home_pts - away_pts AS m FROM games)""")[0]
    assert 13.5 < deviation < 17
    assert 0.18 < close < 0.3
    assert 0.12 < routs < 0.25


def test_players_miss_games_and_share_minutes(league: Database) -> None:
    """Nine to thirteen play for a team in a game, and regulars play 60 to 80 games."""
    fewest, mean, most = league.rows("""
        SELECT min(n), avg(n), max(n) FROM (
            SELECT count(*) AS n FROM player_game_stats GROUP BY game_id, team_id)""")[0]
    assert fewest >= 8
    assert most <= 13
    assert 9 < mean < 12.5
    played = league.value("""
        SELECT median(gp) FROM player_season_stats WHERE team_id IS NULL AND minutes / gp > 25""")
    assert 60 < played < 80
