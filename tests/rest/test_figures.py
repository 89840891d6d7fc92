"""The figures of /v1/stats and /v1/query: against SQL by hand, and the same by every door."""

import json
import os
import subprocess
from typing import Any

import duckdb
import httpx
import pytest

from running import COMMAND, Running
from server.test_serve import modern

# (request to stats, what the small league's rows say, by SQL over the file itself)
RECONCILED: list[tuple[dict[str, Any], str]] = [
    (
        {"measures": ["pts"], "by": ["player"], "order_by": ["-pts"]},
        (
            "SELECT full_name, sum(pts)::INT FROM player_season_stats JOIN players USING (player_id) "
            "GROUP BY ALL ORDER BY 2 DESC"
        ),
    ),
    (
        {"measures": ["pts_per_game"], "by": ["team"], "order_by": ["-pts_per_game"]},
        (
            "SELECT full_name, sum(pts) / count(*) FROM team_game_stats JOIN teams USING (team_id) "
            "GROUP BY ALL ORDER BY 2 DESC"
        ),
    ),
    (
        {"measures": ["wins", "losses"], "by": ["team"], "where": ["location=away"]},
        (
            "SELECT full_name, count(*) FILTER (won)::INT, count(*) FILTER (NOT won)::INT "
            "FROM team_game_stats JOIN teams USING (team_id) WHERE NOT is_home GROUP BY ALL"
        ),
    ),
    (
        {"measures": ["ts_pct"], "by": ["player"], "order_by": ["player"], "qualifier": False},
        (
            "SELECT full_name, sum(pts) / (2 * (sum(fga) + 0.44 * sum(fta))) FROM player_season_stats "
            "JOIN players USING (player_id) GROUP BY ALL ORDER BY 1"
        ),
    ),
    (
        {"measures": ["pts"], "by": ["team"], "where": ["pts>=101"], "having": ["pts>=200"]},
        (
            "SELECT full_name, sum(pts)::INT FROM team_game_stats JOIN teams USING (team_id) "
            "WHERE pts >= 101 GROUP BY ALL HAVING sum(pts) >= 200 ORDER BY 2 DESC"
        ),
    ),
]


def by_hand(server: Running, sql: str) -> list[list[Any]]:
    """Rows that the engine gives for SQL over the file itself."""
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{server.log.parent / 'small.duckdb'}' AS nba (READ_ONLY)")
        connection.execute("USE nba")
        return [list(row) for row in connection.execute(sql).fetchall()]


def command(server: Running, *words: str) -> dict[str, Any]:
    """What the command line prints over the same file."""
    url = f"duckdb:///{server.log.parent / 'small.duckdb'}"
    done = subprocess.run(
        [COMMAND, *words, "--json"],
        capture_output=True,
        check=True,
        text=True,
        timeout=60,
        env={**os.environ, "NBA_MCP_WAREHOUSE_URL": url},
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def tool(server: Running, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """What the tool of MCP gives."""
    found: dict[str, Any] = modern(server, "tools/call", name=name, arguments=arguments).json()
    structured: dict[str, Any] = found["result"]["structuredContent"]
    return structured


@pytest.mark.parametrize(("asked", "sql"), RECONCILED, ids=[str(n) for n in range(len(RECONCILED))])
def test_stats_agree_with_sql_by_hand(client: httpx.Client, server: Running, asked: Any, sql: str) -> None:
    """By GET and by POST, computed and kept."""
    expected = by_hand(server, sql)
    for _ in range(2):
        for response in (client.get("/v1/stats", params=asked), client.post("/v1/stats", json=asked)):
            rows = response.json()["rows"]
            assert [row[0] for row in rows] == [row[0] for row in expected]
            for row, other in zip(rows, expected, strict=True):
                assert row[1:] == pytest.approx(other[1:])


def test_stats_are_the_same_by_every_door(client: httpx.Client, server: Running) -> None:
    """REST, MCP and the command line, but for the time it took."""
    asked: dict[str, Any] = {"measures": ["pts", "ts_pct"], "by": ["player"], "limit": 3, "qualifier": False}
    rest = client.get("/v1/stats", params=asked).json()
    mcp = tool(server, "query_stats", asked)
    typed = "--measures pts,ts_pct --by player --limit 3 --no-qualifier"
    cli = command(server, "stats", *typed.split())
    for name in ("columns", "rows", "truncated", "sql", "notes", "assumed", "definitions", "data_as_of"):
        assert rest[name] == mcp[name] == cli[name], name


def test_queries_are_the_same_by_every_door(client: httpx.Client, server: Running) -> None:
    """And an integer that JSON has no number for is text in all of them."""
    sql = (
        "SELECT full_name, pts, 9007199254740993 AS big FROM player_season_stats "
        "JOIN players USING (player_id) ORDER BY pts"
    )
    rest = client.post("/v1/query", json={"sql": sql}).json()
    mcp = tool(server, "query_sql", {"sql": sql})
    cli = command(server, "query", sql)
    for name in ("columns", "rows", "truncated", "data_as_of", "simulated", "snapshot"):
        assert rest[name] == mcp[name] == cli[name], name
    assert rest["rows"][0] == ["Dag Sample", 100, "9007199254740993"]


def test_pages_of_a_query_follow_one_another(client: httpx.Client) -> None:
    """All rows, each once, by next_cursor; a cursor of another query is refused."""
    sql = "SELECT player_id FROM players ORDER BY player_id"
    rows, cursor = [], None
    while True:
        page = client.post("/v1/query", json={"sql": sql, "limit": 3, "cursor": cursor}).json()
        rows += page["rows"]
        cursor = page["next_cursor"] or cursor
        if not page["truncated"]:
            break
    assert rows == [[1], [2], [3], [4]]
    other = client.post("/v1/query", json={"sql": "SELECT 1", "cursor": cursor})
    assert (other.status_code, other.json()["code"]) == (400, "usage_error")


@pytest.mark.parametrize(
    ("path", "name", "arguments"),
    [
        ("/v1/find", "find", {"name": "cid sample"}),
        ("/v1/box-score", "box_score", {"game_id": "0022500001"}),
        ("/v1/status", "data_status", {}),
        ("/v1/tables", "describe", {}),
    ],
)
def test_other_routes_say_what_their_tools_say(
    client: httpx.Client, server: Running, path: str, name: str, arguments: dict[str, str]
) -> None:
    """To the last field."""
    assert client.get(path, params=arguments).json() == tool(server, name, arguments)


def test_names_may_have_commas_between_them(client: httpx.Client) -> None:
    """As on the command line."""
    one = client.get("/v1/stats?measures=pts,wins&by=team,location").json()
    two = client.get("/v1/stats?measures=pts&measures=wins&by=team&by=location").json()
    assert one["rows"] == two["rows"]


def test_the_list_of_measures_is_the_catalogue(client: httpx.Client) -> None:
    """Each of them can be looked up."""
    listed = client.get("/v1/measures").json()["measures"]
    assert {"pts", "ts_pct", "net_rating"} <= {one["name"] for one in listed}
    found = client.get(f"/v1/measures/{listed[-1]['name']}").json()
    assert {name: found[name] for name in listed[-1]} == listed[-1]
