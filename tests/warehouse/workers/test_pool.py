"""Statements in processes of their own: stopped, killed, replaced, and nobody else notices."""

import json
import os
import shutil
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import duckdb
import psutil
import pytest

from nba_mcp_synthesis.errors import Busy, LimitExceeded, NoWarehouse, QueryFailed, WorkerLost
from nba_mcp_synthesis.warehouse.limits import Limits
from nba_mcp_synthesis.warehouse.workers import pool as pool_module
from nba_mcp_synthesis.warehouse.workers.pool import WorkerPool

LIMITS = Limits(rows=100, bytes=100_000, seconds=30)
ENDLESS = "SELECT count(*) FROM range(100000000) a, range(100000) b"
# None of these looks at the engine's interrupt flag while it computes.
DEAF = [
    "SELECT levenshtein(repeat('ab', 200000), repeat('ba', 200000))",
    "SELECT jaro_winkler_similarity(repeat('ab', 400000), repeat('ba', 400000))",
    "SELECT map_from_entries(list({'k': i, 'v': i})) FROM range(1000000) t(i)",
]


def rows(pool: WorkerPool, sql: str, limits: Limits = LIMITS, skip: int = 0) -> Any:
    """The rows of a statement."""
    return json.loads(pool.run(sql, limits, skip).text)


def under_way(pool: WorkerPool, work: Callable[[], None]) -> tuple[threading.Thread, int]:
    """A thread that does `work`, a single statement, and the worker's pid once that runs the statement."""
    thread = threading.Thread(target=work)
    thread.start()
    while True:
        busy = [worker for worker in list(pool._all) if worker.statements]
        if busy and psutil.Process(busy[0].pid).cpu_times().user > 0.3:
            return thread, busy[0].pid
        assert thread.is_alive()


def test_a_statement_returns_its_rows_as_json(pool: WorkerPool) -> None:
    """Columns, rows, and the state of the warehouse they are from."""
    found = pool.run("SELECT player_id, full_name FROM players ORDER BY 1 LIMIT 2", LIMITS)
    assert found.columns == ("player_id", "full_name")
    assert json.loads(found.text) == [[1, "Ada Test"], [2, "Ben Test"]]
    assert (found.count, found.notes) == (2, ())
    assert found.state.data_as_of == "2025-11-03"


@pytest.mark.parametrize("sql", DEAF)
def test_what_does_not_listen_to_an_interruption_is_killed_at_the_deadline(
    pool: WorkerPool, sql: str
) -> None:
    """The caller is told the limit, and the next statement runs in another process."""
    pool.run("SELECT 1", LIMITS)
    first = {worker.pid for worker in pool._all}
    with pytest.raises(LimitExceeded, match=r"deadline of 0\.2 s"):
        pool.run(sql, Limits(seconds=0.2))
    assert rows(pool, "SELECT 1") == [[1]]
    assert first.isdisjoint(worker.pid for worker in pool._all)
    assert not any(psutil.pid_exists(pid) for pid in first)


def test_a_killed_worker_is_one_clear_error_and_others_are_answered_meanwhile(pool: WorkerPool) -> None:
    """`kill -9` amid a query costs that query; a second caller gets rows before and after it."""
    told: list[str] = []

    def ask() -> None:
        with pytest.raises(WorkerLost) as lost:
            pool.run(ENDLESS, LIMITS)
        told.append(str(lost.value))

    caller, pid = under_way(pool, ask)
    assert rows(pool, "SELECT 2") == [[2]]
    assert caller.is_alive()
    os.kill(pid, signal.SIGKILL)
    caller.join()
    assert told[0].startswith("The query's process ended before it answered; nothing else was touched.")
    assert rows(pool, "SELECT 3") == [[3]]


def test_a_worker_that_died_while_nobody_asked_is_not_noticed(pool: WorkerPool) -> None:
    """The next statement gets a fresh one."""
    pool.run("SELECT 1", LIMITS)
    (worker,) = pool._all
    os.kill(worker.pid, signal.SIGKILL)
    while worker.alive:
        pass
    assert rows(pool, "SELECT 1") == [[1]]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT list(range) FROM range(100000000)",
        "SELECT repeat('x', 2000000000)",
        "SELECT list_reduce(range(100000000), lambda x, y: x + y)",
        "SELECT string_agg(repeat('x', 1000000), '') FROM range(1000)",
        "SELECT range(20000000) FROM range(3)",
    ],
)
def test_memory_is_bounded_by_the_operating_system_too(pool: WorkerPool, sql: str) -> None:
    """However large a value is, the statement fails and not the machine."""
    with pytest.raises((LimitExceeded, WorkerLost)):
        pool.run(sql, LIMITS)
    assert rows(pool, "SELECT 1") == [[1]]


