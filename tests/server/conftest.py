"""Servers over the small league, and clients of them."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from fastmcp import Client
from fastmcp.client.client import CallToolResult
from mcp.types import ContentBlock, TextContent

import small_league
from nba_mcp_synthesis.app import App
from nba_mcp_synthesis.basketball.names import Names
from nba_mcp_synthesis.basketball.stats.stats import Stats
from nba_mcp_synthesis.facts import Tell, tell_nobody
from nba_mcp_synthesis.server.companions import accompanied
from nba_mcp_synthesis.server.mcp_server import build_mcp
from nba_mcp_synthesis.server.tools import Services
from nba_mcp_synthesis.settings import load_settings
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


Talk = Callable[..., Any]


def words(content: ContentBlock) -> str:
    """The text of a piece of content, which has to be text."""
    assert isinstance(content, TextContent)
    return content.text


def structured(result: CallToolResult) -> dict[str, Any]:
    """The structured content of a result, which has to have some."""
    assert result.structured_content is not None, result.content
    return result.structured_content


@pytest.fixture(scope="session")
def small_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse file with the small league, for those who only read it."""
    return small_league.build(tmp_path_factory.mktemp("small") / "small.duckdb")


@pytest.fixture
def talk(small_path: Path, tmp_path: Path) -> Talk:
    """Runs a coroutine function with a client of the whole product, as the command serves it.

    Further arguments are the client's own; `settings` are the product's.
    """

    def run(
        work: Callable[[Client[Any]], Awaitable[Any]],
        settings: dict[str, str] | None = None,
        **of_client: Any,
    ) -> Any:
        given = {"NBA_MCP_WAREHOUSE_URL": f"duckdb:///{small_path}", "NBA_MCP_HOME": str(tmp_path / "home")}
        app = App(load_settings(given | (settings or {})))

        async def main() -> Any:
            found = app.services("http")
            async with accompanied(found.companions), Client(await build_mcp(found), **of_client) as client:
                return await work(client)

        try:
            return asyncio.run(main())
        finally:
            app.queries.close()
            app.warehouse.close()

    return run
