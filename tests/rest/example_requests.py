"""The requests of the examples in /openapi.json; `python tests/rest/example_requests.py` records them."""

import json
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx

import small_league
from running import running

FILE = Path(__file__).parents[2] / "src" / "nba_mcp_synthesis" / "server" / "examples.json"
# What differs from run to run.
VARYING = frozenset(
    {"id", "elapsed_ms", "snapshot", "request_id", "seconds", "stages", "next_cursor", "asked_at"}
)
_NONE_YET = '{"answers":[],"next_cursor":null}'
Request = dict[str, Any]
# (operation, method, path, name, summary, request); a path parameter is in braces
Example = tuple[str, str, str, str, str, Request]
REQUESTS: list[Example] = [
    ("ask", "POST", "/v1/ask", "leader", "A leader", {"body": {"question": "who scored the most points"}}),
    ("ask", "POST", "/v1/ask", "refused", "A refusal", {"body": {"question": "who will win next year"}}),
    ("ask", "POST", "/v1/ask", "empty", "No question", {"body": {"question": " "}}),
    ("query", "POST", "/v1/query", "rows", "Two rows", {
        "body": {"sql": "SELECT full_name, pts FROM player_season_stats JOIN players USING (player_id) "
                 "ORDER BY pts DESC", "limit": 2}}),
    ("query", "POST", "/v1/query", "refused", "No SELECT", {"body": {"sql": "DROP TABLE games"}}),
    ("query", "POST", "/v1/query", "misspelt", "An argument that does not exist", {
        "body": {"sql": "SELECT 1", "limt": 2}}),
    ("stats", "GET", "/v1/stats", "board", "Points by player", {
        "query": {"measures": ["pts"], "by": ["player"], "limit": 2, "qualifier": False}}),
    ("stats", "GET", "/v1/stats", "unknown", "A measure that does not exist", {
        "query": {"measures": ["ptss"]}}),
    ("stats_by_body", "POST", "/v1/stats", "home", "Wins at home", {
        "body": {"measures": ["wins", "losses"], "by": ["team"], "where": ["location=home"]}}),
    ("find", "GET", "/v1/find", "misspelt", "A misspelt name", {"query": {"name": "cid sampel", "limit": 1}}),
    ("box_score", "GET", "/v1/box-score", "by_id", "A game by its id", {"query": {"game_id": "0022500001"}}),
    ("box_score", "GET", "/v1/box-score", "by_date", "A game by team and date", {
        "query": {"team": "Lakers", "date": "2025-11-02"}}),
    ("data_status", "GET", "/v1/status", "status", "The status", {}),
    ("tables", "GET", "/v1/tables", "tables", "The tables", {}),
    ("table", "GET", "/v1/tables/{table}", "games", "The games", {"path": {"table": "games"}}),
    ("table", "GET", "/v1/tables/{table}", "unknown", "No table", {"path": {"table": "game"}}),
    ("measure", "GET", "/v1/measures/{name}", "ts_pct", "True shooting", {"path": {"name": "ts_pct"}}),
    ("measures", "GET", "/v1/measures", "measures", "The catalogue, its first two lines", {}),
    ("policy", "GET", "/v1/policy", "policy", "The limits", {}),
    ("list_answers", "GET", "/v1/answers", "newest", "The newest answer", {"query": {"limit": 1}}),
    ("list_answers", "GET", "/v1/answers", "wrong", "A cursor that is none", {"query": {"cursor": "x"}}),
    ("read_answer", "GET", "/v1/answers/{answer_id}", "unknown", "No answer", {
        "path": {"answer_id": "0123456789ab"}}),
]  # fmt: skip


def sent(client: httpx.Client, method: str, path: str, request: Request) -> httpx.Response:
    """The response to the request of an example."""
    address = path.format(**request.get("path", {}))
    response = client.request(method, address, params=request.get("query"), json=request.get("body"))
    deadline = time.monotonic() + 20
    while response.text == _NONE_YET and time.monotonic() < deadline:  # they are stored a moment later
        time.sleep(0.1)
        response = client.request(method, address, params=request.get("query"))
    return response


def shown(operation: str, response: Any) -> Any:
    """As much of a response as the document shows."""
    return {"measures": response["measures"][:2]} if operation == "measures" else response


def lasting(value: Any) -> Any:
    """A response without what differs from run to run."""
    if isinstance(value, dict):
        return {name: lasting(one) for name, one in value.items() if name not in VARYING}
    return [lasting(one) for one in value] if isinstance(value, list) else value


def record() -> None:
    """Runs all requests over the small league, and writes the file."""
    told: dict[str, list[dict[str, Any]]] = {}
    with tempfile.TemporaryDirectory() as name:
        path = small_league.build(Path(name) / "small.duckdb")
        urls = {"NBA_MCP_WAREHOUSE_URL": f"duckdb:///{path}", "NBA_MCP_HOME": name}
        with running(Path(name), **urls) as server, httpx.Client(base_url=server.url) as client:
            for operation, method, where, title, summary, request in REQUESTS:
                response = sent(client, method, where, request)
                example: dict[str, Any] = {"name": title, "summary": summary, "request": request}
                example |= {"status": response.status_code, "response": shown(operation, response.json())}
                told.setdefault(operation, []).append(example)
    FILE.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    record()
