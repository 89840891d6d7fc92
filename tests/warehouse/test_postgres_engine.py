"""Reading PostgreSQL: sessions that keep nothing, logins of now, deadlines that hold, restarts outlived."""

import contextlib
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from nba_mcp_synthesis.errors import Busy, LimitExceeded, NbaMcpError, NoWarehouse, QueryFailed, WarehouseDown
from nba_mcp_synthesis.warehouse.limits import Limits
from nba_mcp_synthesis.warehouse.postgres import sessions
from nba_mcp_synthesis.warehouse.postgres.address import conninfo, shown
from nba_mcp_synthesis.warehouse.postgres_engine import PostgresWarehouse
from servers.leagues import load_small
from servers.postgres import _OPTIONS as OPTIONS
from servers.postgres import PostgresServer
from servers.postgres import _runner as runner
from servers.postgres import _started as started

ENDLESS = "SELECT count(*) FROM generate_series(1, 100000000) a, generate_series(1, 100000) b"
LEFT = """SELECT (SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'advisory'),
  (SELECT count(*) FROM pg_prepared_statements), (SELECT count(*) FROM pg_cursors WHERE name <> 'asked'),
  (SELECT count(*) FROM pg_class WHERE relpersistence = 't'), current_setting('work_mem'),
  current_setting('search_path'), current_setting('transaction_read_only'), current_user = session_user"""


def backends(server: PostgresServer, url: str) -> list[int]:
    """Processes of the server that serve a database."""
    name = url.rpartition("/")[2].partition("?")[0]
    with server.connect() as admin:
        rows = admin.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = %s AND application_name = 'nba-mcp'", (name,)
        ).fetchall()
    return [row[0] for row in rows]


def test_a_query_returns_rows_with_what_they_speak_about(small_postgres: PostgresWarehouse) -> None:
    """A result carries its rows, the newest date, the snapshot, the engine and whether it is simulated."""
    result = small_postgres.query("SELECT full_name FROM players ORDER BY 1 LIMIT 2")
    assert result.rows == (("Ada Test",), ("Ben Test",))
    assert (result.data_as_of, result.simulated, result.engine) == ("2025-11-03", True, "postgres")
    assert result.snapshot == small_postgres.state().snapshot


def test_one_session_serves_one_caller_after_another(
    small_postgres: PostgresWarehouse, small_postgres_url: str, postgres_server: PostgresServer
) -> None:
    """A session is used again, and is read-only each time."""
    for _ in range(3):
        assert small_postgres.query("SELECT current_setting('transaction_read_only')").rows == (("on",),)
    assert len(backends(postgres_server, small_postgres_url)) == 1


def test_sessions_beyond_need_are_closed_after_a_while(
    small_postgres: PostgresWarehouse,
    small_postgres_url: str,
    postgres_server: PostgresServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """After a rush, the server's connections are for others again."""
    with small_postgres.sessions.reading(Limits()), small_postgres.sessions.reading(Limits()):
        pass
    assert len(backends(postgres_server, small_postgres_url)) == 2
    monkeypatch.setattr(sessions, "_IDLE_SECONDS", 0.05)
    time.sleep(0.1)
    small_postgres.query("SELECT 1")
    _until(lambda: len(backends(postgres_server, small_postgres_url)) == 1)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT set_config('work_mem', '64kB', false)",
        "SELECT set_config('search_path', 'pg_temp', false)",
        "SELECT set_config('role', 'pg_monitor', false)",
        "SELECT pg_advisory_lock(7)",
        "SELECT pg_notify('c', 'x')",
    ],
)
def test_nothing_of_a_call_is_left_in_the_session(small_postgres: PostgresWarehouse, sql: str) -> None:
    """Settings, locks and whatever else belongs to a session end with the call, should the gate ever fail."""
    before = small_postgres.query(LEFT).rows
    with contextlib.suppress(QueryFailed):  # refused by the server: as good
        small_postgres.query(sql)
    assert small_postgres.query(LEFT).rows == before


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO players (player_id) VALUES (9)",
        "WITH x AS (DELETE FROM players RETURNING *) SELECT * FROM x",
        "CREATE TEMP TABLE t (a int)",
        "SELECT 1; DROP TABLE players",
        "SET work_mem = '64kB'",
        "COMMIT",
        "COPY players TO STDOUT",
        "SELECT lo_create(4242)",
        "DO $$ BEGIN DELETE FROM nba.players; END $$",
    ],
)
def test_the_session_itself_cannot_write(small_postgres: PostgresWarehouse, sql: str) -> None:
    """What passes no gate is refused by the cursor, the protocol or the transaction, for the owner even."""
    with pytest.raises(QueryFailed):
        small_postgres.query(sql)
    assert small_postgres.query("SELECT count(*) FROM players").rows == ((4,),)


