"""The small league in every engine."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

import small_league
from lake.conftest import BUCKET, published, sound_bucket
from nba_mcp_synthesis.engine_addresses import SparkAddress
from nba_mcp_synthesis.lake.catalogue import Catalogue
from nba_mcp_synthesis.lake.opening import open_store
from nba_mcp_synthesis.warehouse.athena_engine import AthenaWarehouse
from nba_mcp_synthesis.warehouse.engine import Warehouse
from nba_mcp_synthesis.warehouse.limits import Limits
from nba_mcp_synthesis.warehouse.postgres.loading import workshop
from nba_mcp_synthesis.warehouse.postgres_engine import PostgresWarehouse
from nba_mcp_synthesis.warehouse.spark_engine import SparkWarehouse
from servers.athena import DATABASE, AthenaGround, athena_ground
from servers.postgres import PostgresServer
from servers.spark import spark_connect

# Engines of many machines take seconds for what others answer at once, and more on a busy machine.
PATIENT = Limits(seconds=60.0)


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


def register(ground: AthenaGround, path: Path) -> None:
    """Publishes a warehouse file to the ground's bucket, and registers it; call it in its environment."""
    store = open_store(f"s3://{BUCKET}/lake")
    published(store, path)
    Catalogue(DATABASE).register(store)


@pytest.fixture(scope="session")
def small_ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AthenaGround]:
    """Athena's peer, with the small league published and registered."""
    path = small_league.build(tmp_path_factory.mktemp("athena") / "small.duckdb")
    with athena_ground() as ground:
        sound_bucket(ground.aws)
        with ground.environment():
            register(ground, path)
        yield ground


@pytest.fixture
def small_athena(small_ground: AthenaGround) -> Iterator[AthenaWarehouse]:
    """The small league, read by Athena; tests read it only."""
    with small_ground.environment(), closing(small_ground.warehouse(limits=PATIENT)) as warehouse:
        yield warehouse


@pytest.fixture(scope="session")
def spark_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkAddress]:
    """A Spark Connect server."""
    with spark_connect(tmp_path_factory.mktemp("spark")) as address:
        yield address


@pytest.fixture(scope="session")
def small_spark(
    spark_server: SparkAddress, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SparkWarehouse]:
    """The small league, read by Spark; tests read it only."""
    folder = tmp_path_factory.mktemp("lake")
    place = str(folder / "lake")
    published(open_store(place), small_league.build(folder / "small.duckdb"))
    with closing(SparkWarehouse(spark_server, place, PATIENT)) as warehouse:
        yield warehouse


ENGINES = {
    "duckdb": "small_warehouse",
    "postgres": "small_postgres",
    "athena": "small_athena",
    "spark": "small_spark",
}


@pytest.fixture(
    params=[
        "duckdb",
        "postgres",
        *(pytest.param(name, marks=pytest.mark.system) for name in ("athena", "spark")),
    ]
)
def small(request: pytest.FixtureRequest) -> Warehouse:
    """The small league in each engine."""
    found: Warehouse = request.getfixturevalue(ENGINES[request.param])
    return found
