"""A server process over the small league, shared by tests that leave it running."""

from collections.abc import Iterator

import httpx
import pytest

import small_league
from running import Running, running


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The server; its models are none."""
    folder = tmp_path_factory.mktemp("rest")
    path = small_league.build(folder / "small.duckdb")
    named = {"NBA_MCP_WAREHOUSE_URL": f"duckdb:///{path}", "NBA_MCP_HOME": str(folder)}
    with running(folder, **named) as found:
        yield found


@pytest.fixture
def client(server: Running) -> Iterator[httpx.Client]:
    """A client of it."""
    with httpx.Client(base_url=server.url, timeout=30) as found:
        yield found
