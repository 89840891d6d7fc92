"""The lake by the tools of the server, and by command."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from fastmcp import Client

from lake.conftest import BUCKET, published, sound_bucket
from lake.test_publishing import changed
from nba_mcp_synthesis.app import App
from nba_mcp_synthesis.lake.opening import open_store
from nba_mcp_synthesis.server.mcp_server import build_mcp
from nba_mcp_synthesis.settings import load_settings
from nba_mcp_synthesis.telemetry.metrics import Metrics
from servers.aws import AwsServer
from test_cli import nba_mcp


@pytest.fixture
def settings(tmp_path: Path, small: Path) -> dict[str, str]:
    """A product with a warehouse and its published lake."""
    published(open_store(str(tmp_path / "lake")), small)
    return {
        "NBA_MCP_HOME": str(tmp_path),
        "NBA_MCP_WAREHOUSE_URL": f"duckdb:///{small}",
        "NBA_MCP_LAKE_URL": str(tmp_path / "lake"),
    }


def called(settings: dict[str, str], tool: str, **arguments: Any) -> Any:
    """What a tool gives: its structured content, or the text of its error."""

    async def main() -> Any:
        app = App(load_settings(settings))
        async with Client(await build_mcp(app.services("stdio"))) as client:
            result = await client.call_tool(tool, arguments, raise_on_error=False)
        app.queries.close()
        return result.content[0].text if result.is_error else result.structured_content

    return asyncio.run(main())


def test_tables_are_listed_with_columns_and_rows_are_read(settings: dict[str, str]) -> None:
    """The same rows as SQL over the warehouse gives."""
    listed = called(settings, "lake_browse")
    assert "tables/games" in [entry["path"] for entry in listed["entries"]]
    table = called(settings, "lake_browse", path="tables/games")
    assert {column["name"] for column in table["columns"]} >= {"game_id", "season", "home_pts"}
    read = called(
        settings, "lake_read", table="games", columns=["game_id", "home_pts"], where=["home_pts>=110"]
    )
    sql = "SELECT game_id, home_pts FROM games WHERE home_pts >= 110 ORDER BY game_id"
    assert sorted(read["rows"]) == called(settings, "query_sql", sql=sql)["rows"]
    assert (read["simulated"], read["truncated"]) == (True, False)


def test_what_to_beware_of_is_told(settings: dict[str, str], small: Path) -> None:
    """As over the warehouse, whose rows the SQL that is shown gives; or that nobody can tell."""
    wanted: dict[str, Any] = {"table": "games", "columns": ["game_id"], "where": ["season=2025-26"]}
    read = called(settings, "lake_read", **wanted)
    asked = called(settings, "query_sql", sql=read["sql"])
    assert sorted(read["rows"]) == sorted(asked["rows"])
    assert read["notes"] == asked["notes"] != []
    changed(small)
    (note,) = called(settings, "lake_read", **wanted)["notes"]
    assert "another state than the lake" in note


def test_operations_on_s3_are_counted(aws_server: AwsServer, small: Path) -> None:
    """How many, how long, and how many bytes came."""
    sound_bucket(aws_server)
    published(open_store(f"s3://{BUCKET}"), small)
    metrics = Metrics()
    app = App(
        load_settings({
            "NBA_MCP_WAREHOUSE_URL": f"duckdb:///{small}",
            "NBA_MCP_LAKE_URL": f"s3://{BUCKET}",
        })
    )  # fmt: skip
    app.lake(metrics).browse()
    told = metrics.exposition().decode()
    assert 'nba_mcp_s3_operation_duration_seconds_count{operation="get",outcome="ok"} 2.0' in told
    assert metrics.s3_bytes.labels("get")._value.get() > 500


def test_errors_say_what_to_do(settings: dict[str, str], tmp_path: Path) -> None:
    """By the tools as by the commands."""
    assert "no path within the lake" in called(settings, "lake_browse", path="../x")
    assert "No table of the lake is called 'nosuch'" in called(settings, "lake_read", table="nosuch")
    empty = {**settings, "NBA_MCP_LAKE_URL": str(tmp_path / "empty")}
    assert "nba-mcp data publish" in called(empty, "lake_browse")
    assert "nba-mcp data publish" in nba_mcp("lake", "browse", **empty).stderr


def test_the_commands_print_what_programs_read(settings: dict[str, str]) -> None:
    """The same as the tools."""
    listed = json.loads(nba_mcp("lake", "browse", "tables/games", "--json", **settings).stdout)
    assert listed["entries"][0]["path"] == "tables/games/season=2025-26"
    command = ["lake", "read", "games", "--columns", "game_id,home_pts", "--where", "home_pts>=110", "--json"]
    read = json.loads(nba_mcp(*command, **settings).stdout)
    assert read["columns"] == ["game_id", "home_pts"]
    assert len(read["rows"]) == 2
