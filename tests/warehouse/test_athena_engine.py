"""What is Athena's own: state by the catalogue, bytes and their price, faults of the service, stopping."""

import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

import small_league
from nba_mcp_synthesis.engine_addresses import AthenaAddress
from nba_mcp_synthesis.errors import (
    Busy,
    LimitExceeded,
    NoWarehouse,
    QueryFailed,
    QueryRefused,
    Unavailable,
    WarehouseDown,
    WarehouseOutdated,
)
from nba_mcp_synthesis.lake.registration import changing
from nba_mcp_synthesis.server.routes.health import warehouse_health
from nba_mcp_synthesis.shapes import result_json
from nba_mcp_synthesis.warehouse.athena_engine import AthenaWarehouse, Budget
from nba_mcp_synthesis.warehouse.building import next_state
from nba_mcp_synthesis.warehouse.limits import Limits
from nba_mcp_synthesis.warehouse.opening import queries_of
from nba_mcp_synthesis.warehouse.probing import Probe
from servers.athena import DATABASE, AthenaGround
from servers.leagues import PATIENT, register
from warehouse.conformance.dialects import endless

pytestmark = pytest.mark.system  # an AWS server of its own, and files fetched from it by HTTP
_COUNT = "SELECT count(*), sum(pts) FROM team_game_stats"


@pytest.fixture
def ground(small_ground: AthenaGround) -> Iterator[AthenaGround]:
    """The peer, as sound as it was before."""
    with small_ground.environment():
        yield small_ground
    small_ground.peer.faults.clear()
    small_ground.peer.cutoff = 10_000_000_000
    small_ground.peer.before_end = lambda: None


@pytest.fixture
def warehouse(ground: AthenaGround) -> Iterator[AthenaWarehouse]:
    """The small league, read by Athena."""
    with closing(ground.warehouse(limits=PATIENT)) as found:
        yield found


def test_a_result_says_what_it_read_and_what_that_cost(
    warehouse: AthenaWarehouse, ground: AthenaGround
) -> None:
    """The bytes of the files that hold the table, at the price of the settings; ten MB are the least."""
    result = warehouse.query(_COUNT)
    place = ground.aws.client("glue").get_partitions(DatabaseName=DATABASE, TableName="team_game_stats")
    key = place["Partitions"][0]["StorageDescriptor"]["Location"].removeprefix("s3://").partition("/")
    (stored,) = ground.aws.client("s3").list_objects_v2(Bucket=key[0], Prefix=key[2])["Contents"]
    assert result.scan is not None
    assert result.scan.bytes == stored["Size"] > 0
    assert result.scan.cost_usd == pytest.approx(10e6 / 1e12 * 5)
    told = result_json(result)
    assert (told["scanned_bytes"], told["cost_usd"]) == (stored["Size"], 0.00005)
    assert result_json(warehouse.query("SELECT 1"))["cost_usd"] == 0


def test_a_page_says_it_too(warehouse: AthenaWarehouse) -> None:
    """In a sentence, since a page is read by people and models."""
    page = queries_of(warehouse).run("SELECT count(*) FROM games", 10)
    assert any("MB of the lake, about $0.000050" in note for note in page.head.notes)


def test_the_price_is_that_of_the_settings() -> None:
    """A TB at its price; what reads nothing costs nothing."""
    assert Budget(0, 7.5).scan(2 * 10**12).cost_usd == 15.0
    assert Budget(0, 7.5).scan(0).cost_usd == 0.0


@pytest.mark.parametrize("cutoff", [None, 20_000_000_000])
def test_a_workgroup_without_a_limit_is_refused(ground: AthenaGround, cutoff: int | None) -> None:
    """Before any query runs: what is refused afterwards has been paid for."""
    ground.peer.cutoff = cutoff
    ground.peer.calls.clear()
    with closing(ground.warehouse(Budget(10_000))) as warehouse:
        with pytest.raises(Unavailable, match="one query reads") as refused:
            warehouse.query(_COUNT)
        assert "BytesScannedCutoffPerQuery" in refused.value.hint
        assert "StartQueryExecution" not in ground.peer.calls
    with closing(ground.warehouse(Budget(0), limits=PATIENT)) as unbounded:
        assert unbounded.query(_COUNT).rows == ((6, 645),)


