"""A server over the small league, and a client of it."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from fastmcp import Client

import small_league
from nba_mcp_synthesis.basketball.names import Names
from nba_mcp_synthesis.basketball.stats.stats import Stats
from nba_mcp_synthesis.facts import Tell, tell_nobody
from nba_mcp_synthesis.server.mcp_server import build_mcp
from nba_mcp_synthesis.server.tools import Services
from nba_mcp_synthesis.telemetry.metrics import Metrics
from nba_mcp_synthesis.warehouse.cautions import Cautions
from nba_mcp_synthesis.warehouse.duckdb_engine import DuckDBWarehouse
from nba_mcp_synthesis.warehouse.opening import queries_of


def services(path: Path, metrics: Metrics | None = None) -> Services:
    """The services over a warehouse; the voices have tests of their own."""
    warehouse = DuckDBWarehouse(path)

    async def unasked(question: str, previous: str | None = None, tell: Tell = tell_nobody) -> dict[str, Any]:
        raise AssertionError(question, previous)

    def names() -> Names:
        return Names.of(warehouse)

    stats = Stats(warehouse, names, Cautions(warehouse))
    return Services(warehouse, queries_of(warehouse), names, unasked, stats, metrics=metrics or Metrics())


@pytest.fixture(scope="session")
def services_of() -> Callable[[Path], Services]:
    """Makes the services over a warehouse file."""
    return services


@pytest.fixture
def metrics() -> Metrics:
    """The metrics of the server under test."""
    return Metrics()


@pytest.fixture
def with_client(tmp_path: Path, metrics: Metrics) -> Callable[..., Any]:
    """Runs a coroutine function with a client of a server over the small league."""
    path = small_league.build(tmp_path / "small.duckdb")

    def run(work: Callable[[Client[Any]], Awaitable[Any]]) -> Any:
        async def main() -> Any:
            async with Client(await build_mcp(services(path, metrics))) as client:
                return await work(client)

        return asyncio.run(main())

    return run
