"""The real 2025-26 season, as loaded, equals what was published and what the raw files hold."""

from pathlib import Path
from typing import Any

import duckdb
import pytest

from nba_mcp_synthesis.app import App
from nba_mcp_synthesis.settings import load_settings
from nba_mcp_synthesis.sources.door import find_files
from nba_mcp_synthesis.warehouse.cautions import Cautions
from nba_mcp_synthesis.warehouse.duckdb_engine import DuckDBWarehouse
from nba_mcp_synthesis.warehouse.loading import load_files
from nba_mcp_synthesis.warehouse.opening import queries_of
from nba_mcp_synthesis.warehouse.status import coverage

BOX = [
    "fgm",
    "fga",
    "fg3m",
    "fg3a",
    "ftm",
    "fta",
    "oreb",
    "dreb",
    "reb",
    "ast",
    "stl",
    "blk",
    "tov",
    "pf",
    "pts",
]


def rows(warehouse: DuckDBWarehouse, sql: str) -> tuple[tuple[Any, ...], ...]:
    """All rows of a query on the warehouse."""
    return warehouse.query(sql).rows


def raw(sql: str) -> list[tuple[Any, ...]]:
    """All rows of a query on the raw files."""
    with duckdb.connect() as connection:
        return connection.execute(sql).fetchall()


def test_every_game_is_there(real_warehouse: DuckDBWarehouse) -> None:
    """1,230 games of the regular season and 85 of the play-offs, each with two team rows."""
    sql = "SELECT season, season_type, count(*) FROM games GROUP BY ALL ORDER BY 2 DESC"
    assert rows(real_warehouse, sql) == (("2025-26", "Regular Season", 1230), ("2025-26", "Playoffs", 85))
    assert rows(real_warehouse, "SELECT count(*) FROM team_game_stats") == ((2630,),)


def test_the_five_neutral_games_come_from_the_log(real_warehouse: DuckDBWarehouse) -> None:
    """The games table lacks them; they count as neither home nor road."""
    sql = "SELECT game_id FROM games WHERE is_neutral ORDER BY 1"
    assert [r[0] for r in rows(real_warehouse, sql)] == [
        "0022500147",
        "0022500578",
        "0022500602",
        "0022501229",
        "0022501230",
    ]
    sql = (
        "SELECT count(*), count(s.is_home) FROM team_game_stats s JOIN games g USING (game_id) "
        "WHERE g.is_neutral"
    )
    assert rows(real_warehouse, sql) == ((10, 0),)


def test_standings_equal_the_published_ones_for_all_teams(
    real_warehouse: DuckDBWarehouse, real_data: Path
) -> None:
    """Record, rank, games behind, points, home, road, last ten and streak: 30 of 30 teams."""
    published = raw(f"""
        SELECT TEAM_ID, WINS, LOSSES, WIN_PCT, CONFERENCE_GB, PLAYOFF_RANK, POINTS_PG, OPP_POINTS_PG,
               DIFF_POINTS_PG, HOME, ROAD, L10, CURRENT_STREAK
        FROM read_csv('{real_data}/season_2025_26/standings.csv',
                      types = {{'HOME': 'VARCHAR', 'ROAD': 'VARCHAR', 'L10': 'VARCHAR'}})
        ORDER BY 1""")
    ours = rows(
        real_warehouse,
        """
        SELECT team_id, wins, losses, round(win_pct, 3), games_behind, conference_rank,
               round(pts_per_game, 1), round(opp_pts_per_game, 1), round(plus_minus_per_game, 1),
               home_wins || '-' || home_losses, road_wins || '-' || road_losses,
               last10_wins || '-' || last10_losses,
               CASE WHEN streak > 0 THEN 'W ' ELSE 'L ' END || abs(streak)
        FROM standings ORDER BY 1""",
    )
    assert len(published) == 30
    assert [tuple(map(_plain, row)) for row in ours] == [tuple(map(_plain, row)) for row in published]


def _plain(value: Any) -> Any:
    return value if isinstance(value, str) else float(value)


def test_box_scores_of_players_sum_to_their_teams(real_warehouse: DuckDBWarehouse) -> None:
    """All 86 sides of the 43 box scores, in every count that both have."""
    sums = ", ".join(f"sum(p.{c}) AS {c}" for c in BOX)
    differing = " OR ".join(f"t.{'player_tov' if c == 'tov' else c} <> p.{c}" for c in BOX)
    joined = (
        f"FROM (SELECT game_id, team_id, {sums} FROM player_game_stats p GROUP BY ALL) p "
        "JOIN team_game_stats t USING (game_id, team_id)"
    )
    assert rows(real_warehouse, f"SELECT count(*), count(t.fga), count(t.player_tov) {joined}") == (
        (86, 86, 86),
    )
    assert rows(real_warehouse, f"SELECT p.game_id, p.team_id {joined} WHERE {differing}") == ()


