"""What a worker cannot do, whatever statement reaches it: these tests pass no gate."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from nba_mcp_synthesis.errors import LimitExceeded, QueryFailed
from nba_mcp_synthesis.warehouse.limits import Limits
from nba_mcp_synthesis.warehouse.workers.confinement import OVERHEAD_MB
from nba_mcp_synthesis.warehouse.workers.pool import WorkerPool

LIMITS = Limits(seconds=30)
PARENT = """
import sys, threading
from pathlib import Path
from nba_mcp_synthesis.warehouse.duckdb_engine import DuckDBWarehouse
from nba_mcp_synthesis.warehouse.limits import Limits
from nba_mcp_synthesis.warehouse.workers.pool import WorkerPool
pool = WorkerPool(DuckDBWarehouse(Path(sys.argv[1])))
pool.run("SELECT 1", Limits())
(worker,) = pool._all
threading.Thread(target=pool.run, args=(sys.argv[2], Limits(seconds=300))).start()
while worker.statements < 2:
    pass
print(worker.pid, flush=True)
"""

ENDING = PARENT.split("(worker,)", maxsplit=1)[0]


def worker_of(pool: WorkerPool) -> psutil.Process:
    """The process of the pool's only worker, which has answered once."""
    pool.run("SELECT 1", LIMITS)
    (worker,) = pool._all
    return psutil.Process(worker.pid)


@pytest.mark.parametrize(
    "sql",
    [
        "FROM internal.info",
        "FROM staged.games",
        "FROM nba.internal.info",
        "FROM nba.staged.games",
        "FROM nba.main.games",
        "FROM query('FROM internal.info')",
        "FROM query_table('internal.info')",
        "SELECT (SELECT max(value) FROM internal.info)",
        "FROM read_csv('/etc/passwd')",
        "FROM read_text('/etc/hostname')",
        "FROM '/etc/passwd'",
        "ATTACH '/tmp/other.duckdb'",
        "COPY players TO '/tmp/out.csv'",
        "SET memory_limit = '100GB'",
        "SET VARIABLE x = 1",
        "CREATE TEMP TABLE kept AS SELECT 1",
        "PRAGMA enable_profiling",
        "CALL enable_logging()",
        "INSTALL httpfs",
        "LOAD httpfs",
        "CREATE TABLE memory.main.kept (a INTEGER)",
        "CREATE VIEW memory.main.kept AS SELECT 1",
        "EXPLAIN ANALYZE CREATE TABLE memory.main.kept (a INTEGER)",
        "COMMIT; CREATE TABLE memory.main.kept (a INTEGER)",
        "DROP VIEW games",
        "BEGIN",
        "PREPARE p AS SELECT 1",
        "CREATE SECRET s (TYPE http)",
    ],
)
def test_only_the_served_tables_can_be_read_and_nothing_can_be_changed(shared: WorkerPool, sql: str) -> None:
    """The engine itself refuses; the next caller finds everything as it was."""
    with pytest.raises(QueryFailed):
        shared.run(sql, LIMITS)
    assert json.loads(shared.run("SELECT count(*) FROM games", LIMITS).text) == [[3]]
    with pytest.raises(QueryFailed, match="kept"):
        shared.run("FROM kept", LIMITS)


@pytest.mark.parametrize(
    "catalog",
    [
        "FROM duckdb_tables()",
        "FROM duckdb_databases()",
        "FROM duckdb_columns()",
        "FROM information_schema.tables",
    ],
)
def test_the_engines_catalogues_do_not_show_the_file(shared: WorkerPool, catalog: str) -> None:
    """Neither its tables nor the name that it lies behind."""
    shown = shared.run(catalog, LIMITS).text
    assert b"staged" not in shown
    assert b"small.duckdb" not in shown


def test_the_hidden_name_of_the_file_is_never_shown(shared: WorkerPool) -> None:
    """A view's text says another name, and that name leads nowhere."""
    (text,) = json.loads(shared.run("SELECT sql FROM duckdb_views() WHERE view_name = 'games'", LIMITS).text)
    assert text == ["CREATE VIEW games AS SELECT * FROM nba.main.games;"]


def test_after_a_lack_of_memory_the_next_caller_gets_another_worker(pool: WorkerPool) -> None:
    """The engine keeps some of it, which would be missing to whoever comes next."""
    before = worker_of(pool).pid
    with pytest.raises(LimitExceeded, match="memory"):
        pool.run("SELECT string_agg(repeat('x', 1000), '') FROM range(1000000)", LIMITS)
    assert worker_of(pool).pid != before


