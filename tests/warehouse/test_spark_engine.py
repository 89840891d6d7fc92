"""What is Spark's own: states side by side, sessions that end, what cannot be read, and what a plan tells."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

import small_league
from lake.conftest import published
from nba_mcp_synthesis.engine_addresses import SparkAddress
from nba_mcp_synthesis.errors import NoWarehouse, QueryFailed, WarehouseDown
from nba_mcp_synthesis.lake.opening import open_store
from nba_mcp_synthesis.warehouse.building import next_state
from nba_mcp_synthesis.warehouse.limits import Limits
from nba_mcp_synthesis.warehouse.spark_engine import SparkWarehouse
from running import free_port
from servers.leagues import PATIENT

pytestmark = pytest.mark.system
_COUNT = "SELECT count(*), sum(pts) FROM team_game_stats"


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    """A folder with the small league, beside the file that it was published from."""
    published(open_store(str(tmp_path / "lake")), small_league.build(tmp_path / "small.duckdb"))
    return tmp_path


@pytest.fixture
def warehouse(spark_server: SparkAddress, lake: Path) -> Iterator[SparkWarehouse]:
    """It, read by Spark."""
    with closing(SparkWarehouse(spark_server, str(lake / "lake"), PATIENT)) as found:
        yield found


def test_a_query_reads_one_state_and_the_next_one_the_newest(warehouse: SparkWarehouse, lake: Path) -> None:
    """A publication while rows are fetched changes nothing for them."""
    sql = "SELECT s.pts, p.full_name FROM team_game_stats AS s CROSS JOIN players AS p"
    with warehouse.opened(sql, PATIENT, 0) as (rows, before, _):
        with next_state(lake / "small.duckdb") as connection:
            connection.execute("UPDATE team_game_stats SET pts = pts + 1000")
            connection.execute("UPDATE players SET full_name = 'other'")
            connection.execute("UPDATE internal.info SET value = 'other' WHERE name = 'snapshot'")
        published(open_store(str(lake / "lake")), lake / "small.duckdb")
        found = rows.fetchmany(1_000)
    assert sum(row[0] for row in found) == 645 * 4
    assert {row[1] for row in found} == {"Ada Test", "Ben Test", "Cid Sample", "Dag Sample"}
    after = _newest(warehouse, before.snapshot)
    assert (before.snapshot == after[0], after) == (False, ("other", ((6, 6645),)))


def _newest(warehouse: SparkWarehouse, before: str) -> tuple[str, object]:
    while (result := warehouse.query(_COUNT)).snapshot == before:
        pass  # a state that was seen is believed for a second
    return result.snapshot, result.rows


def test_a_session_that_ended_is_opened_anew(warehouse: SparkWarehouse) -> None:
    """The first caller is told to try again, and the second is served."""
    assert warehouse.query(_COUNT).rows == ((6, 645),)
    session = warehouse._session
    assert session is not None
    session.spark.client.release_session()
    with pytest.raises(WarehouseDown, match="ended the session"):
        warehouse.query(_COUNT)
    assert warehouse.query(_COUNT).rows == ((6, 645),)


def test_a_server_that_is_not_there_is_told(lake: Path) -> None:
    """By its address, soon, and without an exception of the library."""
    address = SparkAddress("127.0.0.1", free_port(), "", "", tls=False)
    with closing(SparkWarehouse(address, str(lake / "lake"))) as warehouse:
        assert warehouse.state().snapshot
        with pytest.raises(WarehouseDown, match=rf"127\.0\.0\.1:{address.port} does not answer"):
            warehouse.query(_COUNT)


def test_a_lake_that_is_empty_or_that_spark_cannot_read_is_told(
    warehouse: SparkWarehouse, spark_server: SparkAddress, tmp_path: Path
) -> None:
    """With what it needs."""
    nothing = str(tmp_path / "nothing")
    with closing(SparkWarehouse(spark_server, nothing)) as empty, pytest.raises(NoWarehouse, match="no lake"):
        empty.query(_COUNT)
    for file in (tmp_path / "lake" / "tables" / "team_game_stats").rglob("*.parquet"):
        file.unlink()
    with pytest.raises(WarehouseDown, match="cannot read the files of the lake"):
        warehouse.query(_COUNT)


def test_a_plan_does_not_tell_where_files_lie(warehouse: SparkWarehouse, lake: Path) -> None:
    """Neither the folder nor the names of files."""
    with warehouse.opened("EXPLAIN SELECT sum(pts) FROM team_game_stats", PATIENT, 0) as (rows, _, _):
        told = str(rows.fetchmany(10))
    assert "Aggregate" in told
    assert str(lake) not in told
    assert "file:/" not in told


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM parquet.`/etc`",
        "SELECT 1 / 0",
        "SELECT 2147483647 + CAST(1 AS INT)",
        "SELECT element_at(array(1), 5)",
    ],
)
def test_behind_the_gate_the_session_is_strict_too(warehouse: SparkWarehouse, sql: str) -> None:
    """No file by its name, and no number that is wrong without an error."""
    with pytest.raises(QueryFailed):
        warehouse.query(sql)


def test_nothing_but_a_query_is_sent(warehouse: SparkWarehouse) -> None:
    """Whoever writes it."""
    for sql in ("DROP VIEW games", "SET spark.sql.ansi.enabled = false", "CREATE TABLE x AS SELECT 1"):
        with pytest.raises(QueryFailed, match="no SELECT"):
            warehouse.query(sql, Limits())


def test_a_text_for_variables_stays_a_text(warehouse: SparkWarehouse) -> None:
    """Spark would put its server's environment there."""
    assert warehouse.query("SELECT '${env:PATH}'").rows == (("${env:PATH}",),)
