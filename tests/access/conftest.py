"""Keys in state databases of both engines, and servers that ask for them."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import small_league
from nba_mcp_synthesis.app import App
from nba_mcp_synthesis.server.access.key_format import NewKey, new_key
from nba_mcp_synthesis.settings import load_settings
from nba_mcp_synthesis.state.api_keys import ApiKeys
from nba_mcp_synthesis.state.database import StateDatabase
from nba_mcp_synthesis.state.engines import sqlite_engine
from running import Running, running
from state.conftest import on_postgres

if TYPE_CHECKING:
    from servers.postgres import PostgresServer

Store = Callable[[], ApiKeys]


@pytest.fixture(params=["sqlite", "postgresql"])
def state_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a new state database with its tables."""
    if request.param == "sqlite":
        database = StateDatabase(lambda: sqlite_engine(tmp_path / "state.db"))
        url = f"sqlite:///{tmp_path / 'state.db'}"
    else:
        server: PostgresServer = request.getfixturevalue("postgres_server")
        url = server.url(server.create_database())
        database = on_postgres(url)
    database.migrate()
    database.close()
    return url


@pytest.fixture
def keys(state_url: str) -> Iterator[ApiKeys]:
    """The keys in it, as a process has them."""
    with_file = state_url.startswith("sqlite")
    path = Path(state_url.removeprefix("sqlite:///"))
    database = StateDatabase(partial(sqlite_engine, path)) if with_file else on_postgres(state_url)
    yield ApiKeys(lambda: database)
    database.close()


def added(keys: ApiKeys, name: str, *scopes: str, days: int | None = None) -> NewKey:
    """A key that was made and stored."""
    made = new_key(name, list(scopes), days)
    keys.add(made.row)
    return made


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the small league, for servers of a module."""
    folder = tmp_path_factory.mktemp("access")
    small_league.build(folder / "demo.duckdb")
    return folder


@pytest.fixture(scope="module")
def home_keys(home: Path) -> ApiKeys:
    """The keys of that home."""
    return App(load_settings({"NBA_MCP_HOME": str(home)})).api_keys


@pytest.fixture(scope="module")
def server(home: Path) -> Iterator[Running]:
    """A server that wants keys."""
    with running(home, NBA_MCP_HOME=str(home), NBA_MCP_AUTH="keys") as found:
        yield found


def bearer(key: str) -> dict[str, str]:
    """The header that carries a credential."""
    return {"Authorization": f"Bearer {key}"}
