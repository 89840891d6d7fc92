"""One small league for all questions to it: they read only."""

from collections.abc import Iterator

import pytest

from nba_mcp_synthesis.analyst.analyst import Analyst
from nba_mcp_synthesis.warehouse.duckdb_engine import DuckDBWarehouse
from small_league import analyst_of, build


@pytest.fixture(scope="session")
def league(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DuckDBWarehouse]:
    """A warehouse that holds the small league."""
    warehouse = DuckDBWarehouse(build(tmp_path_factory.mktemp("league") / "small.duckdb"))
    yield warehouse
    warehouse.close()


@pytest.fixture(scope="session")
def analyst(league: DuckDBWarehouse) -> Analyst:
    """The analyst over the small league."""
    return analyst_of(league)
