"""The review of a real PostgreSQL: figures are those of other queries, advice comes when it is due."""

from collections.abc import Iterator
from datetime import UTC, datetime

import psycopg
import pytest

from nba_mcp_synthesis.connectors.postgres_url import parsed
from nba_mcp_synthesis.operations.backup.databases import Database, Server
from nba_mcp_synthesis.operations.reports.database import document, review
from running import free_port
from servers.postgres import PostgresServer

NOW = datetime(2026, 3, 2, tzinfo=UTC)
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
