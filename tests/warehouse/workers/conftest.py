"""Worker pools over the small league."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import small_league
from nba_mcp_synthesis.warehouse.duckdb_engine import DuckDBWarehouse
from nba_mcp_synthesis.warehouse.workers.pool import WorkerPool

Pools = Callable[..., WorkerPool]


@pytest.fixture(scope="session")
def league_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse file that no test changes."""
    return small_league.build(tmp_path_factory.mktemp("workers") / "small.duckdb")


@pytest.fixture
def pools(league_file: Path) -> Iterator[Pools]:
    """Makes pools over a file, the small league's where none is named, and ends them."""
    made: list[WorkerPool] = []

    def pool(path: Path = league_file, concurrency: int = 2, memory_mb: int = 128) -> WorkerPool:
        made.append(WorkerPool(DuckDBWarehouse(path), concurrency, memory_mb))
        return made[-1]

    yield pool
    for each in made:
        each.close()


@pytest.fixture
def pool(pools: Pools) -> WorkerPool:
    """A pool of two places over the small league."""
    return pools()


@pytest.fixture(scope="session")
def shared(league_file: Path) -> Iterator[WorkerPool]:
    """A pool whose workers see the statements of many tests, as they would see those of many callers."""
    pool = WorkerPool(DuckDBWarehouse(league_file), 1, 128)
    yield pool
    pool.close()
