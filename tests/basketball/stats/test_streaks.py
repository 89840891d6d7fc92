"""Streaks, against runs that are counted game by game."""

from itertools import groupby
from typing import Any

import pytest

from nba_mcp_synthesis.basketball.stats.stats import Stats
from nba_mcp_synthesis.basketball.stats.streaks import StreakRequest
from nba_mcp_synthesis.errors import UnknownName, UsageError
from nba_mcp_synthesis.warehouse.duckdb_engine import DuckDBWarehouse

Run = tuple[str, int, Any, Any, bool]


def _found(stats: Stats, *streak: str, **options: Any) -> list[Run]:
    """The streaks without their ranks: who, games, first, last, whether it goes on."""
    result = stats.streaks(StreakRequest(streak, **options)).result
    assert result.columns[0] == "rank"
    assert result.columns[2:] == ("streak", "first_game", "last_game", "is_current")
    return [tuple(row[1:]) for row in result.rows]


def _runs(games: list[tuple[str, Any, bool]]) -> list[Run]:
    """All runs of games (who, day, whether it counts), which are in order."""
    made: list[Run] = []
    for who, own in groupby(games, key=lambda game: game[0]):
        played = list(own)
        for counts, run in groupby(played, key=lambda game: game[2]):
            days = [day for _, day, _ in run]
            if counts:
                made.append((who, len(days), days[0], days[-1], days[-1] == played[-1][1]))
    return made


def _sorted(runs: list[Run]) -> list[Run]:
    return sorted(runs, key=lambda run: (-run[1], run[2], run[0]))


def test_the_small_league_by_hand(small: Stats) -> None:
    """Lakers won, lost, won; Boston the other way round."""
    wins = [(n, length, str(first), current) for n, length, first, _, current in _found(small, "result=win")]
    assert wins == [
        ("Los Angeles Lakers", 1, "2025-11-01", False),
        ("Boston Celtics", 1, "2025-11-02", False),
        ("Los Angeles Lakers", 1, "2025-11-03", True),
    ]
    losses = _found(small, "result=loss", where=("team=BOS",), current=True)
    assert [run[:2] for run in losses] == [("Boston Celtics", 1)]
    hundreds = _found(small, "pts>=100", where=("team=BOS",))
    assert [run[1] for run in hundreds] == [3]
    assert hundreds[0][4]


@pytest.mark.parametrize(
    ("condition", "sql"),
    [("result=win", "g.won"), ("pts>=110", "g.pts >= 110"), ("plus_minus<0", "g.pts < g.opp_pts")],
)
def test_streaks_of_teams(demo: Stats, demo_warehouse: DuckDBWarehouse, condition: str, sql: str) -> None:
    """All runs of all teams, against the games in their order."""
    games = demo_warehouse.read(
        f"SELECT t.full_name, g.game_date, {sql} FROM team_game_stats AS g JOIN teams AS t USING (team_id) "
        "ORDER BY t.full_name, g.game_date, g.game_id"
    ).rows
    assert _found(demo, condition, limit=9_999) == _sorted(_runs(list(games)))


def test_streaks_of_players(demo: Stats, demo_warehouse: DuckDBWarehouse) -> None:
    """Games with 20 points and 5 rebounds in a row, of games that a player played."""
    games = demo_warehouse.read(
        "SELECT p.full_name, g.game_date, g.pts >= 20 AND g.reb >= 5 FROM player_game_stats AS g "
        "JOIN players AS p USING (player_id) ORDER BY p.player_id, g.game_date, g.game_id"
    ).rows
    found = _found(demo, "pts>=20", "reb>=5", by="player", limit=9_999)
    assert found == _sorted(_runs(list(games)))
    assert found[0][1] > 3


def test_where_says_which_games_are_looked_at(demo: Stats, demo_warehouse: DuckDBWarehouse) -> None:
    """At home, games on the road neither count nor end a streak."""
    games = demo_warehouse.read(
        "SELECT t.full_name, g.game_date, g.won FROM team_game_stats AS g JOIN teams AS t USING (team_id) "
        "WHERE g.is_home ORDER BY t.full_name, g.game_date, g.game_id"
    ).rows
    assert _found(demo, "result=win", where=("location=home",), limit=9_999) == _sorted(_runs(list(games)))


def test_only_current_ones(demo: Stats) -> None:
    """Those that go on are as in the list of all, one a team at most."""
    everything = _found(demo, "result=win", limit=9_999)
    current = _found(demo, "result=win", current=True, limit=9_999)
    assert current == [run for run in everything if run[4]]
    assert 0 < len({run[0] for run in current}) == len(current) < 30


def test_a_limit_keeps_all_of_the_last_rank(demo: Stats) -> None:
    """Streaks of one length share a rank."""
    some = _found(demo, "result=win", limit=3)
    everything = _found(demo, "result=win", limit=9_999)
    assert some == everything[: len(some)]
    assert len(some) >= 3
    assert some[-1][1] > everything[len(some)][1]


def test_streaks_agree_with_the_standings(real: Stats, whole_real_warehouse: DuckDBWarehouse) -> None:
    """The season's last streak of every team, won or lost, is that of the standings."""
    won = {run[0]: run[1] for run in _found(real, "result=win", current=True, limit=999)}
    lost = {run[0]: -run[1] for run in _found(real, "result=loss", current=True, limit=999)}
    standings = whole_real_warehouse.read(
        "SELECT full_name, streak FROM standings JOIN teams USING (team_id) WHERE season = '2025-26'"
    ).rows
    assert won | lost == dict(standings)


def test_bad_requests_are_answered(small: Stats) -> None:
    """No condition, an unknown one, one that no game has, and a limit of none."""
    for wrong, said in (((), "No condition"), (("won=maybe",), "won"), (("pts",), "cannot be read")):
        with pytest.raises(UsageError, match=said):
            small.streaks(StreakRequest(wrong))
    with pytest.raises(UnknownName):
        small.streaks(StreakRequest(("colour=red",)))
    with pytest.raises(UsageError, match="limit is 0"):
        small.streaks(StreakRequest(("result=win",), limit=0))
    with pytest.raises(UsageError, match="nothing loaded"):
        small.streaks(StreakRequest(("zone=Mid-Range",)))
