"""What several system tests share."""

from collections.abc import Iterator

import pytest

import small_league
from running import Running, running


@pytest.fixture(scope="module")
def small_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server over the small league."""
    folder = tmp_path_factory.mktemp("page")
    path = small_league.build(folder / "small.duckdb")
    home = str(folder / "home")
    with running(folder, NBA_MCP_WAREHOUSE_URL=f"duckdb:///{path}", NBA_MCP_HOME=home) as found:
        yield found