def test_what_the_workgroup_stops_is_told(warehouse: AthenaWarehouse, ground: AthenaGround) -> None:
    """As a limit, and not as a fault of the query."""
    ground.peer.cutoff = 10
    with pytest.raises(LimitExceeded, match="more bytes than one query may"):
        warehouse.query(_COUNT)


def test_what_read_too_much_gives_no_rows(ground: AthenaGround) -> None:
    """The workgroup measures a little late, so the bytes are looked at again."""
    ground.peer.cutoff = 0
    with closing(ground.warehouse(Budget(1), limits=PATIENT)) as warehouse:
        warehouse.query("SELECT 1")
        ground.peer.cutoff = None
        ground.peer.engine.extra_bytes = 5_000_000
        try:
            with pytest.raises(LimitExceeded, match="read 5 MB; one may read 1 MB"):
                warehouse.query(_COUNT)
        finally:
            ground.peer.engine.extra_bytes = 0


def test_a_deadline_stops_the_query_where_it_runs(warehouse: AthenaWarehouse, ground: AthenaGround) -> None:
    """Nobody pays for what nobody waits for."""
    ground.peer.executions.clear()
    with pytest.raises(LimitExceeded, match="deadline"):
        warehouse.query(endless(warehouse), Limits(seconds=0.5))
    assert "StopQueryExecution" in ground.peer.calls
    (execution,) = ground.peer.executions.values()
    assert execution.ended.is_set()


def test_a_stop_that_fails_is_told(warehouse: AthenaWarehouse, ground: AthenaGround) -> None:
    """With the query that runs on, so that somebody can stop it by hand."""
    ground.peer.executions.clear()
    ground.peer.fail("StopQueryExecution", "denied", times=5)
    with pytest.raises(WarehouseDown) as failed:
        warehouse.query(endless(warehouse), Limits(seconds=0.5))
    ((query_id, execution),) = ground.peer.executions.items()
    execution.ended.set()
    assert query_id in str(failed.value)


def test_who_cancels_a_query_is_not_called_a_deadline(
    warehouse: AthenaWarehouse, ground: AthenaGround
) -> None:
    """Somebody in the console."""
    ground.peer.engine.on_start = lambda ended: ended.set()
    try:
        with pytest.raises(QueryFailed, match="cancelled in Athena"):
            warehouse.query(endless(warehouse))
    finally:
        ground.peer.engine.on_start = lambda _: None


@pytest.mark.parametrize("operation", ["StartQueryExecution", "GetQueryExecution", "GetQueryResults"])
def test_throttled_calls_are_tried_again(
    warehouse: AthenaWarehouse, ground: AthenaGround, operation: str
) -> None:
    """With growing pauses."""
    ground.peer.fail(operation, "throttled", times=2)
    assert warehouse.query(_COUNT).rows == ((6, 645),)


def test_retries_end(warehouse: AthenaWarehouse, ground: AthenaGround) -> None:
    """And the caller hears that it may work later."""
    warehouse.query("SELECT 1")
    ground.peer.fail("StartQueryExecution", "throttled", times=100)
    with pytest.raises(Busy, match="too many requests"):
        warehouse.query(_COUNT)


@pytest.mark.parametrize(
    "operation", ["GetWorkGroup", "StartQueryExecution", "GetQueryExecution", "GetQueryResults"]
)
def test_a_call_that_is_denied_says_which_rights_it_needs(ground: AthenaGround, operation: str) -> None:
    """Without the identity that was denied."""
    ground.peer.fail(operation, "denied", times=10)
    with closing(ground.warehouse(limits=PATIENT)) as warehouse, pytest.raises(WarehouseDown) as failed:
        warehouse.query(_COUNT)
    assert "athena:StartQueryExecution" in failed.value.hint
    assert "arn:aws" not in str(failed.value)


