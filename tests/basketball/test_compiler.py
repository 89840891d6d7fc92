"""The SQL of measures: on data small enough to check by hand, and against the raw files."""

from pathlib import Path

import duckdb
import pytest

from nba_mcp_synthesis.basketball.compiler import Minimum, StatQuery, to_sql
from nba_mcp_synthesis.errors import UnknownName, UsageError
from nba_mcp_synthesis.warehouse.duckdb_engine import DuckDBWarehouse
from nba_mcp_synthesis.warehouse.guard import Gate

SEASON = "2025-26"


def rows(warehouse: DuckDBWarehouse, query: StatQuery) -> list[tuple[object, ...]]:
    """What a query returns."""
    return list(warehouse.query(to_sql(query)).rows)


def test_a_board_ranks_and_names_ties(small_warehouse: DuckDBWarehouse) -> None:
    """All who share the last rank are listed, in the order of their names."""
    query = StatQuery(("reb",), "player", SEASON, limit=1)
    assert [row[:2] for row in rows(small_warehouse, query)] == [
        (1, "Ada Test"),
        (1, "Ben Test"),
        (1, "Cid Sample"),
        (1, "Dag Sample"),
    ]


def test_an_average_divides_without_rounding(small_warehouse: DuckDBWarehouse) -> None:
    """200 points in 3 games are 66.67, not 66."""
    query = StatQuery(("pts_per_game",), "player", SEASON, limit=2, games=3)
    assert rows(small_warehouse, query) == [
        (1, "Cid Sample", "BOS", 220 / 3),
        (2, "Ada Test", "LAL", 200 / 3),
    ]


def test_qualifiers_keep_out_who_has_too_few_games(small_warehouse: DuckDBWarehouse) -> None:
    """With 82 games so far nobody with three qualifies; a minimum takes the qualifier's place."""
    assert rows(small_warehouse, StatQuery(("pts_per_game",), "player", SEASON)) == []
    least = StatQuery(("pts_per_game",), "player", SEASON, minimum=(Minimum("pts", 200),))
    assert [row[1] for row in rows(small_warehouse, least)] == ["Cid Sample", "Ada Test"]


def test_a_division_by_zero_has_no_value(small_warehouse: DuckDBWarehouse) -> None:
    """Nobody has a three-point percentage without an attempt, and nobody without one is ranked."""
    query = StatQuery(("fg3_pct",), "player", SEASON, ids=(1,))
    assert rows(small_warehouse, query) == [("Ada Test", "LAL", 0.0)]
    team = StatQuery(("fg3_pct",), "team", SEASON)
    assert rows(small_warehouse, team) == []


def test_players_of_one_team(small_warehouse: DuckDBWarehouse) -> None:
    """A team's board holds the players who were with it last."""
    query = StatQuery(("pts",), "player", SEASON, team_id=1610612738)
    assert [row[1] for row in rows(small_warehouse, query)] == ["Cid Sample", "Dag Sample"]


def test_teams_are_counted_from_their_games(small_warehouse: DuckDBWarehouse) -> None:
    """Wins, points for and against come from the games."""
    query = StatQuery(("wins", "losses", "pts", "opp_pts_per_game"), "team", SEASON)
    assert rows(small_warehouse, query) == [
        (1, "Los Angeles Lakers", 2, 1, 325, 320 / 3),
        (2, "Boston Celtics", 1, 2, 320, 325 / 3),
    ]


def test_wrong_measures_are_refused() -> None:
    """An unknown measure, one of the other kind, and none at all raise."""
    with pytest.raises(UnknownName):
        to_sql(StatQuery(("nonsense",), "player", SEASON))
    with pytest.raises(UsageError, match="teams only"):
        to_sql(StatQuery(("wins",), "player", SEASON))
    with pytest.raises(UsageError):
        to_sql(StatQuery((), "player", SEASON))


def test_a_text_in_a_query_stays_a_literal(small_warehouse: DuckDBWarehouse) -> None:
    """A quote in a value cannot end the literal, and the gate lets the SQL through."""
    sql = to_sql(StatQuery(("pts",), "player", "2025-26' OR TRUE --"))
    assert small_warehouse.query(sql).rows == ()
    assert Gate().check(sql)


RAW = {
    "pts": "PTS",
    "pts_per_game": "PTS / GP",
    "fg3_pct": "FG3M / FG3A",
    "ft_pct": "FTM / FTA",
    "ts_pct": "PTS / (2 * (FGA + 0.44 * FTA))",
    "efg_pct": "(FGM + 0.5 * FG3M) / FGA",
    "ast_to": "AST / TOV",
    "minutes_per_game": "MIN / GP",
    "fg3a_rate": "FG3A / FGA",
    "ft_rate": "FTA / FGA",
    "td3": "TD3",
}
QUALIFIED = {"fg3_pct": "FG3M >= 82", "ft_pct": "FTM >= 125", "ts_pct": "FGM >= 300", "efg_pct": "FGM >= 300"}
QUALIFIED |= {"fg3a_rate": "FGM >= 300", "ft_rate": "FGM >= 300", "pts": "TRUE", "td3": "TRUE"}


@pytest.mark.parametrize("name", RAW)
def test_boards_equal_those_of_the_raw_file(
    name: str, real_warehouse: DuckDBWarehouse, real_data: Path
) -> None:
    """The first twenty of a measure are those that plain SQL finds in the file of totals."""
    csv = real_data / "season_2025_26" / "player_totals.csv"
    who = QUALIFIED.get(name, "GP >= 58")
    raw = duckdb.execute(
        f"SELECT PLAYER_NAME, ({RAW[name]})::DOUBLE AS value FROM read_csv('{csv}') WHERE {who} "
        "ORDER BY value DESC, PLAYER_NAME LIMIT 20"
    ).fetchall()
    board = rows(real_warehouse, StatQuery((name,), "player", SEASON, limit=20))[:20]
    assert [row[1] for row in board] == [row[0] for row in raw]
    assert [row[-1] for row in board] == pytest.approx([row[1] for row in raw], abs=1e-3)


def test_teams_equal_the_published_standings(real_warehouse: DuckDBWarehouse, real_data: Path) -> None:
    """Wins, losses, points for and against of all thirty teams are those of the published table."""
    csv = real_data / "season_2025_26" / "standings.csv"
    raw = duckdb.execute(
        f"SELECT TEAM_NAME, WINS, LOSSES, POINTS_PG, OPP_POINTS_PG FROM read_csv('{csv}') ORDER BY 1"
    ).fetchall()
    query = StatQuery(("wins", "losses", "pts_per_game", "opp_pts_per_game"), "team", SEASON)
    ours = sorted(row[1:] for row in rows(real_warehouse, query))
    assert [row[:3] for row in ours] == [row[:3] for row in raw]
    for ours_row, raw_row in zip(ours, raw, strict=True):
        assert ours_row[3:] == pytest.approx(raw_row[3:], abs=0.0501)