@pytest.mark.parametrize("to", ["INTEGER", "DATE", "INTEGER[]", "JSON", "ENUM('a')", "STRUCT(a INTEGER)"])
@pytest.mark.parametrize(
    "value", ["PIGEON", "PIG''EON", "''t be cast PIGEON", "a\n\nLINE 1: PIGEON", 'a"PIGEON']
)
def test_an_error_quotes_no_value(shared: WorkerPool, to: str, value: str) -> None:
    """Text that came with the data would be read as the server's own words."""
    sql = f"SELECT v::{to} FROM (SELECT '{value}' || full_name AS v FROM players)"
    with pytest.raises(QueryFailed, match="Error") as error:
        shared.run(sql, LIMITS)
    assert "PIGEON" not in str(error.value)
    assert "Test" not in str(error.value)


def test_after_a_plan_the_next_caller_gets_another_worker(pool: WorkerPool) -> None:
    """A plan shows the hidden name in pieces, so it is not used again."""
    before = worker_of(pool).pid
    pool.run("EXPLAIN SELECT * FROM games", LIMITS)
    assert worker_of(pool).pid != before


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("EXPLAIN ANALYZE CREATE TEMP TABLE mine AS SELECT 1", "FROM mine"),
        ("EXPLAIN ANALYZE CREATE TEMP VIEW mine AS SELECT 1", "FROM mine"),
    ],
)
def test_nothing_of_one_caller_is_there_for_the_next(shared: WorkerPool, first: str, second: str) -> None:
    """Each statement has a connection of its own."""
    shared.run(first, LIMITS)
    with pytest.raises(QueryFailed, match="mine"):
        shared.run(second, LIMITS)


def test_a_seed_of_one_caller_does_not_steer_the_next(pools: Callable[..., WorkerPool]) -> None:
    """Random numbers after another's setseed are still random."""
    pool = pools(concurrency=1)
    drawn = []
    for _ in range(2):
        pool.run("SELECT setseed(0.5)", LIMITS)
        drawn.append(pool.run("SELECT random()", LIMITS).text)
    assert drawn[0] != drawn[1]


def test_a_worker_has_no_secret_and_no_file_of_the_server(
    pool: WorkerPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No environment, no arguments but two numbers, no standard streams, a folder of nobody."""
    monkeypatch.setenv("NBA_MCP_METRICS_TOKEN", "tok-123456")
    monkeypatch.setenv("TZ", "UTC")
    worker = worker_of(pool)
    assert worker.environ() == {"TZ": "UTC"}
    assert "tok-123456" not in " ".join(worker.cmdline())
    assert worker.cwd() == "/"
    files = Path(f"/proc/{worker.pid}/fd")
    assert {str((files / str(n)).readlink()) for n in (0, 1, 2)} == {"/dev/null"}
    others = sorted(re.split(r"[:/]", str(file.readlink()))[0] for file in files.iterdir())
    assert others == ["", "", "", "", "pipe", "socket"]  # /dev/null three times, the warehouse


def test_a_worker_is_confined_by_the_operating_system(pools: Callable[..., WorkerPool]) -> None:
    """No core dumps, no writing, few files, bounded memory and computing time, no new privileges."""
    worker = worker_of(pools(memory_mb=128))
    assert worker.rlimit(psutil.RLIMIT_CORE) == (0, 0)
    assert worker.rlimit(psutil.RLIMIT_FSIZE) == (0, 0)
    assert worker.rlimit(psutil.RLIMIT_NOFILE)[1] <= 16
    assert worker.rlimit(psutil.RLIMIT_CPU)[0] <= 60
    most = worker.rlimit(psutil.RLIMIT_AS)[1]
    assert most <= (128 + OVERHEAD_MB) * 2**20 + 400 * 2**20
    assert "NoNewPrivs:\t1" in Path(f"/proc/{worker.pid}/status").read_text()


@pytest.mark.parametrize("sql", ["SELECT count(*) FROM range(100000000) a, range(100000) b", "SELECT 1"])
def test_workers_end_with_a_server_that_was_killed(league_file: Path, sql: str) -> None:
    """SIGKILL lets no handler run; idle or amid a statement, no worker is left."""
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(league_file), sql], stdout=subprocess.PIPE, text=True
    )
    with parent:
        assert parent.stdout is not None
        worker = psutil.Process(int(parent.stdout.readline()))
        parent.kill()
    gone, _ = psutil.wait_procs([worker], timeout=20)
    assert gone or worker.status() == psutil.STATUS_ZOMBIE


def test_a_program_that_leaves_its_pool_open_ends_cleanly(league_file: Path) -> None:
    """Nothing of the engine outlives the interpreter: no crash and no warning."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", ENDING, str(league_file)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
