"""The gate over the tables of the corpus, and a server that holds them beside what must stay out of reach."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from nba_mcp_synthesis.warehouse.cautions import Cautions
from nba_mcp_synthesis.warehouse.guard.postgres import PostgresGate
from nba_mcp_synthesis.warehouse.limits import Limits
from nba_mcp_synthesis.warehouse.postgres.loading import workshop
from nba_mcp_synthesis.warehouse.postgres.queries import PostgresRunner
from nba_mcp_synthesis.warehouse.postgres.roles import make_roles
from nba_mcp_synthesis.warehouse.postgres_engine import PostgresWarehouse
from nba_mcp_synthesis.warehouse.untrusted import UntrustedQueries
from servers.postgres import PostgresServer
from small_league import build

TABLES = ("teams", "players", "games", "player_game_stats", "team_game_stats", "play_by_play", "shots")
SHORT = Limits(rows=100, bytes=100_000, seconds=1.0)


@pytest.fixture(scope="session")
def corpus_folder(real_data: Path) -> Path:
    """The folder of the corpus; skips without one."""
    folder = real_data.parent / "guard"
    if not folder.is_dir():
        pytest.skip("no corpus of attacks beside the real data")
    return folder


@pytest.fixture(scope="session")
def attacks(corpus_folder: Path) -> list[dict[str, Any]]:
    """All attacks."""
    return _lines(corpus_folder / "attacks_pg.jsonl")


@pytest.fixture(scope="session")
def honest(corpus_folder: Path) -> list[dict[str, Any]]:
    """All honest statements."""
    return _lines(corpus_folder / "legit_pg.jsonl")


@pytest.fixture(scope="session")
def corpus_gate() -> PostgresGate:
    """A gate that serves the analytical tables of the corpus, and none of its secret ones."""
    return PostgresGate(frozenset(TABLES), ("public",))


@pytest.fixture(scope="session")
def ground(
    corpus_folder: Path, postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    """Addresses of a database with the corpus: of its `reader`, and of a `superuser`."""
    name = postgres_server.create_database()
    admin = postgres_server.url(name) + "?sslmode=disable"
    with workshop(lambda: admin, tmp_path_factory.mktemp("home")) as path:
        build(path)
    make_roles(lambda: admin)
    with psycopg.connect(admin, autocommit=True) as connection:
        for file in ("schema_common.sql", "rows.sql", "fixtures_pg.sql"):
            connection.execute((corpus_folder / "fixtures" / file).read_bytes())
        connection.execute("CREATE ROLE corpus_reader LOGIN PASSWORD 'word' IN ROLE nba_reader")
        connection.execute("REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC")
        connection.execute(f"GRANT SELECT ON {', '.join(TABLES)} TO corpus_reader".encode())
    reader = postgres_server.url(name, "corpus_reader", "word") + "?sslmode=disable"
    return {"reader": reader, "superuser": admin}


@pytest.fixture(params=["reader", "superuser"])
def warehouse(ground: dict[str, str], request: pytest.FixtureRequest) -> Iterator[PostgresWarehouse]:
    """The database, read with as few rights as are needed, and with all that there are."""
    address = ground[request.param]
    found = PostgresWarehouse(lambda: address, SHORT, search_path="public")
    yield found
    found.close()


@pytest.fixture
def queries(
    warehouse: PostgresWarehouse, ground: dict[str, str], corpus_gate: PostgresGate
) -> Iterator[UntrustedQueries]:
    """The way that statements from outside take; cautions are about the league beside the corpus."""
    league = PostgresWarehouse(lambda: ground["reader"])
    yield UntrustedQueries(warehouse, corpus_gate, PostgresRunner(warehouse), Cautions(league))
    league.close()


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").split("\n") if line]
