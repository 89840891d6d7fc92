"""The NBA's own numbers of events, also in warehouses that are older than them."""

import json
from pathlib import Path

import duckdb
import pytest

from nba_mcp_synthesis.schema.tables import tables
from nba_mcp_synthesis.sources.demo import events as demo
from nba_mcp_synthesis.sources.door import find_files
from nba_mcp_synthesis.sources.play_by_play.events import COLUMNS
from nba_mcp_synthesis.warehouse import loading, migrations
from nba_mcp_synthesis.warehouse.duckdb_engine import DuckDBWarehouse
from sources.play_by_play.small_games import SMALL
from sources.readings import Load, rows_of

NUMBERS = "SELECT nba_event_num FROM play_by_play ORDER BY event_num"


@pytest.mark.parametrize(
    ("feed", "numbers"),
    [("v2", [0, 4, 5, 6]), ("data", [0, 4, 5, 6]), ("live", [2, 4, 5, 7, 8]), ("v3", [1, 4, 5, 7, 8, 9])],
)
def test_every_feed_numbers_its_events(load: Load, feed: str, numbers: list[int]) -> None:
    """Of two rows that are one event, the one with a type counts, and who goes out."""
    found = rows_of(load("game.json", json.dumps(SMALL[feed]()), None), "play_by_play")
    assert [event["nba_event_num"] for event in found] == numbers


def test_an_older_warehouse_keeps_its_events_and_gains_numbers(tmp_path: Path) -> None:
    """Migrating adds an empty column and loses no row; loading the same file again then fills it."""
    source, path = tmp_path / "game.json", tmp_path / "w.duckdb"
    source.write_text(json.dumps(SMALL["v2"]()), encoding="utf-8")
    loading.load_files(path, find_files([source]))
    _make_older(path)
    loading.migrate(path)
    assert DuckDBWarehouse(path).query(NUMBERS).rows == ((None,),) * 4
    report = loading.load_files(path, find_files([source]))
    assert [file.status for file in report.files] == ["loaded"]
    assert DuckDBWarehouse(path).query(NUMBERS).rows == ((0,), (4,), (5,), (6,))
    assert loading.load_files(path, find_files([source])).files[0].status == "unchanged"


def _make_older(path: Path) -> None:
    with duckdb.connect(str(path)) as connection:
        for schema in ("main", "staged"):
            connection.execute(f"ALTER TABLE {schema}.play_by_play DROP COLUMN nba_event_num")
        migrations.set_info(connection, "layout_version", "1")


def test_events_have_the_columns_of_the_table() -> None:
    """Those of the feeds all of them; those of the demo league all but the NBA's number and the words."""
    keys = {"season", "season_type", "game_id", "event_num"}
    whole = set(tables()["play_by_play"].column_names()) - keys
    assert set(COLUMNS) == whole
    assert set(demo.Event._fields) == whole - {"nba_event_num", "description"}
