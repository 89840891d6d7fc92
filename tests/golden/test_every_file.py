"""All real files through one door: each is accounted for, and what they say together holds."""

from pathlib import Path
from typing import Any

import duckdb
import pytest

from nba_mcp_synthesis.sources.door import find_files
from nba_mcp_synthesis.warehouse import layout
from nba_mcp_synthesis.warehouse.duckdb_engine import DuckDBWarehouse
from nba_mcp_synthesis.warehouse.loading import LoadReport, load_files


@pytest.fixture(scope="module")
def report(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> LoadReport:
    """The load of everything."""
    return load_files(tmp_path_factory.mktemp("all") / "w.duckdb", find_files([real_data], None))


def rows(report: LoadReport, sql: str) -> tuple[tuple[Any, ...], ...]:
    """All rows of a query on the warehouse of everything."""
    return DuckDBWarehouse(report.path).query(sql).rows


def test_no_file_is_unknown(report: LoadReport, real_data: Path) -> None:
    """Loaded, known to be outside, or left until its season is named: nothing else happens to a file."""
    assert len(report.files) == sum(p.is_file() for p in real_data.rglob("*"))
    assert report.with_status("failed") == []
    assert all(f.reason.startswith("not part of the warehouse: ") for f in report.with_status("outside"))
    left = {f.label.rpartition("/")[2]: f.reason for f in report.with_status("not loaded")}
    assert set(left) == {"PlayerEstimatedMetrics_excerpt.csv", "TeamEstimatedMetrics_excerpt.csv"}
    assert all("--season" in reason for reason in left.values())


def test_every_rejected_row_has_its_reason(report: LoadReport) -> None:
    """The duplicates of the play-off totals among them."""
    by_file = {f.label.rpartition("/")[2]: f.rejected for f in report.files if f.rejected}
    assert by_file["play_off_totals_2010_2024.csv"] == {"the same row twice": 22}
    assert sum(sum(reasons.values()) for reasons in by_file.values()) < 1_600


@pytest.mark.parametrize(
    ("season", "games"),
    [
        ("2010-11", 1230),
        ("2011-12", 990),
        ("2012-13", 1229),
        ("2018-19", 1230),
        ("2019-20", 1059),
        ("2020-21", 1080),
        ("2023-24", 1230),
        ("2025-26", 1230),
    ],
)
def test_whole_seasons_are_whole(report: LoadReport, season: str, games: int) -> None:
    """As many games as were played, each with two team rows, as many wins as losses."""
    of_season = f"season = '{season}' AND season_type = 'Regular Season'"
    assert rows(report, f"SELECT count(*) FROM games WHERE {of_season}") == ((games,),)
    counts = "count(*) FILTER (WHERE won), count(*) FILTER (WHERE NOT won)"
    sql = f"SELECT {counts} FROM team_game_stats WHERE {of_season}"
    assert rows(report, sql) == ((games, games),)


def test_the_playoffs_of_fourteen_seasons_are_there(report: LoadReport) -> None:
    """1,170 games from 2010-11 to 2023-24, each once although 22 rows came twice."""
    sql = "SELECT count(*) FROM games WHERE season_type = 'Playoffs' AND season < '2024-25'"
    assert rows(report, sql) == ((1170,),)


def test_two_sources_agree_on_all_points_of_a_season(report: LoadReport) -> None:
    """2018-19 comes from the team games and from a game log: 2,460 rows with the same points."""
    sql = """
        SELECT count(*) FROM provenance
        WHERE table_name = 'team_game_stats' AND source IN ('team_games', 'league_game_log')
          AND substr(row_key, 4, 2) = '18' AND substr(row_key, 3, 1) = '2'"""
    assert rows(report, sql) == ((4920,),)
    found = rows(report, "SELECT subject FROM quality_results WHERE NOT passed AND season = '2018-19'")
    assert found == ()


def test_what_does_not_agree_is_known(report: LoadReport) -> None:
    """Of all values that two sources give, one differs: a percentage that was corrected later."""
    sql = "SELECT check_name, subject, detail FROM quality_results WHERE NOT passed ORDER BY ALL"
    assert rows(report, sql) == (
        (
            "sources_agree",
            "0022500813 1610612763 team_game_stats.fg3_pct",
            "league_game_log says 0.341, season_games says 0.349",
        ),
    )


def test_the_events_of_a_game_come_from_one_source(report: LoadReport) -> None:
    """Two feeds number the events of game 0021600270 differently; they are not mixed row by row."""
    sql = "SELECT count(*), max(home_score), max(away_score) FROM play_by_play WHERE game_id = '0021600270'"
    ((events, home, away),) = rows(report, sql)
    assert events in (538, 540)
    score = rows(report, "SELECT home_pts, away_pts FROM games WHERE game_id = '0021600270'")
    assert score == ((home, away),)


def test_loading_everything_again_changes_nothing(report: LoadReport, real_data: Path) -> None:
    """Every file is unchanged, and so is every table."""
    before = fingerprint(report.path)
    again = load_files(report.path, find_files([real_data], None))
    assert not again.with_status("loaded")
    assert len(again.with_status("unchanged")) == len(report.with_status("loaded"))
    assert fingerprint(report.path) == before


def fingerprint(path: Path) -> dict[str, tuple[Any, ...]]:
    """Rows and an order-free checksum of every merged table."""
    with duckdb.connect(str(path), read_only=True) as connection:
        sql = "SELECT count(*), coalesce(bit_xor(hash(t)), 0)::VARCHAR FROM {0} t"
        return {
            table.name: connection.execute(sql.format(table.name)).fetchall()[0]
            for table in layout.merged_tables()
        }
