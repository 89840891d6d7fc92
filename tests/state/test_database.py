"""The state database, the same on SQLite and PostgreSQL."""

import os
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

import nba_mcp_synthesis.state.migrations as steps
from nba_mcp_synthesis.errors import Unavailable
from nba_mcp_synthesis.state import tables
from nba_mcp_synthesis.state.database import Refused, StateDatabase
from nba_mcp_synthesis.state.engines import sqlite_engine
from nba_mcp_synthesis.state.entries import Rows, written
from state.conftest import Fresh, answer, on_postgres, rows

if TYPE_CHECKING:
    from servers.postgres import PostgresServer

KILLED_MIGRATING = """
import sys
from pathlib import Path
from alembic import op
from nba_mcp_synthesis.state.database import StateDatabase
from nba_mcp_synthesis.state.engines import sqlite_engine
from state.conftest import on_postgres
make, made = op.create_table, []
def stop(*arguments, **options):
    if len(made) == 2:
        print("now", flush=True)
        sys.stdin.read()
    made.append(make(*arguments, **options))
op.create_table = stop
on, url = sys.argv[1:]
(StateDatabase(lambda: sqlite_engine(Path(url))) if on == "sqlite" else on_postgres(url)).migrate()
"""


def audit(at: datetime) -> Rows:
    """One row of the audit log."""
    row = {"record": at.isoformat(), "at": at.isoformat(), "caller": "c", "action": "ask", "outcome": "ok"}
    return {"audit_log": [row]}


@pytest.mark.requirement("SYS-STATE-DB")
def test_an_answer_is_found_again_with_evidence_and_voices(database: StateDatabase) -> None:
    """All that was recorded, in its types."""
    database.store([written(rows(id="q1"))])
    found = database.answer("q1")
    assert found is not None
    given = answer()
    assert found["text"] == given["text"]
    assert found["table"] == given["table"]
    assert (found["door"], found["caller"], found["request_id"]) == ("http", "10.0.0.1", "request-1")
    assert (found["previous"], found["seconds"], found["tokens"]) == ("the one before", 0.5, 700)
    assert (found["simulated"], found["cached"], found["cost_usd"]) == (True, False, 0.25)
    assert [(e["id"], e["sql"], e["engine"], e["row_count"]) for e in found["evidence"]] == [
        ("e1", "SELECT 1", "duckdb", 2),
        ("e2", "SELECT 2", "duckdb", 1),
    ]
    assert [(v["voice"], v["tokens"], v["cost_usd"], v["seconds"]) for v in found["voices"]] == [
        ("analyst", 0, 0.0, 0.1),
        ("other", 700, 0.25, 2.0),
    ]
    assert datetime.fromisoformat(found["asked_at"]).utcoffset() == timedelta(0)
    assert database.answer("q2") is None


def test_ids_of_callers_may_come_again_and_the_newest_is_shown(database: StateDatabase) -> None:
    """A batch that is asked twice has two answers of each id."""
    for text in ("first", "second"):
        database.store([written(rows(id="q1", text=text))])
    found = database.answer("q1")
    assert found is not None
    assert found["text"] == "second"
    assert [row["id"] for row in database.newest_answers(10)] == ["q1", "q1"]
    assert len(database.newest_answers(1)) == 1


def test_an_entry_is_stored_once_only(database: StateDatabase) -> None:
    """Whether it comes again alone, with others, or twice in one transaction."""
    first, second = written(rows()), written(rows())
    database.store([first])
    database.store([first, second, second])
    assert (database.count("answers"), database.count("evidence"), database.count("model_calls")) == (2, 4, 4)


def test_text_that_a_database_cannot_store_is_stored_with_a_mark(database: StateDatabase) -> None:
    """NUL and lone surrogates come from outside, and must not hold up what comes after them."""
    database.store([written(rows(id="q1", question="a\x00b\ud800c"))])
    found = database.answer("q1")
    assert found is not None
    assert found["question"] == "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}c"


