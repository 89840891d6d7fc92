"""The review of a real PostgreSQL: figures are those of other queries, advice comes when it is due."""

import secrets
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import psycopg
import pytest
from pydantic import SecretStr

from nba_mcp_synthesis.connectors.postgres_url import URLLogin, parsed
from nba_mcp_synthesis.connectors.rds import RDSConnector
from nba_mcp_synthesis.operations.backup.databases import Database, Server
from nba_mcp_synthesis.operations.backup.manifest import DatabaseName
from nba_mcp_synthesis.operations.incidents.database_part import part
from nba_mcp_synthesis.operations.reports.database import document, review
from running import free_port
from servers.postgres import PostgresServer

NOW = datetime(2026, 3, 2, tzinfo=UTC)
BOTH: tuple[DatabaseName, ...] = ("warehouse", "state")
SECRET = "a-value-that-nobody-may-see"


@pytest.fixture
def url(postgres_server: PostgresServer) -> Iterator[str]:
    """A database with a bloated table, unused indexes, and a session that idles in a transaction."""
    url = postgres_server.url(postgres_server.create_database())
    with psycopg.connect(url, autocommit=True) as session:
        session.execute("CREATE TABLE games (id int PRIMARY KEY, place text, seats int)")
        session.execute("ALTER TABLE games SET (autovacuum_enabled = false)")
        session.execute("INSERT INTO games SELECT n, md5(n::text), n FROM generate_series(1, 60000) n")
        session.execute("CREATE INDEX games_place ON games (place)")
        session.execute("CREATE INDEX games_id_again ON games (seats)")
        session.execute("DELETE FROM games WHERE id % 3 = 0")
        session.execute("SELECT pg_stat_force_next_flush()")
    idle = psycopg.connect(url, application_name="sleeper")
    idle.execute(f"SELECT '{SECRET}'")
    yield url
    idle.close()


def database(url: str) -> Database:
    """As the settings would name it."""
    return Database("warehouse", Server(lambda: parsed(url)))


@pytest.mark.requirement("PERF-DB")
def test_a_review_finds_what_is_wrong(url: str) -> None:
    found = document([database(url)], NOW)
    (told,) = found.data["databases"]
    with psycopg.connect(url) as session:
        size = session.execute("SELECT pg_database_size(current_database())").fetchone()
        most = session.execute("SHOW max_connections").fetchone()
    assert size is not None
    assert most is not None
    assert told["figures"]["size"] == pytest.approx(size[0], rel=0.05)
    assert told["figures"]["connections"] * int(most[0]) >= 2
    assert 0 < told["figures"]["cache_hit"] <= 1
    assert told["figures"]["deadlocks"] == 0
    (bloated,) = told["tables"]["bloat"]
    assert (bloated["table"], bloated["dead rows"], bloated["last vacuum"]) == (
        "public.games",
        "20000",
        "never",
    )
    assert {row["index"] for row in told["tables"]["unused"]} == {"games_place", "games_id_again"}
    assert "sleeper" in {row["application"] for row in told["tables"]["sessions"]}
    advice = " ".join(found.data["advice"])
    assert "VACUUM (ANALYZE) these tables" in advice
    assert "slow down every write" in advice
    assert "pg_stat_statements is not installed" in found.markdown()
    assert SECRET not in found.markdown()
    assert found.exit_code == 0


def test_what_a_role_does_not_see_is_said_and_not_taken_for_nothing(
    url: str, postgres_server: PostgresServer
) -> None:
    """Of a role with the service's rights; what PostgreSQL refuses it costs a sentence each."""
    role = f"reader_{secrets.token_hex(4)}"
    postgres_server.create_role(role, "pw")
    name = parsed(url)["dbname"]
    with postgres_server.connect(name) as admin:
        admin.execute("REVOKE SELECT ON pg_statio_user_tables FROM PUBLIC")
    own = database(postgres_server.url(name, role, "pw"))
    blind = review(own)
    figures = {one.name: one.value for one in blind.figures}
    with postgres_server.connect() as admin:
        row = admin.execute(
            "SELECT count(*), current_setting('max_connections')::int FROM pg_stat_activity "
            "WHERE backend_type = 'client backend' AND datname IS NOT NULL"
        ).fetchone()
    assert row is not None
    assert figures["connections"] * row[1] == pytest.approx(row[0], abs=2)  # autovacuum may come or go
    assert figures["connections"] * row[1] >= 2
    assert [figures[hidden] for hidden in ("idle_in_transaction", "running", "waiting")] == [None] * 3
    assert figures["cache_hit"] is None
    assert (figures["size"] or 0) > 0
    (sessions,) = (one for one in blind.tables if one.name == "sessions")
    assert (sessions.rows, sessions.nothing) == ([], "Not known.")
    grant, refused = blind.unknown
    assert f"hidden from {role}" in grant
    assert "GRANT pg_read_all_stats" in grant
    assert refused.startswith("Cache hit: not known, since PostgreSQL says: permission denied for view ")
    found = document([own], NOW)
    assert f"Needs a person: warehouse: {grant}" in found.summary
    assert found.exit_code == 0
    with postgres_server.connect() as admin:
        admin.execute(f"GRANT pg_read_all_stats TO {role}".encode())
    seeing = review(own)
    assert seeing.unknown == [refused]
    assert {one.name: one.value for one in seeing.figures}["idle_in_transaction"] is not None
    (sessions,) = (one for one in seeing.tables if one.name == "sessions")
    assert "sleeper" in {row[1] for row in sessions.rows}


def test_calls_of_the_warehouse_end_with_rollback_and_the_state_s_do_not(url: str) -> None:
    asked = {name: {one.name for one in review(replace(database(url), name=name)).figures} for name in BOTH}
    assert asked["state"] - asked["warehouse"] == {"rollbacks"}
    assert asked["warehouse"] - asked["state"] == set()


def test_an_incident_says_what_its_role_does_not_see(url: str, postgres_server: PostgresServer) -> None:
    role = f"reader_{secrets.token_hex(4)}"
    postgres_server.create_role(role, "pw")
    name = parsed(url)["dbname"]

    def told(user: str | None, password: str | None) -> str:
        login = SecretStr(postgres_server.url(name, user, password))
        return part(RDSConnector(lambda: URLLogin(login, lambda: None))).look()

    assert told(role, "pw").startswith(f"What the sessions of other roles do is hidden from {role}.")
    assert "hidden" not in told(None, None)


def test_what_is_well_needs_nobody(postgres_server: PostgresServer) -> None:
    found = review(database(postgres_server.url(postgres_server.create_database())))
    assert found.advice == []
    assert found.figures[0].value is None  # nothing was read yet


def test_a_review_changes_nothing(url: str) -> None:
    with database(url).server.connected() as session, pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        session.execute("SET default_transaction_read_only = on")
        session.execute("DROP TABLE games")


def test_one_that_is_away_costs_a_sentence(url: str) -> None:
    away = f"postgresql://a:very-secret@127.0.0.1:{free_port()}/b?sslmode=disable"
    found = document([database(away), database(url)], NOW)
    assert found.exit_code == 3
    assert len(found.data["databases"]) == 1
    (told,) = found.data["away"]
    assert "was not looked at" in told
    assert "very-secret" not in found.markdown()
    assert "nothing to look at" in document([], NOW).summary[0]
