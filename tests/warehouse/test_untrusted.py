"""Seasons and season types are not mixed by accident."""

import base64
from pathlib import Path

import pytest

from nba_mcp_synthesis.errors import UsageError
from nba_mcp_synthesis.sources.base import SourceFile
from nba_mcp_synthesis.warehouse.duckdb_engine import DuckDBWarehouse
from nba_mcp_synthesis.warehouse.loading import load_files
from nba_mcp_synthesis.warehouse.opening import queries_of
from nba_mcp_synthesis.warehouse.untrusted import UntrustedQueries
from small_league import GAMES_CSV


@pytest.fixture
def queries(tmp_path: Path) -> UntrustedQueries:
    """Queries over a regular-season game and a play-off game of one season."""
    file = tmp_path / "games.csv"
    rows = "0022500001,2025-11-01,LAL,BOS,101,99,W,0.5,0.4,0.45,0.35\n"
    file.write_text(GAMES_CSV + rows + rows.replace("00225", "00425").replace("2025-11", "2026-05"))
    load_files(tmp_path / "w.duckdb", [SourceFile(file, file.name)])
    return queries_of(DuckDBWarehouse(tmp_path / "w.duckdb"))


def test_a_query_that_would_add_up_season_types_is_told_so(queries: UntrustedQueries) -> None:
    """The table, what it mixes, and the column to filter on."""
    result = queries.run("SELECT sum(home_pts) FROM games", 10).result
    assert result.rows == ((202,),)
    assert result.notes[:1] == (
        (
            "games holds 2 season types and this query does not name season_type: "
            "make sure that they are not added up by accident."
        ),
    )


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT sum(home_pts) FROM games WHERE season_type = 'Playoffs'",
        "SELECT season_type, sum(home_pts) FROM games GROUP BY 1",
        "SELECT count(*) FROM players",
        "SELECT 'games_of_thrones'",
    ],
)
def test_a_query_that_names_the_type_or_touches_none_is_left_in_peace(
    queries: UntrustedQueries, sql: str
) -> None:
    """No note where there is nothing to mix."""
    assert not [note for note in queries.run(sql, 10).result.notes if "added up by accident" in note]


def test_a_table_of_which_a_part_is_missing_says_so(queries: UntrustedQueries) -> None:
    """Only for the seasons and types that the query reads."""
    told = "games of the 2025-26 Regular Season is not complete: 1 of 1,230 games are loaded."
    assert told in queries.run("SELECT count(*) FROM games", 10).result.notes
    only_playoffs = "SELECT count(*) FROM games WHERE season_type = 'Playoffs'"
    assert told not in queries.run(only_playoffs, 10).result.notes
    assert queries.run("SELECT count(*) FROM players", 10).result.notes == ()


@pytest.mark.parametrize("inside", ['["q", "s", 1e999]', "[" * 50_000, '["q", "s"]', "{}", "x", "\udcff", ""])
def test_a_cursor_that_is_none_of_ours_is_told(queries: UntrustedQueries, inside: str) -> None:
    """Whatever stands in it."""
    text = base64.urlsafe_b64encode(inside.encode("utf-8", "surrogatepass")).decode() or "é"
    with pytest.raises(UsageError, match="The cursor"):
        queries.run("SELECT 1", 1, text)


def test_a_cursor_is_not_good_for_another_state_of_the_data(
    tmp_path: Path, queries: UntrustedQueries
) -> None:
    """A row could be there twice, or be missed, so the reader starts again."""
    sql = "SELECT game_id FROM games ORDER BY 1"
    first = queries.run(sql, 1)
    file = tmp_path / "games.csv"
    file.write_text(file.read_text().replace("0022500001", "0022500009"))
    load_files(tmp_path / "w.duckdb", [SourceFile(file, file.name)])
    with pytest.raises(UsageError, match="New data were loaded"):
        queries.run(sql, 1, first.next_cursor)
    assert queries.run(sql, 1).result.rows == (("0022500009",),)
