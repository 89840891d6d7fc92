"""A streaming replica: it is read from while it lives, with one state an answer however far it lags."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from nba_mcp_synthesis.app import App
from nba_mcp_synthesis.facts import Proposal, Question, Verdict
from nba_mcp_synthesis.settings import load_settings
from nba_mcp_synthesis.synthesis.pipeline import Hearing
from nba_mcp_synthesis.warehouse import migrations
from nba_mcp_synthesis.warehouse.postgres.loading import workshop
from nba_mcp_synthesis.warehouse.postgres_engine import PostgresWarehouse
from running import free_port
from servers.killable import KillablePostgres, _until
from servers.leagues import load_small
from servers.postgres import _runner

WHERE = "SELECT pg_is_in_recovery(), full_name FROM players WHERE player_id = 1"


@pytest.fixture
def replica(killable_postgres: KillablePostgres, tmp_path: Path) -> Iterator[KillablePostgres]:
    """A server that follows the other one."""
    folder = tmp_path / "replica"
    folder.mkdir()
    primary = killable_postgres.server
    backup = ["-D", f"{folder}/data", "-R", "-X", "stream", "-c", "fast", "-d", primary.url()]
    _runner(folder)(str(primary.programs / "pg_basebackup"), *backup)
    found = KillablePostgres(folder, replace(primary, port=free_port()))
    found.start()
    yield found
    found.kill()


@pytest.fixture
def url(killable_postgres: KillablePostgres, replica: KillablePostgres, tmp_path: Path) -> str:
    """The address of both, with the small league; the replica has it."""
    primary = killable_postgres.server
    both = (
        f"postgresql://{primary.user}:{primary.password}@127.0.0.1:{replica.server.port},"
        f"127.0.0.1:{primary.port}/postgres?target_session_attrs=prefer-standby"
    )
    load_small(both, tmp_path)
    catch_up(killable_postgres, replica)
    return both


def catch_up(primary: KillablePostgres, replica: KillablePostgres) -> None:
    """Waits until the replica has what the primary has."""
    written = asked(primary, "SELECT pg_current_wal_lsn()")

    def has_it() -> None:
        if not asked(replica, f"SELECT pg_last_wal_replay_lsn() >= '{written}'"):
            raise LookupError

    _until(has_it, LookupError)


def asked(server: KillablePostgres, sql: str) -> Any:
    """One value, for the administrator."""
    with server.server.connect() as admin:
        return admin.execute(sql.encode()).fetchall()[0][0]


def rename(url: str, home: Path) -> None:
    """Loads a change, which gives another snapshot."""
    with workshop(lambda: url, home) as path, duckdb.connect(str(path)) as file:
        file.execute("UPDATE players SET full_name = 'Zoe Test' WHERE player_id = 1")
        migrations.set_info(file, "snapshot", "renamed")


def test_a_replica_is_read_from_and_the_primary_written(
    killable_postgres: KillablePostgres, replica: KillablePostgres, url: str, tmp_path: Path
) -> None:
    """A lagging replica gives its own state with its own name; a load goes to the primary all the same."""
    warehouse = PostgresWarehouse(lambda: url)
    before = warehouse.query(WHERE)
    asked(replica, "SELECT pg_wal_replay_pause()")
    rename(url, tmp_path)
    lagging = warehouse.query(WHERE)
    assert lagging.rows == before.rows == ((True, "Ada Test"),)
    assert lagging.snapshot == before.snapshot
    asked(replica, "SELECT pg_wal_replay_resume()")
    catch_up(killable_postgres, replica)
    now = warehouse.query(WHERE)
    assert (now.rows, now.snapshot) == (((True, "Zoe Test"),), "renamed")
    warehouse.close()


def test_a_dead_replica_leaves_its_work_to_the_primary_until_it_is_back(
    replica: KillablePostgres, url: str
) -> None:
    """No caller has to do anything, beyond asking again where a session ended under him."""
    warehouse = PostgresWarehouse(lambda: url)
    assert warehouse.query(WHERE).rows == ((True, "Ada Test"),)
    replica.kill()
    assert warehouse.query(WHERE).rows == ((False, "Ada Test"),)
    replica.start()
    warehouse.close()  # sessions are replaced by and by
    assert warehouse.query(WHERE).rows == ((True, "Ada Test"),)
    warehouse.close()


def test_half_an_answer_from_a_replica_that_lags_is_noticed(
    replica: KillablePostgres, url: str, tmp_path: Path
) -> None:
    """It died within the answer: the primary's half has another state's name, and it is asked anew."""
    app = App(load_settings({"NBA_MCP_WAREHOUSE_URL": url, "NBA_MCP_HOME": str(tmp_path)}))
    asked(replica, "SELECT pg_wal_replay_pause()")
    rename(url, tmp_path)
    answer = app.ask("lakers record")
    replica.kill()
    (evidence,) = answer.evidence
    other = replace(evidence, result=app.warehouse.query(evidence.sql))
    mixed = Verdict(Proposal("analyst", "answered", "", evidence=(evidence, other)), holds=True)
    assert not Hearing(Question("q", "lakers record"), [mixed]).is_of_one_state
    assert app.ask("lakers record").snapshot == "renamed"
    app.warehouse.close()
