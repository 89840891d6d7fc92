"""The real 2025-26 season and the recorded game log, loaded once for all tests that ask about them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from nba_mcp_synthesis.sources.door import find_files
from nba_mcp_synthesis.warehouse.duckdb_engine import DuckDBWarehouse
from nba_mcp_synthesis.warehouse.loading import load_files


@pytest.fixture(scope="session")
def real_warehouse(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DuckDBWarehouse]:
    """A warehouse that holds the real season; tests read it only."""
    path = tmp_path_factory.mktemp("real") / "real.duckdb"
    log = real_data / "nba_api_recorded" / "cassettes" / "smoke" / "test_endpoints[LeagueGameLog].yaml"
    load_files(path, find_files([real_data / "season_2025_26", log]))
    warehouse = DuckDBWarehouse(path)
    yield warehouse
    warehouse.close()