@pytest.mark.parametrize(
    "entry",
    [
        b"{}x",
        b"[]",
        b'{"no_such_table":[{}]}',
        b'{"answers":[{"no_such_column":1}]}',
        b'{"answers":[{"record":"r"}]}',
        b'{"audit_log":[{"record":"r","at":"not a moment","caller":"c","action":"a","outcome":"o"}]}',
        b'{"audit_log":[{"record":"r","at":"2026-01-01","caller":{},"action":"a","outcome":"o"}]}',
        b'{"audit_log":[{"record":"r","at":"2026-01-01","caller":"c","action":"a","outcome":"o","rows":99999999999999999999}]}',
        b'{"model_calls":[{"record":"nobody","place":0}]}',
    ],
)
def test_what_is_no_entry_is_refused_and_nothing_of_its_batch_is_stored(
    database: StateDatabase, entry: bytes
) -> None:
    """Refused is not away: waiting would not help."""
    with pytest.raises(Refused):
        database.store([written(rows()), entry])
    assert database.count("answers") == 0


def test_old_rows_go_and_take_what_they_own_with_them(database: StateDatabase) -> None:
    """More of them than one transaction removes; 0 days keep all."""
    old = datetime.now(UTC) - timedelta(days=40)
    for _ in range(3):
        entries = [rows() for _ in range(400)]
        for entry in entries:
            entry["answers"][0]["asked_at"] = old.isoformat()
        database.store([written(entry) for entry in entries])
    database.store([written(rows(id="new")), written(audit(old)), written(audit(datetime.now(UTC)))])
    assert database.prune(0, 0) == 0
    assert database.prune(30, 0) == 1_200
    assert (database.count("answers"), database.count("evidence"), database.count("model_calls")) == (1, 2, 2)
    assert database.prune(30, 30) == 1
    assert database.count("audit_log") == 1


@pytest.mark.requirement("SYS-STATE-DB")
def test_tables_and_migrations_say_the_same(database: StateDatabase) -> None:
    """A column that only one of them has fails here; HEAD is the newest step."""
    with database._connecting().begin() as connection:
        differences: list[Any] = compare_metadata(MigrationContext.configure(connection), tables.metadata)
    assert differences == []
    config = Config()
    config.set_main_option("script_location", steps.__path__[0])
    assert ScriptDirectory.from_config(config).get_heads() == [tables.HEAD]


def test_migrating_twice_at_once_is_migrating_once(fresh: Fresh) -> None:
    """As two pods do that start together."""
    failures: list[Exception] = []
    ready = threading.Barrier(4)

    def migrate(database: StateDatabase) -> None:
        ready.wait()
        try:
            database.migrate()
        except Exception as error:  # noqa: BLE001 - told below, in the test's own thread
            failures.append(error)

    threads = [threading.Thread(target=migrate, args=(fresh(),)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    database = fresh()
    database.store([written(rows())])
    assert database.count("answers") == 1


@pytest.mark.parametrize("on", ["sqlite", "postgresql"])
def test_a_killed_migration_leaves_nothing_half_made(
    on: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """`kill -9` between two tables: none is there, nothing is locked, and the next one makes them all."""
    if on == "sqlite":
        database = StateDatabase(lambda: sqlite_engine(tmp_path / "state.db"))
        url = str(tmp_path / "state.db")
    else:
        server: PostgresServer = request.getfixturevalue("postgres_server")
        url = server.url(server.create_database())
        database = on_postgres(url)
    program = [sys.executable, "-c", KILLED_MIGRATING, on, url]
    path = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(program, env=path, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline() == b"now\n"
        process.kill()
    with database._connecting().begin() as connection:
        assert inspect(connection).get_table_names() == []
    database.migrate()
    database.store([written(rows(id="q1"))])
    assert database.count("answers") == 1
    database.close()


def test_without_tables_sqlite_gets_them_and_postgresql_says_what_to_do(fresh: Fresh) -> None:
    """The service's role in PostgreSQL need not be the owner of the tables."""
    database = fresh()
    if database._connecting().dialect.name == "sqlite":
        assert database.count("answers") == 0
        return
    with pytest.raises(Unavailable, match="nba-mcp state migrate"):
        database.count("answers")
    fresh().migrate()
    assert database.count("answers") == 0


def test_a_newer_layout_is_used(database: StateDatabase, fresh: Fresh) -> None:
    """While an update goes on, old and new programs share the tables; steps only add."""
    with database._connecting().begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    other = fresh()
    other.store([written(rows())])
    assert other.count("answers") == 1
