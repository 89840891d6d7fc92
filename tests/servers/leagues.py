"""The small league in both engines."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import small_league
from nba_mcp_synthesis.warehouse.duckdb_engine import DuckDBWarehouse
from nba_mcp_synthesis.warehouse.postgres.loading import workshop
from nba_mcp_synthesis.warehouse.postgres_engine import PostgresWarehouse
from servers.postgres import PostgresServer


def load_small(url: str, home: Path) -> None:
    """Loads the small league into a PostgreSQL database."""
    with workshop(lambda: url, home) as path:
        small_league.build(path)


@pytest.fixture(scope="session")
def small_postgres_url(postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a database with the small league; tests read it only."""
    url = postgres_server.url(postgres_server.create_database()) + "?sslmode=disable"
    load_small(url, tmp_path_factory.mktemp("home"))
    return url


@pytest.fixture
def small_postgres(small_postgres_url: str) -> Iterator[PostgresWarehouse]:
    """A warehouse in PostgreSQL with the small league."""
    warehouse = PostgresWarehouse(lambda: small_postgres_url)
    yield warehouse
    warehouse.close()


@pytest.fixture(params=["duckdb", "postgres"])
def small(request: pytest.FixtureRequest) -> DuckDBWarehouse | PostgresWarehouse:
    """The small league in each engine."""
    found: DuckDBWarehouse | PostgresWarehouse = request.getfixturevalue(
        {"duckdb": "small_warehouse", "postgres": "small_postgres"}[request.param]
    )
    return found
