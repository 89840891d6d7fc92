"""Tables that are derived from the events follow whatever is loaded, corrected and migrated."""

import json
from pathlib import Path

import duckdb
import pytest

import small_league
from nba_mcp_synthesis.schema.tables import tables
from nba_mcp_synthesis.sources.door import find_files
from nba_mcp_synthesis.warehouse import loading, migrations
from nba_mcp_synthesis.warehouse.building import next_state
from nba_mcp_synthesis.warehouse.cautions import Cautions
from nba_mcp_synthesis.warehouse.duckdb_engine import DuckDBWarehouse
from sources.play_by_play.small_games import OKC, SMALL, WAS

DERIVED = [table.name for table in tables().values() if table.derived_from]
TEAMS = "SELECT team_id, fgm, fga, pts, ast, blk, opp_pts, opp_fga, reb FROM team_period_stats ORDER BY 1"
BEFORE = ((OKC, 1, 1, 2, 1, 1, 0, 1, 0), (WAS, 0, 1, 0, 0, 0, 2, 1, 0))


@pytest.fixture
def loaded(tmp_path: Path) -> Path:
    """A warehouse with the events of one small game, in game.json beside it."""
    (tmp_path / "game.json").write_text(json.dumps(SMALL["v2"]()), encoding="utf-8")
    return load(tmp_path)


def load(folder: Path) -> Path:
    """Loads game.json, as it is now."""
    path = folder / "w.duckdb"
    report = loading.load_files(path, find_files([folder / "game.json"]))
    assert [file.status for file in report.files] == ["loaded"]
    return path


def test_a_load_adds_its_events_up(loaded: Path) -> None:
    """Both sides of the game have a row, without the team's rebound."""
    assert DuckDBWarehouse(loaded).query(TEAMS).rows == BEFORE


def test_a_corrected_file_is_added_up_anew(loaded: Path, tmp_path: Path) -> None:
    """The basket that became a three counts three, and nothing of before is left."""
    corrected = json.dumps(SMALL["v2"]()).replace("Adams Layup", "Adams 25' 3PT Layup")
    (tmp_path / "game.json").write_text(corrected.replace("0 - 2", "0 - 3"), encoding="utf-8")
    load(tmp_path)
    (okc, was) = DuckDBWarehouse(loaded).query(TEAMS).rows
    assert (okc, was) == ((OKC, 1, 1, 3, 1, 1, 0, 1, 0), (WAS, 0, 1, 0, 0, 0, 3, 1, 0))


def test_what_is_clutch_is_unknown_without_the_game(loaded: Path) -> None:
    """Only the row of games says who is the host, and so whose points the score has."""
    rows = (
        DuckDBWarehouse(loaded).query("SELECT DISTINCT clutch FROM player_period_stats WHERE period < 4").rows
    )
    assert rows == ((False,),)


def test_an_older_warehouse_gains_them(loaded: Path) -> None:
    """A warehouse of layout 2 has no derived tables; migrating makes and fills them."""
    with duckdb.connect(str(loaded)) as connection:
        for name in DERIVED:
            connection.execute(f"DROP TABLE {name}")
        migrations.set_info(connection, "layout_version", "2")
    loading.migrate(loaded)
    assert DuckDBWarehouse(loaded).query(TEAMS).rows == BEFORE


@pytest.mark.parametrize("name", DERIVED)
def test_what_lacks_in_the_events_is_told_of_them(name: str, tmp_path: Path) -> None:
    """A query over a derived table is warned that the events of most games are missing."""
    path = small_league.build(tmp_path / "w.duckdb")
    with next_state(path) as connection:
        connection.execute(
            "INSERT INTO play_by_play (game_id, event_num, season, season_type) "
            "VALUES ('0022500001', 1, '2025-26', 'Regular Season')"
        )
    (said,) = Cautions(DuckDBWarehouse(path)).lacking(f"SELECT sum(pts) FROM {name}")
    assert said.startswith("play_by_play of the 2025-26 Regular Season is not complete: 1 of ")
