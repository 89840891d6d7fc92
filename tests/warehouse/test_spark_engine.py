"""What is Spark's own: states side by side, sessions that end, what cannot be read, and what a plan tells."""

import contextlib
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

import small_league
from lake.conftest import published
from nba_mcp_synthesis.engine_addresses import SparkAddress
from nba_mcp_synthesis.errors import Busy, LimitExceeded, NbaMcpError, NoWarehouse, QueryFailed, WarehouseDown
from nba_mcp_synthesis.lake.opening import open_store
from nba_mcp_synthesis.server.routes.health import warehouse_health
from nba_mcp_synthesis.warehouse import spark_engine
from nba_mcp_synthesis.warehouse.building import next_state
from nba_mcp_synthesis.warehouse.guard.lists import load
from nba_mcp_synthesis.warehouse.guard.trees.gate import TreeGate
from nba_mcp_synthesis.warehouse.limits import Limits
from nba_mcp_synthesis.warehouse.probing import Probe
from nba_mcp_synthesis.warehouse.spark.session import Session
from nba_mcp_synthesis.warehouse.spark_engine import SparkWarehouse
from running import free_port
from servers.leagues import PATIENT
from servers.spark import stopped
from warehouse.guard.trees.calls import calls, statement

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


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT Forbidden FROM games",
        "SELECT UNAVAILABLE, PERMISSION_DENIED FROM games",
        "SELECT nosuch('UNAUTHENTICATED') FROM games",
        "SELECT OutOfMemory FROM games",
        "SELECT CAST('UNAVAILABLE OutOfMemory Forbidden' AS INT)",
        "SELECT raise_error('[INVALID_HANDLE.SESSION_CLOSED] UNAVAILABLE')",
    ],
)
def test_words_of_a_caller_say_nothing_of_the_server(warehouse: SparkWarehouse, sql: str) -> None:
    """An error quotes them, and the session is everybody's."""
    warehouse.query("SELECT 1")
    session = warehouse._session
    with pytest.raises(QueryFailed):
        warehouse.query(sql)
    assert warehouse._session is session


def test_a_query_that_is_stopped_while_it_is_planned_leaves_nothing_running(
    warehouse: SparkWarehouse,
) -> None:
    """A stop ends jobs that run; one that Spark starts a moment later would hold this server for ever."""
    endless = "SELECT count(*) FROM range(100000000) AS a CROSS JOIN range(100000) AS b WHERE a.id + b.id > 5"
    warehouse.query(_COUNT)
    for hundredths in range(4, 84, 4):
        with pytest.raises(LimitExceeded, match="deadline"):
            warehouse.query(endless, Limits(seconds=hundredths / 100))
    assert warehouse.query(_COUNT).rows == ((6, 645),)


def test_a_session_that_is_closed_under_its_callers_ends_in_words(spark_server: SparkAddress) -> None:
    """Whoever is inside, and whoever comes later: the library would end this whole process."""
    told, asking = [], threading.Event()
    session = Session(spark_server)

    def ask() -> None:
        try:
            while True:
                with session.rows("SELECT 1", PATIENT) as rows:
                    rows.fetchmany(1)
                asking.set()
        except NbaMcpError as error:
            told.append(error)

    callers = [threading.Thread(target=ask) for _ in range(4)]
    for caller in callers:
        caller.start()
    assert asking.wait(60)
    session.is_lost = True  # so that it ends without the server's help
    session.close()
    for caller in callers:
        caller.join(60)
    assert {type(error) for error in told} <= {WarehouseDown, QueryFailed}
    assert len(told) == len(callers)
    with pytest.raises(WarehouseDown, match="ended the session"), session.rows("SELECT 1", PATIENT):
        pass


def test_a_server_that_stops_answering_is_told(warehouse: SparkWarehouse, spark_server: SparkAddress) -> None:
    """Soon after the deadline, where a call alone would wait for ever; afterwards it serves again."""
    warehouse.query(_COUNT)
    before = warehouse._session
    with stopped(spark_server):
        with pytest.raises(WarehouseDown, match="does not answer"):
            warehouse.query(_COUNT, Limits(seconds=1))
        assert warehouse._session is None
        with pytest.raises(WarehouseDown, match="does not answer"):  # and where it has to be opened
            warehouse.query(_COUNT, Limits(seconds=1))
    assert warehouse.query(_COUNT).rows == ((6, 645),)
    assert warehouse._session is not before


def test_health_looks_at_the_server(warehouse: SparkWarehouse, spark_server: SparkAddress) -> None:
    """Not at the lake alone, which answers all the time; nobody who asks waits for the server."""
    warehouse._probe = Probe("Spark", warehouse.ask, every=0.0, again=0.0, patience=1.0, first=60.0)
    assert warehouse_health(warehouse)["status"] == "ok"
    with stopped(spark_server):
        while (found := warehouse_health(warehouse))["status"] == "ok":
            time.sleep(0.2)
    assert (found["code"], "has not answered" in found["message"]) == ("warehouse_down", True)
    while warehouse_health(warehouse)["status"] != "ok":
        time.sleep(0.2)


