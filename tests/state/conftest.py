"""State databases on both engines, a journal, and answers to put into them."""

import itertools
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import SecretStr

from nba_mcp_synthesis.connectors.postgres_url import URLLogin
from nba_mcp_synthesis.connectors.rds import RDSConnector
from nba_mcp_synthesis.state.database import StateDatabase
from nba_mcp_synthesis.state.engines import postgres_engine, sqlite_engine
from nba_mcp_synthesis.state.entries import Asking, Rows, answer_rows
from nba_mcp_synthesis.state.journal import Journal

if TYPE_CHECKING:
    from servers.postgres import PostgresServer

Fresh = Callable[[], StateDatabase]
_numbers = itertools.count(1)

BY_US = {"engine": "duckdb", "written_by": "product"}


def on_postgres(url: str | Callable[[], str]) -> StateDatabase:
    """A state database at an address, or at the one of each moment."""
    connector = RDSConnector(
        lambda: URLLogin(SecretStr(url if isinstance(url, str) else url()), lambda: None)
    )
    return StateDatabase(lambda: postgres_engine(connector.connect))


@pytest.fixture(params=["sqlite", "postgresql"])
def fresh(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Fresh]:
    """Makes objects over one and the same new database without tables, as several processes have them."""
    made: list[StateDatabase] = []
    make: Fresh
    if request.param == "sqlite":
        path = tmp_path / "state.db"
        make = partial(StateDatabase, lambda: sqlite_engine(path))
    else:
        server: PostgresServer = request.getfixturevalue("postgres_server")
        url = server.url(server.create_database())
        make = partial(on_postgres, url)

    def one_more() -> StateDatabase:
        made.append(make())
        return made[-1]

    yield one_more
    for database in made:
        database.close()


@pytest.fixture
def database(fresh: Fresh) -> StateDatabase:
    """A database with its tables."""
    found = fresh()
    found.migrate()
    return found


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """An empty journal."""
    found = Journal(tmp_path / "journal")
    yield found
    found.settle()


def answer(**changes: Any) -> dict[str, Any]:
    """An answer in its JSON shape."""
    return {
        "id": f"a{next(_numbers)}",
        "question": "who led the league in scoring",
        "text": "Ada led.",
        "status": "answered",
        "values": [{"entity": "Ada", "measure": "pts", "value": 31, "unit": "points", "evidence": "e1"}],
        "table": {"columns": ["player", "pts"], "rows": [["Ada", 31]]},
        "evidence": [
            {"id": "e1", "sql": "SELECT 1", "columns": ["n"], "rows": [[1], [2]], **BY_US},
            {"id": "e2", "sql": "SELECT 2", "columns": ["n"], "rows": [[2]], **BY_US},
        ],
        "confidence": 1.0,
        "voices": [
            {"name": "analyst", "outcome": "answered", "cost_usd": 0.0, "tokens": 0, "seconds": 0.1},
            {"name": "other", "outcome": "withheld", "cost_usd": 0.25, "tokens": 700, "seconds": 2.0},
        ],
        "cost_usd": 0.25,
        "data_as_of": "2025-11-03",
        "snapshot": "abc",
        "simulated": True,
        "cached": False,
        **changes,
    }


def rows(**changes: Any) -> Rows:
    """The rows of such an answer."""
    return answer_rows(answer(**changes), Asking("http", "10.0.0.1", "request-1", 0.5), "the one before")