def test_rows_are_cut_and_counted_in_the_worker(pool: WorkerPool) -> None:
    """By rows and by bytes, with the notices of the engine in the process; exactly the limit is not cut."""
    cut = pool.run("FROM range(1000000000)", Limits(rows=3))
    assert json.loads(cut.text) == [[0], [1], [2]]
    assert cut.notes == (Limits(rows=3).cut_by_rows(),)
    assert pool.run("FROM range(3)", Limits(rows=3)).notes == ()
    bounds = Limits(bytes=5_500)
    large = pool.run("SELECT repeat('x', 1000) FROM range(100)", bounds)
    assert (large.count, large.notes) == (5, (bounds.cut_by_bytes(5),))
    assert len(large.text) <= 5_500
    with pytest.raises(LimitExceeded, match="One row alone"):
        pool.run("SELECT repeat('x', 10000)", bounds)


@pytest.mark.parametrize("skip", [0, 1, 63, 64, 65, 1_088, 2_000, 3_000])
def test_rows_left_out_are_the_first_ones(pool: WorkerPool, skip: int) -> None:
    """Pages join wherever the chunks of the engine end."""
    expected = [[n] for n in range(3_000)][skip : skip + 100]
    assert rows(pool, "FROM range(3000)", skip=skip) == expected


def test_eight_callers_at_once_get_their_own_rows(pools: Callable[..., WorkerPool]) -> None:
    """Answers are not mixed up, and there are no more processes than places."""
    pool = pools(concurrency=2)

    def ask(n: int) -> bool:
        return bool(rows(pool, f"SELECT {n}, sum(range) FROM range({n})") == [[n, n * (n - 1) // 2]])

    with ThreadPoolExecutor(8) as callers:
        assert all(callers.map(ask, range(2, 200)))
    assert len(pool._all) <= 2


def test_callers_beyond_those_that_may_wait_are_turned_away(pools: Callable[..., WorkerPool]) -> None:
    """One place, four who wait, and the rest are told to come back."""
    pool = pools(concurrency=1)

    def ask(_: int) -> type[Exception]:
        with pytest.raises((Busy, LimitExceeded)) as error:
            pool.run(ENDLESS, Limits(seconds=1))
        return error.type

    with ThreadPoolExecutor(9) as callers:
        outcomes = list(callers.map(ask, range(9)))
    assert outcomes.count(Busy) >= 4
    assert LimitExceeded in outcomes


def test_a_worker_makes_place_for_a_fresh_one(pool: WorkerPool, monkeypatch: pytest.MonkeyPatch) -> None:
    """After so many statements whatever it gathered is gone."""
    monkeypatch.setattr(pool_module, "_STATEMENTS", 2)
    seen: set[int] = set()
    for _ in range(6):
        rows(pool, "SELECT 1")
        seen.update(worker.pid for worker in pool._all)
    assert len(seen) >= 3
    assert len(pool._all) == 1


def test_a_replaced_file_is_noticed_at_the_next_statement(
    league_file: Path, tmp_path: Path, pools: Callable[..., WorkerPool]
) -> None:
    """A worker never reads the old state once there is a new one."""
    path, other = tmp_path / "w.duckdb", tmp_path / "other.duckdb"
    shutil.copy(league_file, path)
    pool = pools(path)
    first = pool.run("SELECT count(*) FROM games", LIMITS)
    assert json.loads(first.text) == [[3]]
    shutil.copy(path, other)
    with duckdb.connect(str(other)) as connection:
        connection.execute("DELETE FROM games WHERE game_id = '0022500003'")
    other.replace(path)
    second = pool.run("SELECT count(*) FROM games", LIMITS)
    assert json.loads(second.text) == [[2]]
    assert second.state.data_as_of == "2025-11-02"


def test_without_a_file_the_error_is_the_warehouses(tmp_path: Path, pools: Callable[..., WorkerPool]) -> None:
    """No process is started for nothing; once there is a file, queries run."""
    pool = pools(tmp_path / "none.duckdb")
    with pytest.raises(NoWarehouse, match="nba-mcp data demo"):
        pool.run("SELECT 1", LIMITS)
    assert not pool._all


def test_a_worker_that_cannot_start_is_an_error_of_ours(
    pool: WorkerPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both a program that is not there and one that ends at once."""
    for program in ("/no/such/python", shutil.which("false")):
        monkeypatch.setattr(sys, "executable", program)
        with pytest.raises(WorkerLost):
            pool.run("SELECT 1", LIMITS)
    monkeypatch.undo()
    assert rows(pool, "SELECT 1") == [[1]]


def test_a_failing_statement_tells_the_engines_reason_and_the_worker_lives(pool: WorkerPool) -> None:
    """An error in the SQL costs no process."""
    rows(pool, "SELECT 1")
    before = {worker.pid for worker in pool._all}
    with pytest.raises(QueryFailed, match=r"nosuch.* not found"):
        pool.run("SELECT nosuch FROM players", LIMITS)
    assert rows(pool, "SELECT 1") == [[1]]
    assert {worker.pid for worker in pool._all} == before


def test_closing_leaves_no_process_and_no_zombie(pool: WorkerPool) -> None:
    """Closed twice is closed; a pool that is used again starts anew."""
    rows(pool, "SELECT 1")
    pids = [worker.pid for worker in pool._all]
    pool.close()
    pool.close()
    assert not any(psutil.pid_exists(pid) for pid in pids)
    assert rows(pool, "SELECT 1") == [[1]]
