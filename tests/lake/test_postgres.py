"""A warehouse in PostgreSQL, published and restored by the commands."""

import json
from pathlib import Path

import pytest

from servers.postgres import PostgresServer
from test_cli import nba_mcp

pytestmark = pytest.mark.system  # a dozen processes
QUESTIONS = ("who led the league in total points", "lakers record", "celtics points per game")


@pytest.fixture
def urls(postgres_server: PostgresServer) -> tuple[str, str]:
    """Two empty databases."""
    first, second = (postgres_server.url(postgres_server.create_database()) for _ in range(2))
    return f"{first}?sslmode=disable", f"{second}?sslmode=disable"


def asked(question: str, environment: dict[str, str]) -> str:
    """The answer of a command."""
    text: str = json.loads(nba_mcp("ask", "--json", question, **environment).stdout)["text"]
    return text


def test_a_lake_goes_from_any_engine_to_any(small: Path, urls: tuple[str, str], tmp_path: Path) -> None:
    """DuckDB to PostgreSQL to PostgreSQL: the same answers, the same state, and nothing new to publish."""
    lake = str(tmp_path / "lake")
    steps = [f"duckdb:///{small}", *urls]
    answers = []
    for number, url in enumerate(steps):
        environment = {
            "NBA_MCP_WAREHOUSE_URL": url,
            "NBA_MCP_LAKE_URL": lake,
            "NBA_MCP_HOME": str(tmp_path / f"home{number}"),
        }
        if number:
            done = nba_mcp("data", "load", lake, **environment)
            assert done.returncode == 0, done.stderr
        published = json.loads(nba_mcp("data", "publish", "--json", **environment).stdout)
        assert published["changed"] is (number == 0)
        answers.append([asked(question, environment) for question in QUESTIONS])
    assert answers[0] == answers[1] == answers[2]
    assert "220" in answers[0][0]
