"""The MCP tools through a real client, in the process."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastmcp import Client

from nba_mcp_synthesis.server.mcp_server import build_mcp
from nba_mcp_synthesis.telemetry.metrics import Metrics

TOOLS = {"compare", "query_stats", "ask", "find", "describe", "query_sql", "box_score", "data_status"}


def call(with_client: Callable[..., Any], tool: str, **arguments: Any) -> dict[str, Any]:
    """The structured result of one call."""
    result = with_client(lambda client: client.call_tool(tool, arguments))
    assert not result.is_error
    structured: dict[str, Any] = result.structured_content
    return structured


def error_of(with_client: Callable[..., Any], tool: str, **arguments: Any) -> str:
    """The text of the error that one call gives."""
    result = with_client(lambda client: client.call_tool(tool, arguments, raise_on_error=False))
    assert result.is_error
    return str(result.content[0].text)


def test_the_catalogue_is_small_and_every_tool_is_typed_and_read_only(
    with_client: Callable[..., Any],
) -> None:
    """Eight tools within 3,000 tokens, each with an output schema and annotations."""
    tools = with_client(lambda client: client.list_tools())
    assert {tool.name for tool in tools} == TOOLS
    listed = [{"name": t.name, "description": t.description, "inputSchema": t.input_schema} for t in tools]
    assert len(json.dumps(listed, separators=(",", ":"))) / 4 <= 3_000
    for tool in tools:
        assert tool.annotations.read_only_hint
        assert tool.output_schema["type"] == "object"
        assert all("description" in p or "default" in p for p in tool.input_schema["properties"].values())


def test_query_sql_gives_compact_rows_with_their_provenance(with_client: Callable[..., Any]) -> None:
    """Columns once, then rows; simulated data call themselves so."""
    found = call(with_client, "query_sql", sql="SELECT home_pts, game_date FROM games ORDER BY 2")
    assert found["columns"] == ["home_pts", "game_date"]
    assert found["rows"][0] == [110, "2025-11-01"]
    assert found["simulated"] is True
    assert found["data_as_of"] == "2025-11-03"
    assert found["next_cursor"] is None
    assert found["notes"] == [
        "games of the 2025-26 Regular Season is not complete: 3 of 1,230 games are loaded."
    ]


def test_pages_follow_one_another_without_gap_or_overlap(with_client: Callable[..., Any]) -> None:
    """Cursors lead through all rows, also of a query without ORDER BY."""
    sql = "SELECT range * 7 % 101 AS n FROM range(100)"
    seen: list[int] = []
    cursor = None
    for _ in range(4):
        page = call(with_client, "query_sql", sql=sql, limit=30, **({"cursor": cursor} if cursor else {}))
        seen += [row[0] for row in page["rows"]]
        cursor = page["next_cursor"]
        assert page["truncated"] is (cursor is not None)
    assert cursor is None
    assert seen == [n * 7 % 101 for n in range(100)]


def test_a_query_that_never_repeats_has_no_second_page(with_client: Callable[..., Any]) -> None:
    """Pages of a random order would overlap."""
    page = call(with_client, "query_sql", sql="SELECT range FROM range(10) ORDER BY random()", limit=3)
    assert page["truncated"]
    assert page["next_cursor"] is None
    assert "There is no next page" in page["notes"][-1]


def test_a_cursor_of_another_query_or_of_nobody_is_refused(with_client: Callable[..., Any]) -> None:
    """A page of the wrong query would be a wrong answer."""
    page = call(with_client, "query_sql", sql="FROM range(10)", limit=5)
    wrong = error_of(with_client, "query_sql", sql="FROM range(11)", cursor=page["next_cursor"])
    assert "belongs to another query" in wrong
    assert "not one that this server gave" in error_of(with_client, "query_sql", sql="SELECT 1", cursor="zzz")


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("SELECT 1; SELECT 2", "There are 2 statements"),
        ("DELETE FROM games", "DELETE statements are not accepted"),
        ("INSERT INTO games (game_id) VALUES (1)", "INSERT statements are not accepted"),
        ("PRAGMA database_list", "PRAGMA statements are not accepted"),
        ("SET threads = 8", "SET statements are not accepted"),
        ("ATTACH 'x.db'", "ATTACH statements are not accepted"),
        ("COPY games TO 'x.csv'", "COPY statements are not accepted"),
        ("SELEC 1", "This is not SQL that the engine can read"),
        ("", "There are no statements"),
        ("-- nothing", "There are no statements"),
        ("SELECT nosuch FROM games", "nosuch"),
        ("FROM read_csv('/etc/passwd')", "The table function read_csv is not allowed"),
        ("FROM '/etc/passwd'", "There is no table /etc/passwd"),
        ("FROM pandas_scan(NULL)", "pandas_scan is not allowed"),
        ("FROM enable_logging('QueryLog')", "enable_logging is not allowed"),
        ("SELECT * FROM duckdb_settings()", "duckdb_settings is not allowed"),
        ("SELECT path FROM duckdb_databases", "There is no table duckdb_databases"),
        ("SELECT * FROM staged.games", "There is no table staged.games"),
        ("SELECT (SELECT max(value) FROM internal.info)", "There is no table internal.info"),
        ("SELECT current_setting('secret_directory')", "current_setting is not allowed"),
        ("SELECT json_structure('[]')", "json_structure is not allowed"),
        ("SELECT " + "+".join("1" * 900), "nested too deeply"),
        ("SELECT '" + "x" * 20_000 + "'", "the limit is 20,000"),
        ("SELECT 1 AS a\0", "which no SQL can have"),
    ],
)
def test_anything_but_one_select_over_the_tables_is_refused_with_its_reason(
    with_client: Callable[..., Any], sql: str, reason: str
) -> None:
    """The first line says why; nothing of it reaches the data."""
    assert reason in error_of(with_client, "query_sql", sql=sql)


@pytest.mark.parametrize(
    ("tool", "arguments", "advice"),
    [
        ("query_sql", {}, "`sql` is needed"),
        (
            "query_sql",
            {"sql": "SELECT 1", "limit": 5_000},
            "`limit` input should be less than or equal to 1000",
        ),
        ("query_sql", {"sql": 7}, "`sql` input should be a valid string"),
        ("find", {"nam": "x"}, "`nam` is no argument of it"),
        ("box_score", {}, "Give game_id, or team together with date"),
        ("box_score", {"game_id": "7"}, "ten digits"),
        ("box_score", {"game_id": "0022599999"}, "No game is called '0022599999'"),
        ("box_score", {"team": "lakers", "date": "2026-01-01"}, "nearest to that date were on 2025-11-01"),
        ("box_score", {"team": "lakers", "date": "tomorrow"}, "`date`"),
        ("describe", {"table": "game"}, "Did you mean games"),
    ],
)
def test_wrong_arguments_give_errors_that_say_what_to_do(
    with_client: Callable[..., Any], tool: str, arguments: dict[str, Any], advice: str
) -> None:
    """A model can mend its call from the message alone."""
    message = error_of(with_client, tool, **arguments)
    assert advice in message
    assert "pydantic.dev" not in message


def test_describe_lists_tables_and_columns_with_their_meaning(with_client: Callable[..., Any]) -> None:
    """Every table has a comment and a count; every column of a table has a comment."""
    listed = call(with_client, "describe")["tables"]
    assert {"table": "games", "rows": 3}.items() <= next(t for t in listed if t["table"] == "games").items()
    assert all(table["about"] for table in listed)
    columns = call(with_client, "describe", table="shots")["columns"]
    assert next(c["column"] for c in columns) == "shot_id"
    assert all(column["about"] for column in columns)
    view = call(with_client, "describe", table="standings")
    assert "games_behind" in [c["column"] for c in view["columns"]]


def test_box_score_by_team_and_date_says_when_players_lack(with_client: Callable[..., Any]) -> None:
    """The teams' rows are there; that no source has the players is said, not hidden."""
    found = call(with_client, "box_score", team="LAL", date="2025-11-01")
    assert found["game"]["home_pts"] == 110
    assert [row[0] for row in found["teams"]["rows"]] == ["LAL", "BOS"]
    assert found["players"]["rows"] == []
    assert "No loaded source has the players" in found["notes"][0]


