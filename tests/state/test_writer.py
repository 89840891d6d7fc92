"""The server's thread that records: it waits for nobody, and all that it took in arrives, once."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from nba_mcp_synthesis.state.database import StateDatabase
from nba_mcp_synthesis.state.journal import Journal
from nba_mcp_synthesis.state.writer import Retention, StateWriter
from nba_mcp_synthesis.telemetry.metrics import Metrics
from servers.killable import KillablePostgres
from servers.postgres import PostgresServer
from state.conftest import on_postgres, rows

Begin = Callable[[StateDatabase], StateWriter]


def eventually(holds: Callable[[], bool]) -> None:
    """Waits until it holds; a minute is for machines that are very busy."""
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture
def begin(journal: Journal) -> Iterator[Begin]:
    """Starts a writer over a database; stopped at the end of the test."""
    started: list[StateWriter] = []

    def start(database: StateDatabase) -> StateWriter:
        started.append(StateWriter(journal, lambda: database, Retention(30, 30), Metrics()))
        started[-1].start()
        return started[-1]

    yield start
    for writer in started:
        writer.stop()


def test_what_is_recorded_arrives_and_old_rows_go(database: StateDatabase, begin: Begin) -> None:
    """Nobody has to ask for it."""
    old = rows()
    old["answers"][0]["asked_at"] = "2020-01-01T00:00:00+00:00"
    writer = begin(database)
    writer.record(old)
    writer.record(rows(id="new"))
    eventually(lambda: [row["id"] for row in database.newest_answers(9)] == ["new"])
    eventually(lambda: writer.health() == {"status": "ok", "waiting_bytes": 0})


def test_stopping_stores_what_waits(database: StateDatabase, begin: Begin) -> None:
    """As at SIGTERM."""
    writer = begin(database)
    for _ in range(300):
        writer.record(rows())
    writer.stop()
    assert database.count("answers") == 300


def test_killing_postgres_under_writers_loses_and_doubles_nothing(
    killable_postgres: KillablePostgres, begin: Begin
) -> None:
    """Recording goes on meanwhile, /health says that rows wait, and at its return all arrive, once."""
    database = on_postgres(killable_postgres.server.url())
    database.migrate()
    writer = begin(database)
    recorded: list[str] = []
    stop = threading.Event()

    def ask(name: int) -> None:
        n = 0
        while not stop.is_set():
            writer.record(rows(id=f"{name}-{n}"))
            recorded.append(f"{name}-{n}")
            n += 1
            time.sleep(0.01)

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(2):
        before = database.count("answers")
        eventually(lambda: database.count("answers") > before)  # noqa: B023 - called at once
        killable_postgres.kill()
        eventually(lambda: writer.health()["status"] == "degraded")
        reached = len(recorded)
        eventually(lambda: len(recorded) > reached + 50)  # noqa: B023 - called at once
        assert writer.health()["waiting_bytes"] > 0
        killable_postgres.start()
        eventually(lambda: writer.health()["status"] == "ok")
    stop.set()
    for thread in threads:
        thread.join()
    writer.stop()
    later = begin(database)  # what a stop had no time for waits on the disk for the next start
    eventually(lambda: later.health()["waiting_bytes"] == 0)
    later.stop()
    stored = [row["id"] for row in database.newest_answers(1_000_000)]
    assert sorted(stored) == sorted(recorded)
    database.close()


def test_a_rotated_password_is_asked_for_at_the_next_connection(
    postgres_server: PostgresServer, journal: Journal, begin: Begin
) -> None:
    """And neither password is in a log line, an error, the journal or a table."""
    postgres_server.create_role("state_writer", "old-password-1")
    name = postgres_server.create_database(owner="state_writer")
    current = ["old-password-1"]

    def url() -> str:
        return postgres_server.url(name, "state_writer", current[0])

    database = on_postgres(url)
    database.migrate()
    database.close()
    postgres_server.change_password("state_writer", "new-password-2")
    writer = begin(database)
    writer.record(rows())
    eventually(lambda: writer.health()["status"] == "degraded")
    assert "refused the role or its password" in writer.health()["message"]
    assert "password-" not in str(writer.health())
    current[0] = "new-password-2"
    eventually(lambda: writer.health()["status"] == "ok")
    assert database.count("answers") == 1
    database.close()


def test_an_entry_that_nothing_takes_holds_up_no_other(database: StateDatabase, tmp_path: Path) -> None:
    """Neither the database nor the disk: it waits in memory, behind the others."""
    (tmp_path / "file").write_text("in the way")
    writer = StateWriter(
        Journal(tmp_path / "file" / "journal"), lambda: database, Retention(0, 0), Metrics(), eager=True
    )
    writer.record({"answers": [{"record": "r"}]})
    writer.record(rows())
    writer.start()
    eventually(lambda: database.count("answers") == 1)
    writer.stop()


def test_where_the_disk_takes_nothing_rows_go_through_memory(database: StateDatabase, tmp_path: Path) -> None:
    """A folder that cannot be made, as on a read-only file system."""
    (tmp_path / "file").write_text("in the way")
    metrics = Metrics()
    writer = StateWriter(Journal(tmp_path / "file" / "journal"), lambda: database, Retention(0, 0), metrics)
    for n in range(1_200):
        writer.record(rows(id=f"q{n}"))
    assert "nba_mcp_state_lost_total 200.0" in metrics.exposition().decode()
    writer.start()
    eventually(lambda: database.count("answers") == 1_000)
    writer.stop()
