"""The semantic layer over the small league, a season of the demo league, and the real season."""

from collections.abc import Iterator

import pytest

from basketball.stats.asking import WHOLE, stats_of
from nba_mcp_synthesis.basketball.stats.stats import Stats
from nba_mcp_synthesis.sources.demo.league import simulate_season
from nba_mcp_synthesis.warehouse.duckdb_engine import DuckDBWarehouse
from nba_mcp_synthesis.warehouse.loading import load_demo
from small_league import build


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stats]:
    """Two teams, four players, three games."""
    warehouse = DuckDBWarehouse(build(tmp_path_factory.mktemp("small") / "small.duckdb"))
    yield stats_of(warehouse)
    warehouse.close()


@pytest.fixture(scope="session")
def demo_warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DuckDBWarehouse]:
    """A season of the demo league with every table but tracking."""
    path = tmp_path_factory.mktemp("demo") / "demo.duckdb"
    load_demo(path, [("2025-26", simulate_season(seed=1, processes=2))])
    warehouse = DuckDBWarehouse(path, WHOLE)
    yield warehouse
    warehouse.close()


@pytest.fixture(scope="session")
def demo(demo_warehouse: DuckDBWarehouse) -> Stats:
    """The demo season."""
    return stats_of(demo_warehouse)


@pytest.fixture(scope="session")
def whole_real_warehouse(real_warehouse: DuckDBWarehouse) -> Iterator[DuckDBWarehouse]:
    """The real season without the limits that serve callers."""
    warehouse = DuckDBWarehouse(real_warehouse.path, WHOLE)
    yield warehouse
    warehouse.close()


@pytest.fixture(scope="session")
def real(whole_real_warehouse: DuckDBWarehouse) -> Stats:
    """The real season."""
    return stats_of(whole_real_warehouse)
