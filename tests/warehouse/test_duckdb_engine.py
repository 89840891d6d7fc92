"""Reading a warehouse: bounded, walled off, and never a stale or half-written state."""

import shutil
import threading
from pathlib import Path
from time import perf_counter

import duckdb
import pytest

import small_league
from nba_mcp_synthesis.errors import Busy, LimitExceeded, NoWarehouse, QueryFailed, WarehouseOutdated
from nba_mcp_synthesis.warehouse import migrations
from nba_mcp_synthesis.warehouse.duckdb_engine import DuckDBWarehouse
from nba_mcp_synthesis.warehouse.limits import Limits

ENDLESS = "SELECT count(*) FROM range(100000000) a, range(100000) b"


def test_a_query_returns_rows_with_what_they_speak_about(small_warehouse: DuckDBWarehouse) -> None:
    """A result carries its rows, the date of the newest game, the snapshot and whether it is simulated."""
    result = small_warehouse.query("SELECT full_name FROM players ORDER BY 1 LIMIT 2")
    assert result.columns == ("full_name",)
    assert result.rows == (("Ada Test",), ("Ben Test",))
    assert result.data_as_of == "2025-11-03"
    assert result.simulated
    assert len(result.snapshot) == 12
    assert not result.truncated


def test_rows_are_cut_with_a_notice_that_tells_how_to_get_the_rest(small_warehouse: DuckDBWarehouse) -> None:
    """The row limit cuts, and says so."""
    result = small_warehouse.query("FROM range(10)", Limits(rows=3))
    assert [row[0] for row in result.rows] == [0, 1, 2]
    assert result.truncated
    assert "first 3 rows" in result.notes[0]
    assert "next page" in result.notes[0]


def test_a_result_of_exactly_the_limit_is_not_called_cut(small_warehouse: DuckDBWarehouse) -> None:
    """Nothing is missing, so nothing is said to be."""
    assert not small_warehouse.query("FROM range(3)", Limits(rows=3)).truncated


def test_bytes_are_cut_with_a_notice(small_warehouse: DuckDBWarehouse) -> None:
    """The byte limit cuts before the row limit where values are large."""
    result = small_warehouse.query("SELECT repeat('x', 1000) FROM range(100)", Limits(bytes=5_500))
    assert len(result.rows) == 5
    assert result.truncated
    assert "5,500 bytes" in result.notes[0]


def test_a_query_is_stopped_at_its_deadline_and_the_next_one_runs(small_warehouse: DuckDBWarehouse) -> None:
    """An endless query ends as an error that names the limit; the warehouse goes on working."""
    with pytest.raises(LimitExceeded, match=r"deadline of 0\.3 s"):
        small_warehouse.query(ENDLESS, Limits(seconds=0.3))
    assert small_warehouse.query("SELECT 1").rows == ((1,),)


def test_a_finished_query_leaves_no_thread_behind(small_warehouse: DuckDBWarehouse) -> None:
    """A thread that drops the last reference to a cursor while Python exits would abort the process."""
    before = threading.enumerate()
    for _ in range(50):
        small_warehouse.query("SELECT 1")
        assert threading.enumerate() == before


def test_a_query_that_outgrows_its_memory_is_stopped(tmp_path: Path) -> None:
    """The engine's memory limit ends as an error of ours, and nothing spills to disk."""
    warehouse = DuckDBWarehouse(small_league.build(tmp_path / "w.duckdb"), memory_mb=64)
    with pytest.raises(LimitExceeded, match="memory"):
        warehouse.query("SELECT list(range) FROM range(100000000)")
    assert warehouse.query("SELECT 1").rows == ((1,),)


def test_no_more_queries_run_at_once_than_places(tmp_path: Path) -> None:
    """With one place taken, the next caller is told to come back."""
    path = small_league.build(tmp_path / "w.duckdb")
    warehouse = DuckDBWarehouse(path, Limits(seconds=5), concurrency=1)
    stopped = threading.Event()

    def hold() -> None:
        with pytest.raises(LimitExceeded):
            warehouse.query(ENDLESS, Limits(seconds=2))
        stopped.set()

    holder = threading.Thread(target=hold)
    holder.start()
    while warehouse._places._free._value:
        assert holder.is_alive()
    with pytest.raises(Busy, match="All 1 places"):
        warehouse.query("SELECT 1", Limits(seconds=0.1))
    holder.join()
    assert stopped.is_set()


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO players (player_id) VALUES (9)",
        "CREATE TABLE nba.t (a INT)",
        "DROP TABLE players",
        "FROM read_csv('/etc/passwd')",
        "FROM read_text('/etc/hostname')",
        "COPY players TO '/tmp/out.csv'",
        "ATTACH '/tmp/other.duckdb'",
        "SET memory_limit = '100GB'",
        "SET enable_external_access = true",
        "INSTALL httpfs",
        "LOAD httpfs",
    ],
)
def test_the_connection_itself_cannot_write_reach_out_or_change_settings(
    small_warehouse: DuckDBWarehouse, sql: str
) -> None:
    """What passes no gate is refused by the locked engine too."""
    before = small_warehouse.path.read_bytes()
    with pytest.raises(QueryFailed):
        small_warehouse.query(sql)
    assert small_warehouse.path.read_bytes() == before