def test_an_error_ends_the_session(
    small_postgres: PostgresWarehouse, small_postgres_url: str, postgres_server: PostgresServer
) -> None:
    """What an error may have left behind, nobody gets."""
    small_postgres.query("SELECT 1")
    (before,) = backends(postgres_server, small_postgres_url)
    with pytest.raises(QueryFailed, match="division by zero"):
        small_postgres.query("SELECT 1 / (count(*) - 4) FROM players")
    small_postgres.query("SELECT 1")
    assert backends(postgres_server, small_postgres_url) != [before]


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("SELECT nosuch FROM players", 'column "nosuch" does not exist'),
        ("SELECT full_name::integer FROM players", "invalid input syntax for type integer"),
        ("SELECT nosuch(1)", r"function nosuch\(integer\) does not exist"),
    ],
)
def test_reasons_name_what_was_wrong_and_quote_no_value(
    small_postgres: PostgresWarehouse, sql: str, told: str
) -> None:
    """The author of a statement reads his own words, and nothing of the data."""
    with pytest.raises(QueryFailed, match=told) as failed:
        small_postgres.query(sql)
    assert "Ada" not in str(failed.value)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("INTERVAL 'infinity'", "interval is infinite"),
        ("INTERVAL '-infinity'", "interval is infinite"),
        ("repeat('9', 301)::numeric", "more digits than can be told"),
        ("('0.' || repeat('1', 400))::numeric", "more digits than can be told"),
    ],
)
def test_a_value_that_cannot_be_told_is_an_error_and_no_other_value(
    small_postgres: PostgresWarehouse, value: str, told: str
) -> None:
    """The library reads an infinite interval as 0:00:00, and a very long number as an infinite one."""
    with pytest.raises(QueryFailed, match=told):
        small_postgres.query(f"SELECT {value} AS v")


def test_a_query_is_stopped_on_the_server_at_its_deadline(
    small_postgres: PostgresWarehouse, small_postgres_url: str, postgres_server: PostgresServer
) -> None:
    """The server does not go on with what nobody waits for."""
    with pytest.raises(LimitExceeded, match=r"deadline of 0\.3 s"):
        small_postgres.query(ENDLESS, Limits(seconds=0.3))
    with postgres_server.connect() as admin:
        running = admin.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%100000000%' "
            "AND pid <> pg_backend_pid()"
        ).fetchall()
    assert running == [(0,)]
    assert small_postgres.query("SELECT 1").rows == ((1,),)


def test_closing_stops_what_runs(small_postgres: PostgresWarehouse) -> None:
    """Somebody else's query ends on the server when the warehouse is closed."""
    ended = threading.Event()

    def ask() -> None:
        with pytest.raises(LimitExceeded):
            small_postgres.query(ENDLESS, Limits(seconds=60))
        ended.set()

    asking = threading.Thread(target=ask)
    asking.start()
    while not small_postgres.sessions._used:
        assert asking.is_alive()
    while not ended.wait(0.1):
        small_postgres.close()
    asking.join()


def test_no_more_queries_run_at_once_than_places(small_postgres_url: str) -> None:
    """With one place taken, the next caller is told to come back."""
    warehouse = PostgresWarehouse(lambda: small_postgres_url, Limits(seconds=5), concurrency=1)
    with warehouse.places.place(1), pytest.raises(Busy, match="All 1 places"):
        warehouse.query("SELECT 1", Limits(seconds=0.1))
    assert warehouse.query("SELECT 1").rows == ((1,),)
    warehouse.close()


def test_the_password_of_now_is_used_at_every_login(
    small_postgres_url: str, postgres_server: PostgresServer
) -> None:
    """A rotated password needs no restart, and a wrong one is told without being shown."""
    postgres_server.create_role("turning", "first-word")
    with psycopg.connect(small_postgres_url, autocommit=True) as admin:
        admin.execute("GRANT USAGE ON SCHEMA nba, nba_internal TO turning")
        admin.execute("GRANT SELECT ON ALL TABLES IN SCHEMA nba, nba_internal TO turning")
    database = small_postgres_url.rpartition("/")[2].partition("?")[0]
    words = ["first-word"]
    warehouse = PostgresWarehouse(
        lambda: postgres_server.url(database, "turning", words[-1]) + "?sslmode=disable"
    )
    assert warehouse.query("SELECT 1").rows == ((1,),)
    postgres_server.change_password("turning", "second-word")
    assert warehouse.query("SELECT 1").rows == ((1,),)  # a session that is open stays
    warehouse.close()
    with pytest.raises(WarehouseDown, match="user or the password") as refused:
        warehouse.query("SELECT 1")
    assert "word" not in str(refused.value).replace("password", "")
    words.append("second-word")
    assert warehouse.query("SELECT 1").rows == ((1,),)
    warehouse.close()