def test_box_scores_equal_the_raw_files(real_warehouse: DuckDBWarehouse, real_data: Path) -> None:
    """Players' points, rebounds, assists and plus-minus read straight from the JSON, game by game."""
    published = raw(f"""
        SELECT gameId, p.personId, p.points, p.reboundsTotal, p.assists, p.plusMinusPoints::INTEGER
        FROM (SELECT gameId, unnest(players) AS p
              FROM read_json('{real_data}/season_2025_26/boxscores/*.json', union_by_name = true))
        ORDER BY 1, 2""")
    ours = rows(
        real_warehouse,
        "SELECT game_id, player_id, pts, reb, ast, plus_minus FROM player_game_stats ORDER BY 1, 2",
    )
    assert len(published) > 800
    assert list(ours) == published


def test_shots_sum_to_the_attempts_of_every_player(real_warehouse: DuckDBWarehouse, real_data: Path) -> None:
    """All 291 players whose shots are there: attempts and makes exact, threes within one."""
    found = rows(
        real_warehouse,
        """
        SELECT count(*), count(*) FILTER (WHERE s.fga = t.fga AND s.fgm = t.fgm),
               max(abs(s.fg3a - t.fg3a)), count(*) FILTER (WHERE s.fg3a <> t.fg3a)
        FROM (SELECT player_id, count(*) AS fga, count(*) FILTER (WHERE is_made) AS fgm,
                     count(*) FILTER (WHERE shot_value = 3) AS fg3a
              FROM shots WHERE season_type = 'Regular Season' GROUP BY 1) s
        JOIN player_season_stats t ON t.player_id = s.player_id AND t.season_type = 'Regular Season'
                                  AND t.team_id IS NULL""",
    )
    ((players, exact, worst, off),) = found
    assert (players, exact, worst) == (291, 291, 1)
    assert off <= 18
    ((attempts,),) = raw(f"""
        SELECT sum(len(rs)) FROM read_json('{real_data}/season_2025_26/shots/*.json',
            columns = {{'rs': 'INTEGER[3][]', 'po': 'INTEGER[3][]'}})""")
    assert rows(real_warehouse, "SELECT count(*) FROM shots WHERE season_type = 'Regular Season'") == (
        (attempts,),
    )


@pytest.mark.parametrize("column", [*BOX, "minutes", "plus_minus", "gp", "dd2", "td3"])
def test_player_totals_equal_the_raw_file(
    real_warehouse: DuckDBWarehouse, real_data: Path, column: str
) -> None:
    """All 582 players, column by column."""
    name = {"minutes": "MIN"}.get(column, column.upper())
    published = raw(
        f"SELECT PLAYER_ID, {name} FROM read_csv('{real_data}/season_2025_26/player_totals.csv') ORDER BY 1"
    )
    ours = rows(
        real_warehouse,
        f"SELECT player_id, {column} FROM player_season_stats "
        "WHERE season_type = 'Regular Season' AND team_id IS NULL ORDER BY 1",
    )
    assert len(published) == 582
    assert list(ours) == published


def test_all_points_of_players_are_all_points_of_teams(real_warehouse: DuckDBWarehouse) -> None:
    """284,395 both ways: two sources that know nothing of each other."""
    players = "SELECT sum(pts) FROM player_season_stats WHERE season_type = 'Regular Season'"
    teams = "SELECT sum(pts) FROM team_game_stats WHERE season_type = 'Regular Season'"
    assert rows(real_warehouse, players) == rows(real_warehouse, teams) == ((284395,),)


def test_the_series_add_up_to_the_playoff_games(real_warehouse: DuckDBWarehouse) -> None:
    """15 series, 85 games, and each series won as often as its games say."""
    assert rows(real_warehouse, "SELECT count(*), sum(team1_wins + team2_wins) FROM playoff_series") == (
        (15, 85),
    )
    sql = """
        SELECT s.team1_id, s.team2_id FROM playoff_series s
        JOIN team_game_stats g ON g.season_type = 'Playoffs' AND g.team_id = s.team1_id
                              AND g.opponent_team_id = s.team2_id
        GROUP BY s.team1_id, s.team2_id, s.team1_wins, s.team2_wins
        HAVING count(*) FILTER (WHERE g.won) <> s.team1_wins
            OR count(*) FILTER (WHERE NOT g.won) <> s.team2_wins"""
    assert rows(real_warehouse, sql) == ()


