"""Whatever goes wrong over HTTP is a problem with a stable code, and says nothing of internals."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from nba_mcp_synthesis.server.problems import add_problems
from running import running

JSON = {"Content-Type": "application/json"}
DEEP = b'{"question":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
WRONG: list[tuple[str, str, dict[str, Any], int, str]] = [
    ("GET", "/nothing", {}, 404, "no_such_path"),
    ("GET", "/v1/nothing/here", {}, 404, "no_such_path"),
    ("GET", "/v1/ask", {}, 405, "method_not_allowed"),
    ("DELETE", "/v1/answers", {}, 405, "method_not_allowed"),
    ("PUT", "/health", {}, 405, "method_not_allowed"),
    ("GET", "/v1/measures/nope", {}, 404, "unknown_name"),
    ("GET", "/v1/tables/%00", {}, 404, "unknown_name"),
    ("GET", "/v1/answers/nope", {}, 404, "no_such_answer"),
    ("GET", "/v1/answers?limit=0", {}, 422, "wrong_arguments"),
    ("GET", "/v1/answers?cursor=WzEsMl0=", {}, 400, "usage_error"),
    ("GET", "/v1/stats", {}, 422, "wrong_arguments"),
    ("GET", "/v1/stats?measures=pts&limit=many", {}, 422, "wrong_arguments"),
    ("GET", "/v1/stats?measures=pts&season=2099-00", {}, 400, "usage_error"),
    ("GET", "/v1/find?name=ada&kind=referee", {}, 422, "wrong_arguments"),
    ("GET", "/v1/box-score", {}, 400, "usage_error"),
    ("GET", "/v1/box-score?team=LAL&date=yesterday", {}, 422, "wrong_arguments"),
    ("POST", "/v1/ask", {"content": b"{", "headers": JSON}, 400, "usage_error"),
    ("POST", "/v1/ask", {"content": b"\xff\xfe", "headers": JSON}, 400, "usage_error"),
    ("POST", "/v1/ask", {"content": DEEP, "headers": JSON}, 400, "usage_error"),
    ("POST", "/v1/ask", {"content": b'{"question":"\\ud800"}', "headers": JSON}, 400, "usage_error"),
    ("POST", "/v1/ask", {"content": b'{"\\ud800":1}', "headers": JSON}, 400, "usage_error"),
    ("POST", "/v1/ask", {"json": {"question": "x" * 2_001}}, 400, "usage_error"),
    ("POST", "/v1/ask", {"json": {"question": "q", "previus": "p"}}, 422, "wrong_arguments"),
    ("POST", "/v1/ask", {}, 415, "unsupported_media"),
    ("POST", "/v1/query", {"content": b"sql=SELECT 1"}, 415, "unsupported_media"),
    ("POST", "/v1/query", {"data": {"sql": "SELECT 1"}}, 415, "unsupported_media"),
    ("POST", "/v1/query", {"json": {"sql": "DROP TABLE games"}}, 400, "query_refused"),
    ("POST", "/v1/query", {"json": {"sql": "SELECT nope FROM games"}}, 400, "query_failed"),
    ("POST", "/v1/query", {"json": {"sql": "SELECT 1", "limit": 1_001}}, 422, "wrong_arguments"),
    ("POST", "/v1/stats", {"content": b"[]", "headers": JSON}, 422, "wrong_arguments"),
]


@pytest.mark.parametrize("of", WRONG, ids=[f"{one[0]} {one[1]} {n}" for n, one in enumerate(WRONG)])
def test_what_is_wrong_is_told(client: httpx.Client, of: tuple[str, str, dict[str, Any], int, str]) -> None:
    """Status and code, in the form of RFC 9457, with the id that the log has."""
    method, path, sent, status, code = of
    response = client.request(method, path, **sent)
    problem = response.json()
    assert (response.status_code, problem["code"], problem["status"]) == (status, code, status)
    assert response.headers["content-type"] == "application/problem+json"
    assert problem["request_id"] == response.headers["x-request-id"]
    assert problem["detail"]
    if status == 405:
        assert response.headers["allow"]


@pytest.mark.parametrize("path", ["/health", "/health/ready", "/", "/v1/measures", "/v1/nothing", "/v1/ask"])
def test_head_says_what_get_would_say(client: httpx.Client, path: str) -> None:
    """Status and headers, the length included, without a body."""
    asked, looked = client.get(path), client.head(path)
    assert (looked.status_code, looked.content) == (asked.status_code, b"")
    for name in ("content-type", "content-length", "etag", "allow"):
        if name != "content-length" or asked.headers["content-type"] != "application/problem+json":
            assert looked.headers.get(name) == asked.headers.get(name)


def test_choices_are_there_to_be_read(client: httpx.Client) -> None:
    """Of a name that is like others."""
    assert client.get("/v1/measures/tspct").json()["choices"][0] == "ts_pct"
    assert client.get("/v1/stats?measures=pts&where=player=Test").json()["code"] == "ambiguous_name"
    assert client.get("/v1/stats?measures=pts&where=player=Test").json()["choices"]


def test_an_error_that_nobody_foresaw_is_told_without_its_words() -> None:
    """They are in the log."""
    app = FastAPI()
    add_problems(app)

    @app.get("/fails")
    async def fails() -> None:
        raise RuntimeError("postgresql://user:password@host")

    response = TestClient(app, raise_server_exceptions=False).get("/fails")
    assert (response.status_code, response.json()["code"]) == (500, "internal_error")
    assert "password" not in response.text


def test_without_data_it_says_what_to_do(tmp_path: Path) -> None:
    """503 at every route that needs some, 200 at the others."""
    with running(tmp_path) as server, httpx.Client(base_url=server.url, timeout=30) as client:
        asked: list[tuple[str, str, dict[str, str] | None]] = [
            ("GET", "/v1/stats?measures=pts", None),
            ("GET", "/v1/status", None),
            ("GET", "/v1/find?name=ada", None),
            ("POST", "/v1/query", {"sql": "SELECT 1"}),
            ("POST", "/v1/ask", {"question": "who scored most"}),
        ]
        for method, path, body in asked:
            response = client.request(method, path, json=body)
            assert (response.status_code, response.json()["code"]) == (503, "no_warehouse"), response.text
            assert "nba-mcp data demo" in response.json()["detail"]
        assert client.get("/v1/measures").status_code == 200
        assert json.loads(client.get("/v1/answers").text)["answers"] == []
