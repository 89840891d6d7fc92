"""What a load counts for whoever asks first is what counting gives, for the very state that is read."""

import shutil
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

import small_league
from nba_mcp_synthesis.lake.folder import FolderStore
from nba_mcp_synthesis.lake.manifest import current
from nba_mcp_synthesis.lake.publishing import publish
from nba_mcp_synthesis.warehouse import kept, lake_parts
from nba_mcp_synthesis.warehouse.building import next_state
from nba_mcp_synthesis.warehouse.cautions import mixed_query
from nba_mcp_synthesis.warehouse.duckdb_engine import DuckDBWarehouse
from nba_mcp_synthesis.warehouse.restoring import restore
from nba_mcp_synthesis.warehouse.status import coverage, coverage_query


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file with the small league."""
    return small_league.build(tmp_path / "small.duckdb")


def queries(warehouse: DuckDBWarehouse) -> tuple[str, ...]:
    """What is kept of a state."""
    return coverage_query(lambda sql: warehouse.read(sql).rows), mixed_query()


def change(path: Path, statement: str) -> DuckDBWarehouse:
    """The same file with something written to it that no load would write."""
    other = path.with_name("other.duckdb")
    shutil.copyfile(path, other)
    with duckdb.connect(str(other)) as connection:
        connection.execute(statement)
    return DuckDBWarehouse(other)


def test_what_is_kept_is_what_counting_gives(path: Path) -> None:
    """Columns, rows and the query that is shown; and it is read, not counted."""
    warehouse = DuckDBWarehouse(path)
    for sql in queries(warehouse):
        found, counted = warehouse.counted(sql), warehouse.read(sql)
        assert (found.columns, found.rows, found.sql) == (counted.columns, counted.rows, counted.sql)
        assert found.data_as_of == counted.data_as_of
    marked = change(path, "UPDATE internal.kept SET result = '[[\"n\"], [[7]]]'")
    assert [marked.counted(sql).rows for sql in queries(marked)] == [((7,),), ((7,),)]


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TABLE internal.kept",  # a file of an older version
        """UPDATE internal.info SET value = 'another' WHERE name = 'snapshot';
        UPDATE internal.kept SET result = '[["n"], [[7]]]'""",
    ],
)
def test_what_is_kept_of_no_state_or_another_is_counted(path: Path, statement: str) -> None:
    """As it was before anything was kept."""
    warehouse, other = DuckDBWarehouse(path), change(path, statement)
    for sql in queries(other):
        assert other.counted(sql).rows == warehouse.read(sql).rows


def test_each_load_counts_anew(path: Path) -> None:
    """A row more in the next state is in what is kept of it, and nothing of the state before stays."""
    before = coverage(DuckDBWarehouse(path))
    with next_state(path) as connection:
        connection.execute("DELETE FROM games WHERE game_id = (SELECT min(game_id) FROM games)")
    after = DuckDBWarehouse(path)
    assert coverage(after) != before
    for sql in queries(after):
        assert after.counted(sql).rows == after.read(sql).rows
    with duckdb.connect(str(path), read_only=True) as connection:
        assert connection.execute("SELECT count(*) FROM internal.kept").fetchone() == (2,)


def test_a_state_whose_counting_fails_is_there_all_the_same(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A load is not lost for what only saves time; nothing of the state before stays."""
    monkeypatch.setattr(kept, "mixed_query", lambda: "SELECT error('memory is short')")
    with next_state(path) as connection:
        connection.execute("DELETE FROM games WHERE game_id = (SELECT min(game_id) FROM games)")
    after = DuckDBWarehouse(path)
    with duckdb.connect(str(path), read_only=True) as connection:
        assert connection.execute("SELECT count(*) FROM internal.kept").fetchone() == (0,)
    for sql in queries(after):
        assert after.counted(sql).rows == after.read(sql).rows


def test_a_state_from_the_lake_is_counted(path: Path, tmp_path: Path) -> None:
    """Whatever way it came."""
    store = FolderStore(tmp_path / "lake")
    with closing(lake_parts.open_file(path)) as connection:
        publish(store, lake_parts.about(connection), lake_parts.parts_of(connection))
    restored = tmp_path / "restored.duckdb"
    restore(store, current(store), restored)
    with duckdb.connect(str(restored), read_only=True) as connection:
        assert len(kept.of_file(connection)) == 2
        assert connection.execute("SELECT count(*) FROM internal.kept").fetchone() == (2,)
    again = DuckDBWarehouse(restored)
    for sql in queries(again):
        assert again.counted(sql).rows == DuckDBWarehouse(path).read(sql).rows
