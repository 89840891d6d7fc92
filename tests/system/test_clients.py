"""The official MCP clients, unmodified, against a real server over both transports."""

import json
from pathlib import Path
from typing import Any

import pytest

import small_league
from lake.conftest import published
from nba_mcp_synthesis.lake.opening import open_store
from node_clients import Node
from running import COMMAND, running

pytestmark = pytest.mark.system

CALLS: list[dict[str, Any]] = [
    {"name": "ask", "arguments": {"question": "who led the league in total points"}},
    {"name": "find", "arguments": {"name": "ada test"}},
    {"name": "describe", "arguments": {"table": "games"}},
    {"name": "query_sql", "arguments": {"sql": "SELECT count(*) AS n FROM games"}},
    {"name": "box_score", "arguments": {"game_id": "0022500001"}},
    {"name": "data_status", "arguments": {}},
    {"name": "query_stats", "arguments": {"measures": ["pts"], "by": ["player"], "limit": 1}},
    {"name": "lake_browse", "arguments": {"path": "tables/games"}},
    {"name": "lake_read", "arguments": {"table": "games", "columns": ["game_id"], "limit": 2}},
    {"name": "compare", "arguments": {"names": ["ada test", "cid sample"], "measures": ["pts"]}},
]
WRONG = {"name": "query_sql", "arguments": {"limit": 5}}


@pytest.fixture
def warehouse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The small league and its lake, named in the environment that servers inherit."""
    path = small_league.build(tmp_path / "small.duckdb")
    published(open_store(str(tmp_path / "lake")), path)
    monkeypatch.setenv("NBA_MCP_WAREHOUSE_URL", f"duckdb:///{path}")
    monkeypatch.setenv("NBA_MCP_LAKE_URL", str(tmp_path / "lake"))
    return path


def check(outcome: dict[str, Any]) -> None:
    """All tools are listed, every call gave what the small league holds, the wrong one an advice."""
    assert outcome["server"]["name"] == "nba-mcp-synthesis"
    assert {tool["name"] for tool in outcome["tools"]} == {call["name"] for call in CALLS}
    *good, wrong = outcome["results"]
    assert not any(result.get("isError") for result in good), good
    ask, find, describe, query, box, status, stats, listed, read, compared = (
        r["structuredContent"] for r in good
    )
    assert ask["status"] == "answered"
    assert ask["values"][0]["value"] == 220
    assert ask["values"][0]["entity"] == "Cid Sample"
    assert ask["simulated"] is True
    assert find["matches"][0]["id"] == 1
    assert describe["columns"][0]["column"] == "game_id"
    assert query["rows"] == [[3]]
    assert box["game"]["home_pts"] == 110
    assert status["files"] == {"loaded": 1}
    assert stats["rows"] == [[1, "Cid Sample", 220]]
    assert listed["entries"][0]["path"] == "tables/games/season=2025-26"
    assert (len(read["rows"]), read["truncated"]) == (2, True)
    assert sorted(compared["rows"]) == [["Ada Test", 200], ["Cid Sample", 220]]
    assert wrong["isError"]
    assert "`sql` is needed" in wrong["content"][0]["text"]


@pytest.mark.parametrize("library", ["client", "sdk"])
def test_the_typescript_clients_over_stdio(node: Node, warehouse: Path, library: str) -> None:
    """The present and the previous TypeScript client list and call every tool."""
    done = node.run(
        "client.mjs",
        library,
        "stdio",
        COMMAND,
        "serve",
        "--transport",
        "stdio",
        stdin=json.dumps([*CALLS, WRONG]),
    )
    assert done.returncode == 0, done.stderr
    check(json.loads(done.stdout))


@pytest.mark.parametrize("library", ["client", "sdk"])
def test_the_typescript_clients_over_http(node: Node, warehouse: Path, tmp_path: Path, library: str) -> None:
    """The same over streamable HTTP; the present client speaks the present protocol."""
    with running(tmp_path) as server:
        done = node.run("client.mjs", library, "http", f"{server.url}/mcp", stdin=json.dumps([*CALLS, WRONG]))
    assert done.returncode == 0, done.stderr
    outcome = json.loads(done.stdout)
    check(outcome)
    if library == "client":
        assert outcome["protocol"] == "2026-07-28"


def inspector(node: Node, target: list[str], *arguments: str) -> tuple[int, str]:
    """Runs the Inspector's command line; its exit code and what it printed."""
    program = "node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js"
    # after "--", so that the server's --transport is not taken for the Inspector's own
    done = node.run(program, "--cli", "--connect-timeout", "60000", *arguments, "--", *target)
    return done.returncode, done.stdout + done.stderr


def _written(value: Any) -> str:
    """An argument as the Inspector's command line takes it."""
    return value if isinstance(value, str) else json.dumps(value)


@pytest.mark.timeout(400)  # a program of Node's and a server for each call
@pytest.mark.parametrize("transport", ["stdio", "http"])
def test_the_inspectors_command_line(node: Node, warehouse: Path, tmp_path: Path, transport: str) -> None:
    """It lists the tools and calls every one of them."""
    # the Inspector starts servers with an environment of its own
    named = {
        "NBA_MCP_WAREHOUSE_URL": f"duckdb:///{warehouse}",
        "NBA_MCP_LAKE_URL": str(warehouse.with_name("lake")),
    }
    given = [part for name, value in named.items() for part in ("-e", f"{name}={value}")]
    settings = given if transport == "stdio" else []
    with running(tmp_path) as server:
        over = {"stdio": [COMMAND, "serve", "--transport", "stdio"], "http": [f"{server.url}/mcp"]}
        code, printed = inspector(node, over[transport], *settings, "--method", "tools/list")
        assert code == 0, printed
        assert all(f'"{call["name"]}"' in printed for call in CALLS)
        for call in CALLS:
            given = [f"{name}={_written(value)}" for name, value in call["arguments"].items()]
            arguments = [part for pair in given for part in ("--tool-arg", pair)]
            wanted = ("--method", "tools/call", "--tool-name", call["name"], *arguments)
            code, printed = inspector(node, over[transport], *settings, *wanted)
            assert code == 0, printed
            assert "structuredContent" in printed
            assert call["name"] != "query_sql" or '"rows": [' in printed