def test_a_database_that_is_not_there_is_told(ground: AthenaGround) -> None:
    """And one without a state, and one of another version."""
    glue = ground.aws.client("glue")
    with pytest.raises(NoWarehouse, match="no database nosuch"):
        AthenaWarehouse(AthenaAddress("nosuch", "tests", None), "nosuch").state()
    glue.create_database(DatabaseInput={"Name": "bare"})
    with pytest.raises(NoWarehouse, match="no published state"):
        AthenaWarehouse(AthenaAddress("bare", "tests", None), "bare").state()
    told = glue.get_database(Name=DATABASE)["Database"]["Parameters"]
    older = {**told, "nba_mcp_layout_version": "1"}
    glue.update_database(Name="bare", DatabaseInput={"Name": "bare", "Parameters": older})
    with pytest.raises(WarehouseOutdated, match="layout 1"):
        AthenaWarehouse(AthenaAddress("bare", "tests", None), "bare").state()


def test_health_looks_at_the_service(ground: AthenaGround) -> None:
    """Not at Glue alone: who may not ask Athena is told before the first question."""
    with closing(ground.warehouse()) as warehouse:
        warehouse._probe = Probe("Athena", warehouse.ask, every=0.0, again=0.0, first=30.0)
        ground.peer.fail("GetWorkGroup", "denied", times=10)
        assert warehouse_health(warehouse)["code"] == "warehouse_down"
        ground.peer.faults.clear()
        while warehouse_health(warehouse)["status"] != "ok":
            time.sleep(0.1)


def test_a_state_that_the_lake_has_removed_is_not_read(ground: AthenaGround) -> None:
    """Its files may be gone, and their partitions read as empty."""
    glue = ground.aws.client("glue")
    told = glue.get_database(Name=DATABASE)["Database"]["Parameters"]
    older = {**told, "nba_mcp_manifest": "manifests/gone.json"}
    glue.update_database(Name=DATABASE, DatabaseInput={"Name": DATABASE, "Parameters": older})
    try:
        with closing(ground.warehouse()) as warehouse, pytest.raises(WarehouseOutdated, match="no longer"):
            warehouse.query(_COUNT)
    finally:
        glue.update_database(Name=DATABASE, DatabaseInput={"Name": DATABASE, "Parameters": told})


def test_while_a_publication_changes_the_tables_nothing_is_read(ground: AthenaGround) -> None:
    """A mixture of two states is no answer."""
    glue = ground.aws.client("glue")
    told = glue.get_database(Name=DATABASE)["Database"]["Parameters"]
    glue.update_database(
        Name=DATABASE, DatabaseInput={"Name": DATABASE, "Parameters": changing(told, "other")}
    )
    try:
        with closing(ground.warehouse()) as warehouse, pytest.raises(Busy, match="being changed"):
            warehouse.query(_COUNT)
    finally:
        glue.update_database(Name=DATABASE, DatabaseInput={"Name": DATABASE, "Parameters": told})


def test_a_publication_during_a_query_is_noticed(ground: AthenaGround, tmp_path: Path) -> None:
    """The rows may be of both states: they are thrown away. The next query reads the new one."""
    path = small_league.build(tmp_path / "small.duckdb")

    def publish_more() -> None:
        ground.peer.before_end = lambda: None
        with next_state(path) as connection:
            connection.execute("UPDATE team_game_stats SET pts = pts + 1")
            connection.execute("UPDATE internal.info SET value = 'other' WHERE name = 'snapshot'")
        register(ground, path)

    with closing(ground.warehouse(limits=PATIENT)) as warehouse:
        before = warehouse.query(_COUNT)
        ground.peer.before_end = publish_more
        with pytest.raises(Busy, match="while the query ran"):
            warehouse.query(_COUNT)
        after = warehouse.query(_COUNT)
    register(ground, small_league.build(tmp_path / "again.duckdb"))
    assert (before.rows, after.rows) == (((6, 645),), ((6, 651),))
    assert (before.snapshot == after.snapshot, after.snapshot) == (False, "other")


def test_free_sql_goes_through_the_gate(warehouse: AthenaWarehouse, ground: AthenaGround) -> None:
    """What is refused never reaches the service."""
    warehouse.query("SELECT 1")
    ground.peer.calls.clear()
    queries = queries_of(warehouse)
    for sql in ('SELECT "$path" FROM games', 'SELECT * FROM "games$partitions"', "SELECT * FROM other.games"):
        with pytest.raises(QueryRefused):
            queries.run(sql, 10)
    assert ground.peer.calls == []
