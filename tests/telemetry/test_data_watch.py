"""What metrics say of the data is what the warehouse itself says, load after load, on both engines."""

import datetime as dt
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

import small_league
from nba_mcp_synthesis.facts import Result
from nba_mcp_synthesis.server import data_watch
from nba_mcp_synthesis.server.data_watch import DataWatch
from nba_mcp_synthesis.telemetry.metrics import Metrics
from nba_mcp_synthesis.warehouse.duckdb_engine import DuckDBWarehouse
from nba_mcp_synthesis.warehouse.opening import queries_of
from nba_mcp_synthesis.warehouse.postgres_engine import PostgresWarehouse

NAME = "nba_mcp_rows_loaded_total"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return small_league.build(tmp_path / "small.duckdb")


@pytest.fixture
def watched(path: Path) -> Iterator[tuple[DataWatch, Metrics]]:
    """A watch over the small league, and what it tells."""
    warehouse, metrics = DuckDBWarehouse(path), Metrics()
    queries = queries_of(warehouse)
    yield DataWatch(warehouse, queries, metrics), metrics
    queries.close()
    warehouse.close()


def changed(path: Path, sql: str) -> None:
    """Another state of the warehouse, put in place of the one before."""
    copy = path.with_suffix(".new")
    shutil.copy(path, copy)
    with duckdb.connect(str(copy)) as connection:
        connection.execute(sql)
        connection.execute("UPDATE internal.info SET value = value || '+' WHERE name = 'snapshot'")
    copy.replace(path)


def recorded(path: Path) -> float:
    """The rows of all loads, as the warehouse has written them down."""
    with duckdb.connect(str(path), read_only=True) as connection:
        (found,) = connection.execute("SELECT sum(rows_loaded) FROM main.load_history").fetchall()[0]
    return float(found)


def told(metrics: Metrics) -> float:
    """The same by the metrics."""
    return sum(
        sample.value
        for family in metrics.rows_loaded.collect()
        for sample in family.samples
        if sample.name == NAME
    )


def test_rows_count_on_and_agree_with_the_history(path: Path, watched: tuple[DataWatch, Metrics]) -> None:
    """A load adds its rows once, however often it is looked at; one that replaces a file takes none away."""
    watch, metrics = watched
    watch.look()
    watch.look()
    first = told(metrics)
    assert first == recorded(path) > 0
    changed(
        path,
        "UPDATE main.load_history SET status = 'replaced'; INSERT INTO main.load_history "
        "SELECT * REPLACE (load_id + 1000 AS load_id, 5 AS rows_loaded, 'loaded' AS status) FROM "
        "main.load_history LIMIT 1",
    )
    watch.look()
    assert told(metrics) == recorded(path) == first + 5


def test_another_warehouse_begins_anew(path: Path, watched: tuple[DataWatch, Metrics]) -> None:
    """A counter that falls is one that was reset, as Prometheus reads it; never half of it."""
    watch, metrics = watched
    watch.look()
    changed(path, "UPDATE main.load_history SET rows_loaded = 3")
    watch.look()
    assert told(metrics) == recorded(path)


def test_ages_are_those_of_the_newest_load_and_game(path: Path, watched: tuple[DataWatch, Metrics]) -> None:
    """In seconds, from times that are UTC; a warehouse that is gone has neither age, and is down."""
    watch, metrics = watched
    ago = dt.datetime.now(dt.UTC) - dt.timedelta(hours=30)
    changed(path, f"UPDATE main.load_history SET loaded_at = TIMESTAMP '{ago:%Y-%m-%d %H:%M:%S}'")
    watch.look()
    value = metrics.registry.get_sample_value
    assert value("nba_mcp_data_age_seconds") == pytest.approx(30 * 3_600, abs=60)
    assert value("nba_mcp_data_simulated") == 1
    newest = dt.datetime(2025, 11, 3, tzinfo=dt.UTC)  # of the small league
    game_age = value("nba_mcp_newest_game_age_seconds")
    assert game_age == pytest.approx((dt.datetime.now(dt.UTC) - newest).total_seconds(), abs=60)
    path.unlink()
    watch.look()
    assert value("nba_mcp_db_up") == 0
    assert value("nba_mcp_data_age_seconds") is None


def test_nobody_waits_for_a_warehouse_that_stays_silent(
    watched: tuple[DataWatch, Metrics], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A scrape ends with what was known; after a while it says that the warehouse is down."""
    watch, metrics = watched
    watch.look()
    answer = threading.Event()
    state = watch._warehouse.state
    monkeypatch.setattr(watch._warehouse, "state", lambda: answer.wait() and state())
    monkeypatch.setattr(data_watch, "_SECONDS", 0.05)
    monkeypatch.setattr(data_watch, "_SILENT_SECONDS", 0.2)
    value = metrics.registry.get_sample_value
    watch.look()
    while value("nba_mcp_db_up") == 1:
        watch.look()
    answer.set()
    while value("nba_mcp_db_up") == 0:
        watch.look()


def test_one_look_is_enough_to_say_that_it_is_silent(
    watched: tuple[DataWatch, Metrics], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where it waits for another look, and gives up in the moment in which the scrape does."""
    watch, metrics = watched
    watch.look()
    monkeypatch.setattr(data_watch, "_SECONDS", 0.05)
    monkeypatch.setattr(data_watch, "_SILENT_SECONDS", 0.0)
    monkeypatch.setattr(data_watch, "within", lambda _, work: work())  # the scrape waits a moment longer
    with watch._lock:
        watch._begun = time.monotonic() - 1
        watch.look()
    assert metrics.registry.get_sample_value("nba_mcp_db_up") == 0


def test_nobody_waits_for_the_history(
    watched: tuple[DataWatch, Metrics], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which an engine elsewhere may take long to read; a later scrape has it, and it was read once."""
    watch, metrics = watched
    answer = threading.Event()
    read, asked = watch._warehouse.read, []

    def slowly(sql: str) -> Result:
        asked.append(sql)
        answer.wait()
        return read(sql)

    monkeypatch.setattr(watch._warehouse, "read", slowly)
    monkeypatch.setattr(data_watch, "_HISTORY_SECONDS", 0.05)
    watch.look()
    watch.look()
    assert metrics.registry.get_sample_value("nba_mcp_db_up") == 1
    assert told(metrics) == 0
    answer.set()
    while told(metrics) == 0:
        watch.look()
    assert len(asked) == 1


def test_workers_are_counted(watched: tuple[DataWatch, Metrics]) -> None:
    """Idle ones once there are some; how many there may be at any time."""
    watch, metrics = watched
    watch.look()

    def connections(state: str) -> float | None:
        labels = {"pool": "workers", "state": state}
        return metrics.registry.get_sample_value("nba_mcp_db_pool_connections", labels)

    assert (connections("busy"), connections("idle"), connections("max")) == (0, 0, 4)
    watch._queries.warm()
    watch.look()
    assert (connections("busy"), connections("idle")) == (0, 1)


def test_postgresql_says_the_same(small_postgres: PostgresWarehouse) -> None:
    """Rows as its own history has them, an age, and sessions in place of workers."""
    metrics = Metrics()
    DataWatch(small_postgres, queries_of(small_postgres), metrics).look()
    rows = small_postgres.query("SELECT sum(rows_loaded) FROM load_history").rows
    assert told(metrics) == rows[0][0] > 0
    value = metrics.registry.get_sample_value
    assert 0 <= (value("nba_mcp_data_age_seconds") or -1) < 3_600
    most = value("nba_mcp_db_pool_connections", {"pool": "postgres", "state": "max"})
    assert most == small_postgres.concurrency