def test_find_gives_ids_and_asks_back_on_ties(with_client: Callable[..., Any]) -> None:
    """Two Samples are two Samples."""
    found = call(with_client, "find", name="ada test")
    assert found["matches"][0]["id"] == 1
    assert not found["ambiguous"]
    tied = call(with_client, "find", name="sample")
    assert tied["ambiguous"]
    assert "Cid Sample" in tied["hint"]
    assert "Dag Sample" in tied["hint"]
    assert call(with_client, "find", name="zzyzx")["matches"] == []


def test_data_status_shows_coverage_and_checks(with_client: Callable[..., Any]) -> None:
    """The small league has three games, and all its checks hold."""
    found = call(with_client, "data_status")
    coverage = [
        dict(zip(found["coverage"]["columns"], row, strict=True)) for row in found["coverage"]["rows"]
    ]
    games = next(row for row in coverage if row["table_name"] == "games")
    assert games["rows"] == 3
    assert games["season_type"] == "Regular Season"
    assert found["findings"]["rows"] == []
    assert found["files"] == {"loaded": 1}


def test_calls_are_counted_by_tool_and_outcome(with_client: Callable[..., Any], metrics: Metrics) -> None:
    """Good calls, refused ones and wrong arguments are told apart; unknown tools share one label."""
    call(with_client, "query_sql", sql="SELECT 1")
    error_of(with_client, "query_sql", sql="DROP TABLE games")
    error_of(with_client, "query_sql", sq="x")
    error_of(with_client, "nosuch_tool_1")

    def count(tool: str, outcome: str) -> float | None:
        labels = {"tool": tool, "outcome": outcome}
        return metrics.registry.get_sample_value("nba_mcp_tool_calls_total", labels)

    assert count("query_sql", "ok") == 1
    assert count("query_sql", "query_refused") == 1
    assert count("query_sql", "wrong_arguments") == 1
    assert count("unknown", "unknown_tool") == 1
    assert "nosuch_tool_1" not in metrics.exposition().decode()


def test_without_data_the_tools_say_how_to_get_some(
    services_of: Callable[[Path], Any], tmp_path: Path
) -> None:
    """A server may start before anything is loaded."""

    async def main() -> str:
        async with Client(await build_mcp(services_of(tmp_path / "none.duckdb"))) as client:
            result = await client.call_tool("data_status", {}, raise_on_error=False)
            return str(result.content[0].text)

    assert "nba-mcp data demo" in asyncio.run(main())
