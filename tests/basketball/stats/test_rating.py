"""The player efficiency rating, against its formula computed player by player."""

from typing import Any

import pytest

from basketball.stats.asking import ask, told
from nba_mcp_synthesis.basketball.stats.stats import Stats
from nba_mcp_synthesis.errors import UsageError
from nba_mcp_synthesis.warehouse.duckdb_engine import DuckDBWarehouse

Row = dict[str, Any]


def _read(warehouse: DuckDBWarehouse, sql: str) -> list[Row]:
    found = warehouse.read(sql)
    return [dict(zip(found.columns, row, strict=True)) for row in found.rows]


def _possessions(own: Row, other: str, mine: str = "") -> float:
    """Of one side of a team's row."""
    rebounded = own[f"{mine}oreb"] / (own[f"{mine}oreb"] + own[f"{other}dreb"])
    missed = own[f"{mine}fga"] - own[f"{mine}fgm"]
    return float(own[f"{mine}fga"] + 0.4 * own[f"{mine}fta"] - 1.07 * rebounded * missed + own[f"{mine}tov"])


def _pace(team: Row) -> float:
    both = _possessions(team, "opp_") + _possessions(team, "", "opp_")
    return 48 * both / 2 / (float(team["minutes"]) / 5)


def _unadjusted(p: Row, team: Row, lg: dict[str, float]) -> float:
    """Basketball-Reference's uPER times the minutes."""
    factor = 2 / 3 - (0.5 * lg["ast"] / lg["fgm"]) / (2 * lg["fgm"] / lg["ftm"])
    vop = lg["pts"] / (lg["fga"] - lg["oreb"] + lg["tov"] + 0.44 * lg["fta"])
    drbp = (lg["reb"] - lg["oreb"]) / lg["reb"]
    helped = team["ast"] / team["fgm"]
    return float(
        p["fg3m"] + 2 / 3 * p["ast"] + (2 - factor * helped) * p["fgm"]
        + 0.5 * p["ftm"] * (1 + (1 - helped) + 2 / 3 * helped)
        - vop * p["tov"] - vop * drbp * (p["fga"] - p["fgm"])
        - vop * 0.44 * (0.44 + 0.56 * drbp) * (p["fta"] - p["ftm"])
        + vop * (1 - drbp) * (p["reb"] - p["oreb"]) + vop * drbp * p["oreb"]
        + vop * p["stl"] + vop * drbp * p["blk"]
        - p["pf"] * (lg["ftm"] / lg["pf"] - 0.44 * lg["fta"] / lg["pf"] * vop)
    )  # fmt: skip


def test_the_rating_is_its_formula(demo: Stats, demo_warehouse: DuckDBWarehouse) -> None:
    """Every player's rating, computed without SQL."""
    teams = {t["team_id"]: t for t in _read(demo_warehouse, "SELECT * FROM team_season_stats")}
    players = _read(
        demo_warehouse,
        "SELECT * FROM player_season_stats JOIN players USING (player_id) WHERE team_id IS NULL",
    )
    counts = ("ast", "fgm", "ftm", "pts", "fga", "oreb", "tov", "fta", "reb", "pf")
    league = {name: float(sum(t[name] for t in teams.values())) for name in counts}
    minutes = sum(t["minutes"] for t in teams.values())
    pace = sum(_pace(t) * t["minutes"] for t in teams.values()) / minutes
    rated = {}
    for p in players:
        team = teams[p["last_team_id"]]
        rated[p["full_name"]] = (pace / _pace(team) * _unadjusted(p, team, league), p["minutes"])
    average = sum(points for points, _ in rated.values()) / sum(played for _, played in rated.values())
    expected = {name: (pytest.approx(15 * of / played / average),) for name, (of, played) in rated.items()}
    assert told(demo, "per", "player") == expected


@pytest.mark.parametrize("league", ["demo", "real"])
def test_the_average_is_fifteen(league: str, request: pytest.FixtureRequest) -> None:
    """The league's rating, by minutes, is 15 by definition."""
    stats: Stats = request.getfixturevalue(league)
    assert told(stats, "per", "season")["2025-26"][0] == pytest.approx(15)


def test_the_best_are_the_known_ones(real: Stats) -> None:
    """The two best of 2025-26 are alone above 30 among those with 58 games."""
    board = ask(real, "per", "player", limit=3)
    assert [row[1] for row in board.result.rows[:2]] == ["Nikola Jokić", "Shai Gilgeous-Alexander"]
    assert [row[2] > 30 for row in board.result.rows] == [True, True, False]


def test_without_the_league_there_is_no_rating(real: Stats) -> None:
    """A few players' totals have no league to be compared with."""
    with pytest.raises(UsageError, match="nothing loaded"):
        ask(real, "per", "player", season_type="Playoffs")