def test_a_failing_query_tells_the_engines_reason(small_warehouse: DuckDBWarehouse) -> None:
    """The author of the SQL learns what was wrong with it."""
    with pytest.raises(QueryFailed, match=r"nosuch.* not found"):
        small_warehouse.query("SELECT nosuch FROM players")


def test_a_replaced_file_is_noticed_without_a_restart(tmp_path: Path) -> None:
    """The next query after a swap reads the new state."""
    path = small_league.build(tmp_path / "w.duckdb")
    warehouse = DuckDBWarehouse(path)
    assert warehouse.query("SELECT count(*) FROM games").rows == ((3,),)
    other = tmp_path / "other.duckdb"
    shutil.copy(path, other)
    with duckdb.connect(str(other)) as connection:
        connection.execute("DELETE FROM games WHERE game_id = '0022500003'")
    other.replace(path)
    result = warehouse.query("SELECT count(*) FROM games")
    assert result.rows == ((2,),)
    assert result.data_as_of == "2025-11-02"


def test_without_a_file_the_error_says_how_to_get_one(tmp_path: Path) -> None:
    """A newcomer is told the two commands."""
    with pytest.raises(NoWarehouse, match=r"nba-mcp data demo.*nba-mcp data load"):
        DuckDBWarehouse(tmp_path / "none.duckdb").query("SELECT 1")


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    """Garbage at the place of the warehouse is an error of ours, not a traceback."""
    path = tmp_path / "w.duckdb"
    path.write_text("no database" * 1000)
    with pytest.raises(NoWarehouse, match="cannot be opened as a warehouse"):
        DuckDBWarehouse(path).query("SELECT 1")


def test_a_foreign_database_is_not_taken_for_a_warehouse(tmp_path: Path) -> None:
    """A DuckDB file without our records is refused."""
    path = tmp_path / "w.duckdb"
    duckdb.connect(str(path)).close()
    with pytest.raises(WarehouseOutdated, match="not a warehouse of this program"):
        DuckDBWarehouse(path).query("SELECT 1")


def test_a_warehouse_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    """An older program says that it is too old."""
    path = small_league.build(tmp_path / "w.duckdb")
    with duckdb.connect(str(path)) as connection:
        migrations.set_info(connection, "layout_version", "99")
    with pytest.raises(WarehouseOutdated, match="newer version"):
        DuckDBWarehouse(path).query("SELECT 1")


def test_times_with_a_time_zone_can_be_read(small_warehouse: DuckDBWarehouse) -> None:
    """`now()` and its like give a time, not the engine's wish for another package."""
    ((now,),) = small_warehouse.query("SELECT now()").rows
    assert now.tzinfo is not None


def test_one_row_beyond_the_byte_limit_is_an_error(small_warehouse: DuckDBWarehouse) -> None:
    """There is nothing smaller to cut to."""
    with pytest.raises(LimitExceeded, match="One row alone"):
        small_warehouse.query("SELECT repeat('x', 10000)", Limits(bytes=5_000))


def test_callers_beyond_those_that_may_wait_are_turned_away_at_once(tmp_path: Path) -> None:
    """They do not hold a thread each for the whole deadline."""
    warehouse = DuckDBWarehouse(small_league.build(tmp_path / "w.duckdb"), Limits(seconds=2), concurrency=1)
    outcomes: list[type[Exception]] = []

    def ask() -> None:
        try:
            warehouse.query(ENDLESS)
        except (Busy, LimitExceeded) as error:
            outcomes.append(type(error))

    callers = [threading.Thread(target=ask) for _ in range(9)]
    for caller in callers:
        caller.start()
    while len(outcomes) < 4:
        assert any(caller.is_alive() for caller in callers)
    assert outcomes == [Busy] * 4
    for caller in callers:
        caller.join()


def test_queries_run_side_by_side(tmp_path: Path) -> None:
    """A short query does not wait behind a long one."""
    path = small_league.build(tmp_path / "w.duckdb")
    warehouse = DuckDBWarehouse(path, Limits(seconds=3), concurrency=2)
    ended: list[float] = []

    def long() -> None:
        with pytest.raises(LimitExceeded):
            warehouse.query(ENDLESS)
        ended.append(perf_counter())

    thread = threading.Thread(target=long)
    thread.start()
    warehouse.query("SELECT 1")
    assert not ended
    thread.join()
    assert ended