def test_an_empty_database_says_how_to_fill_it(postgres_server: PostgresServer) -> None:
    """A newcomer is told the two commands."""
    url = postgres_server.url(postgres_server.create_database()) + "?sslmode=disable"
    with pytest.raises(NoWarehouse, match=r"nba-mcp data demo.*nba-mcp data load"):
        PostgresWarehouse(lambda: url).query("SELECT 1")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("/test_", "/none_"), "no database of that name"),
        (("sslmode=disable", "sslmode=verify-full"), "prove by TLS"),
        (("@127.0.0.1:", "@127.0.0.1:1"), "does not answer"),
    ],
)
def test_a_server_that_cannot_be_used_is_named_with_what_to_do(
    small_postgres_url: str, change: tuple[str, str], told: str
) -> None:
    """Each way of not getting in has a sentence of its own, and none shows the password."""
    url = small_postgres_url.replace(*change)
    with pytest.raises(WarehouseDown, match=told) as down:
        PostgresWarehouse(lambda: url).state()
    assert url.split(":")[2].split("@")[0] not in str(down.value)


def test_tls_is_verified_unless_the_address_says_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is left to the library's default, which would take any server for the right one."""
    monkeypatch.delenv("PGSSLMODE", raising=False)
    assert "sslmode=verify-full" in conninfo(lambda: "postgresql://u:p@db.example.com/nba")
    assert "sslmode" not in conninfo(lambda: "postgresql://u:p@127.0.0.1/nba")
    assert "sslrootcert=system" in conninfo(lambda: "postgresql://u:p@127.0.0.1/nba?sslmode=verify-full")
    assert "sslmode=require" in conninfo(lambda: "postgresql://u:p@db.example.com/nba?sslmode=require")
    assert shown(lambda: "postgresql://u:p@db.example.com/nba") == "postgresql://db.example.com:5432/nba"


@contextmanager
def stopped(pids: list[int]) -> Iterator[None]:
    """Processes that stand still for the length of a block."""
    for pid in pids:
        subprocess.run(["kill", "-STOP", str(pid)], check=True)
    try:
        yield
    finally:
        for pid in pids:
            subprocess.run(["kill", "-CONT", str(pid)], check=True)


def test_a_server_that_stands_still_holds_nobody_beyond_the_deadline(
    postgres_server: PostgresServer, tmp_path: Path
) -> None:
    """No answer comes, not even to the cancellation: the caller is told all the same."""
    url = postgres_server.url(postgres_server.create_database()) + "?sslmode=disable"
    load_small(url, tmp_path)
    warehouse = PostgresWarehouse(lambda: url)
    warehouse.query("SELECT 1")
    with stopped(backends(postgres_server, url)), pytest.raises((LimitExceeded, WarehouseDown)):
        warehouse.query("SELECT 1", Limits(seconds=0.5))
    assert warehouse.query("SELECT 1").rows == ((1,),)
    warehouse.close()


def test_killed_sessions_are_replaced_and_every_caller_is_served(
    small_postgres_url: str, postgres_server: PostgresServer
) -> None:
    """A server that ended all sessions costs nobody an answer when it is back."""
    warehouse = PostgresWarehouse(lambda: small_postgres_url)
    callers = [threading.Thread(target=warehouse.query, args=("SELECT 1",)) for _ in range(4)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    with postgres_server.connect() as admin:
        for pid in backends(postgres_server, small_postgres_url):
            admin.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))
    for _ in range(5):
        assert warehouse.query("SELECT 1").rows == ((1,),)
    warehouse.close()


def test_a_server_that_was_killed_serves_everybody_when_it_is_back(
    postgres_server: PostgresServer, tmp_path: Path
) -> None:
    """Sixteen callers meet errors that say to try again, none hangs, and nothing has to be started anew."""
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    with started(postgres_server.programs, folder) as server:
        url = server.url() + "?sslmode=disable"
        load_small(url, tmp_path)
        warehouse = PostgresWarehouse(lambda: url, Limits(seconds=5), concurrency=8)
        met, served, stop = set[type[Exception]](), [0] * 16, threading.Event()

        def call(n: int) -> None:
            while not stop.is_set():
                try:
                    served[n] += len(warehouse.query("SELECT 1").rows)
                except NbaMcpError as error:
                    met.add(type(error))
                time.sleep(0.01)  # a place that is free is not kept for whoever waits longest

        callers = [threading.Thread(target=call, args=(n,), daemon=True) for n in range(16)]
        for caller in callers:
            caller.start()
        _until(lambda: min(served) > 0)
        control = [f"{server.programs}/pg_ctl", "-D", f"{folder}/data", "-w", "-l", f"{folder}/log"]
        run = runner(folder)
        run(*control, "-m", "immediate", "stop")
        _until(lambda: WarehouseDown in met)
        run(*control, "-o", f"-p {server.port} {OPTIONS}", "start")
        before = list(served)
        _until(lambda: all(now > then for now, then in zip(served, before, strict=True)))
        stop.set()
        for caller in callers:
            caller.join()
        warehouse.close()
    shutil.rmtree(folder)
    assert met <= {WarehouseDown, Busy}


def _until(holds: Callable[[], bool]) -> None:
    """Waits; pytest's own deadline ends it where it never comes to hold."""
    while not holds():
        time.sleep(0.01)