def test_what_the_checks_find_is_what_is_known(real_warehouse: DuckDBWarehouse) -> None:
    """One percentage was corrected after the game log was recorded."""
    sql = "SELECT check_name, season_type, detail FROM quality_results WHERE NOT passed ORDER BY 1"
    told = "league_game_log says 0.341, season_games says 0.349"
    assert rows(real_warehouse, sql) == (("sources_agree", "Regular Season", told),)


def test_the_coverage_map_says_what_lacks(real_warehouse: DuckDBWarehouse) -> None:
    """Half of the box scores and shots, a third of the full team boxes, and most play-off totals."""
    found = {(r["season_type"], r["table_name"]): (r["have"], r["want"]) for r in coverage(real_warehouse)}
    assert found["Regular Season", "games"] == (1230, 1230)
    assert found["Regular Season", "team_game_stats"] == (844, 1230)
    assert found["Regular Season", "shots"] == (112183, 219160)
    assert found["Regular Season", "player_season_stats"] == (284395, 284395)
    assert found["Playoffs", "games"] == (85, 85)
    assert found["Playoffs", "player_game_stats"] == (43, 85)
    assert found["Playoffs", "player_season_stats"] == (897, 18348)


def test_without_the_log_the_map_says_that_five_games_lack(real_data: Path, tmp_path: Path) -> None:
    """The gap of the games table is known, by number and by the teams that it concerns."""
    load_files(tmp_path / "w.duckdb", find_files([real_data / "season_2025_26"], None))
    warehouse = DuckDBWarehouse(tmp_path / "w.duckdb")
    found = {(r["season_type"], r["table_name"]): (r["have"], r["want"]) for r in coverage(warehouse)}
    assert found["Regular Season", "games"] == (1225, 1230)
    sql = "SELECT subject FROM quality_results WHERE check_name = 'standings_as_published' AND NOT passed"
    short = {r[0] for r in rows(warehouse, sql)}
    assert short == {"OKC", "ORL", "SAS", "DET", "NYK", "DAL", "MEM"}
    note = "games of the 2025-26 Regular Season is not complete: 1,225 of 1,230 games are loaded."
    queries = queries_of(warehouse)
    told = queries.run("SELECT count(*) FROM games WHERE season_type = 'Regular Season'", 1).result
    assert note in told.notes


def test_each_row_has_its_provenance(real_warehouse: DuckDBWarehouse) -> None:
    """Source, file, checksum and time; a row of two sources has two."""
    sql = (
        "SELECT source, length(sha256), loaded_at IS NOT NULL FROM provenance "
        "WHERE table_name = 'games' AND row_key = '0022500001' ORDER BY 1"
    )
    assert rows(real_warehouse, sql) == (("league_game_log", 64, True), ("season_games", 64, True))


def test_whoever_reads_a_doubtful_value_is_told(real_warehouse: DuckDBWarehouse) -> None:
    """The game with two values of a percentage, where a query reads that percentage; not elsewhere."""
    cautions = Cautions(real_warehouse)
    (told,) = cautions.quarantined("SELECT avg(fg3_pct) FROM team_game_stats WHERE season = '2025-26'")
    assert "0022500813 (fg3_pct: league_game_log says 0.341, season_games says 0.349)" in told
    assert cautions.quarantined("SELECT avg(fg3_pct) FROM team_game_stats WHERE season = '2018-19'") == ()
    assert cautions.quarantined("SELECT fg3_pct FROM team_game_stats WHERE team_id = 1610612738") == ()
    assert cautions.quarantined("SELECT count(*) FROM games") == ()


def test_an_answer_from_a_part_of_the_games_says_so(
    real_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the games table alone five games lack, and a record computed from it carries that."""
    path = tmp_path / "w.duckdb"
    load_files(path, find_files([real_data / "season_2025_26" / "games.csv"], None))
    monkeypatch.setenv("NBA_MCP_WAREHOUSE_URL", f"duckdb:///{path}")
    answer = App(load_settings()).ask("celtics record")
    assert answer.cautions == ("Of the 2025-26 Regular Season 1,225 of 1,230 games are loaded.",)