def test_a_sign_of_life_opens_a_session_that_ended(warehouse: SparkWarehouse) -> None:
    """Which it does where nobody asks for long, and is no fault of the server."""
    warehouse.ask()
    session = warehouse._sign
    assert session is not None
    session.spark.client.release_session()
    warehouse.ask()


def test_a_sign_of_life_is_the_servers_own(
    warehouse: SparkWarehouse, spark_server: SparkAddress, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever holds the places and the session; one that is too busy to answer soon is not down."""
    with contextlib.ExitStack() as held:
        for _ in range(warehouse.concurrency):
            held.enter_context(warehouse._places.place(1))
        held.enter_context(warehouse._opening)
        warehouse.ask()
        monkeypatch.setattr(spark_engine, "_SIGN_OF_LIFE", Limits(rows=1, bytes=1_000, seconds=0.001))
        warehouse.ask()
        with stopped(spark_server), pytest.raises(WarehouseDown, match="does not answer"):
            warehouse.ask()


def test_who_waits_for_the_session_too_long_is_told(warehouse: SparkWarehouse) -> None:
    """Others may be opening it at a server that takes its time."""
    with warehouse._opening, pytest.raises(Busy, match="for others"):
        warehouse.query(_COUNT, Limits(seconds=0.1))


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


@pytest.mark.parametrize(
    ("sql", "rows"),
    [
        ("SELECT count(*) FROM standings AS a JOIN standings AS b ON a.team_id = b.team_id", ((2,),)),
        (
            (
                "WITH leader AS (SELECT team_id FROM teams), Game AS (SELECT team_id FROM teams WHERE FALSE) "
                "SELECT count(s.team_id), count(g.team_id) FROM standings AS s JOIN leader AS l "
                "ON l.team_id = s.team_id LEFT JOIN Game AS g ON g.team_id = s.team_id"
            ),
            ((2, 0),),
        ),
        (
            (
                "WITH u AS (SELECT 1 AS x) SELECT a.x, b.x, u.x FROM u CROSS JOIN "
                "(WITH u AS (SELECT 2 AS x) SELECT x FROM u) AS a CROSS JOIN "
                "(WITH u AS (SELECT 3 AS x) SELECT x FROM u) AS b"
            ),
            ((2, 3, 1),),
        ),
        (
            (
                "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY x) AS c, "
                "percentile_disc(0.9) WITHIN GROUP (ORDER BY x DESC) AS d, percentile(x, 0.5) AS e "
                "FROM (VALUES (1), (2), (3), (4)) AS t(x)"
            ),
            ((2.5, 1, 2.5),),
        ),
        ("SELECT t.* FROM teams AS t LEFT ANTI JOIN standings AS s ON s.team_id = t.team_id LIMIT 1", None),
    ],
)
def test_names_and_percentiles_are_what_the_caller_wrote(
    warehouse: SparkWarehouse, sql: str, rows: object
) -> None:
    """Names of WITH meet neither those of views nor each other, and percentiles are exact."""
    found = warehouse.query(TreeGate("spark").check(sql).sql).rows
    assert rows is None or found == rows


_ROW = (
    "(7, 3, 2.5D, 1.5D, '2024-01-31', 'x', DATE '2024-01-31', DATE '2023-12-25', '2023-24'),"
    "(-4, 9, 0.1D, 1000D, ' Ox,yx ', 'tt', DATE '2024-02-29', DATE '2024-03-01', '2024-25'),"
    "(NULL, 3, NULL, 8D, '1999-12-31', NULL, NULL, DATE '2024-03-01', '2023-24')"
)
_ROWS = f"FROM (SELECT * FROM VALUES {_ROW} AS games(n, m, x, y, s, t, d, e, season)) AS games"


def test_functions_by_another_name_give_the_same(spark_server: SparkAddress) -> None:
    """All that sqlglot writes otherwise than the caller did, asked of Spark in both ways."""
    gate, compared = TreeGate("spark"), 0
    with closing(Session(spark_server)) as session:
        for written in map(statement, _asked()):
            sent = gate.check(written).sql.partition(" ORDER BY 1 NULLS LAST")[0]
            if sent.casefold() == written.casefold() or "rand" in written or "current_t" in written:
                continue
            answers = [_answer(session, text) for text in (written, sent)]
            assert answers[0] == answers[1], (written, sent)
            compared += not str(answers[0]).startswith("failed")
    assert compared > 40


def _asked() -> Iterator[str]:
    """Every call; those by another name beside signs too, where what they become might bind otherwise."""
    renamed = load("trees/kept.toml")["renamed"]["spark"]
    for call in calls("spark"):
        yield call
        if call.partition("(")[0] in renamed and "OVER" not in call:
            yield f"{call} = {call}"
            yield f"{call} IS NULL"
    yield "regexp_like(s, 'x') = true"
    yield "true = regexp_like(s, 'x')"


def _answer(session: Session, sql: str) -> str:
    from pyspark.errors import PySparkException  # noqa: PLC0415 - not everywhere

    try:
        return repr(sorted(map(repr, session.spark.sql(sql.replace("FROM games", _ROWS)).collect())))
    except PySparkException as error:
        return f"failed {str(error)[:40]}"
