"""The short way for plain calls: the same answers as the whole way, and nothing else goes it."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from starlette.types import Message, Receive, Scope, Send

import small_league
from nba_mcp_synthesis.errors import QueryRefused
from nba_mcp_synthesis.server import plain_calls
from nba_mcp_synthesis.server.admission import Admission
from nba_mcp_synthesis.server.direct import DirectCalls
from nba_mcp_synthesis.telemetry.metrics import Metrics
from running import Running, running

PREFIX = "io.modelcontextprotocol/"
META: dict[str, Any] = {
    f"{PREFIX}protocolVersion": plain_calls.PROTOCOL,
    f"{PREFIX}clientInfo": {"name": "test", "version": "1"},
    f"{PREFIX}clientCapabilities": {},
}
HEADERS = {
    "host": "127.0.0.1:8000",
    "accept": "application/json, text/event-stream",
    "content-type": "application/json",
    "mcp-protocol-version": plain_calls.PROTOCOL,
    "mcp-method": "tools/call",
    "mcp-name": "query_sql",
}


def message(arguments: Any, **changes: Any) -> dict[str, Any]:
    """A plain call with some parts changed."""
    params = {"name": "query_sql", "arguments": arguments, "_meta": META}
    return {"jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": params, **changes}


def encoded(call: dict[str, Any], **changes: str | None) -> tuple[list[tuple[bytes, bytes]], bytes]:
    """Headers and body of a call; a header that is None is left out."""
    body = json.dumps(call).encode()
    given = {
        **HEADERS,
        "content-length": str(len(body)),
        **{k.replace("_", "-"): v for k, v in changes.items()},
    }
    return [(k.encode(), v.encode()) for k, v in given.items() if v is not None], body


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server over the small league."""
    folder = tmp_path_factory.mktemp("direct")
    path = small_league.build(folder / "small.duckdb")
    with running(folder, NBA_MCP_WAREHOUSE_URL=f"duckdb:///{path}") as found:
        yield found


@pytest.mark.parametrize(
    "arguments",
    [
        {"sql": 'SELECT 42 AS n, \'Dončić\' AS "na\\"me", NULL, [1.5, NULL] ORDER BY 1'},
        {"sql": "SELECT * FROM games ORDER BY game_id", "limit": 2},
        {"sql": "SELECT home_pts FROM games", "limit": 1_000, "cursor": None},
        {"sql": "FROM range(0)"},
        {"sql": "DROP TABLE games"},
        {"sql": "SELECT nosuch FROM games"},
        {"sql": "SELECT 1", "cursor": "zzz"},
        {"sql": "SELECT '\udcff'"},
        {"sql": ""},
    ],
)
def test_both_ways_give_the_same_answer(server: Running, arguments: dict[str, Any]) -> None:
    """Headers and bodies differ in nothing but the time that it took and the request's id."""
    answers = []
    for extra in ({}, {"X-Goes": "the whole way"}):
        headers = {**HEADERS, "host": httpx.URL(server.url).netloc.decode(), **extra}
        answer = httpx.post(
            f"{server.url}/mcp", content=json.dumps(message(arguments)), headers=headers, timeout=30
        )
        body = answer.json()
        for content in body["result"]["content"]:
            if content["text"].startswith("{"):
                content["text"] = {**json.loads(content["text"]), "elapsed_ms": 0}
        if "structuredContent" in body["result"]:
            body["result"]["structuredContent"]["elapsed_ms"] = 0
        named = {
            k: v for k, v in answer.headers.items() if k not in ("date", "x-request-id", "content-length")
        }
        answers.append((answer.status_code, named, body))
    assert answers[0] == answers[1]


def test_every_statement_is_logged_without_its_text(server: Running) -> None:
    """Who, how long, how many rows, which limits, which outcome; no literal, no value, no SQL."""
    for sql in ("SELECT 'canary-1' AS a", "SELECT canary2 FROM games"):
        headers = {**HEADERS, "host": httpx.URL(server.url).netloc.decode()}
        httpx.post(f"{server.url}/mcp", json=message({"sql": sql, "limit": 5}), headers=headers)
    text = server.log.read_text()
    lines = [json.loads(line) for line in text.splitlines()]
    good, failed = [line for line in lines if line["event"] == "query"][-2:]
    assert (good["outcome"], good["rows"], good["limits"]) == ("ok", 1, [5, 4_000_000, 10.0])
    assert (failed["outcome"], failed["rows"], failed["caller"]) == ("query_failed", None, "127.0.0.1")
    assert len(good["sql_digest"]) == 16
    assert good["sql_digest"] != failed["sql_digest"]
    assert all(line["elapsed_ms"] > 0 for line in (good, failed))
    assert "canary" not in text


def test_the_policy_is_told_as_json(server: Running) -> None:
    """Limits, accepted statements and served relations; the same limits as in the tool's description."""
    told = httpx.get(f"{server.url}/v1/policy").json()
    assert {"SELECT", "SHOW TABLES", "EXPLAIN"} <= set(told["statements"])
    assert {"games", "standings"} <= set(told["relations"])
    assert not {"info", "staged"} & set(told["relations"])
    assert told["limits"] == {
        "rows": 10_000,
        "page_rows": 1_000,
        "bytes": 4_000_000,
        "seconds": 10.0,
        "memory_mb": 512,
        "concurrency": 4,
        "statement_characters": 20_000,
    }


def test_a_plain_call_is_recognised() -> None:
    """With its arguments, and the defaults of those that are left out."""
    headers, body = encoded(message({"sql": "SELECT 1"}))
    assert plain_calls.plain_size(headers) == len(body)
    assert plain_calls.plain_call(body) == (7, "SELECT 1", 100, None)


@pytest.mark.parametrize(
    "changes",
    [
        {"origin": "http://127.0.0.1:8000"},
        {"authorization": "Bearer x"},
        {"mcp_session_id": "x"},
        {"mcp_param_sql": "x"},
        {"mcp_protocol_version": "2025-11-25"},
        {"mcp_protocol_version": None},
        {"mcp_method": "tools/list"},
        {"mcp_name": "find"},
        {"mcp_name": " query_sql"},
        {"accept": "application/json"},
        {"accept": None},
        {"content_type": "text/plain"},
        {"content_length": None},
        {"content_length": "-1"},
        {"content_length": "100001"},
        {"content_length": "9" * 5_000},
        {"content_encoding": "gzip"},
        {"transfer_encoding": "chunked"},
        {"expect": "100-continue"},
    ],
)
def test_any_other_header_goes_the_whole_way(changes: dict[str, str | None]) -> None:
    """What a header may mean is for the library to say."""
    headers, _ = encoded(message({"sql": "SELECT 1"}), **changes)
    assert plain_calls.plain_size(headers) == 0


def test_a_header_given_twice_goes_the_whole_way() -> None:
    """Two readers could take different ones."""
    headers, _ = encoded(message({"sql": "SELECT 1"}))
    assert plain_calls.plain_size([*headers, (b"host", b"127.0.0.1")]) == 0


@pytest.mark.parametrize(
    "call",
    [
        message({}),
        message({"sql": 1}),
        message({"sql": "SELECT 1", "limit": 0}),
        message({"sql": "SELECT 1", "limit": 1_001}),
        message({"sql": "SELECT 1", "limit": True}),
        message({"sql": "SELECT 1", "limit": "5"}),
        message({"sql": "SELECT 1", "limit": None}),
        message({"sql": "SELECT 1", "cursor": 5}),
        message({"sql": "SELECT 1", "more": 1}),
        message([]),
        message({"sql": "SELECT 1"}, id=None),
        message({"sql": "SELECT 1"}, id=True),
        message({"sql": "SELECT 1"}, id=1.5),
        message({"sql": "SELECT 1"}, jsonrpc="1.0"),
        message({"sql": "SELECT 1"}, method="tools/list"),
        message({"sql": "SELECT 1"}, more=1),
        message({}, params={"name": "query_sql", "arguments": {"sql": "SELECT 1"}}),
        message({}, params={"name": "find", "arguments": {"sql": "SELECT 1"}, "_meta": META}),
        message({}, params={"name": "query_sql", "arguments": {"sql": "1"}, "_meta": META, "task": {}}),
        message(
            {}, params={"name": "query_sql", "arguments": {"sql": "1"}, "_meta": {**META, "progressToken": 1}}
        ),
        message(
            {},
            params={
                "name": "query_sql",
                "arguments": {"sql": "SELECT 1"},
                "_meta": {**META, f"{PREFIX}clientInfo": {"name": "x"}},
            },
        ),
        [message({"sql": "SELECT 1"})],
        "x",
    ],
)
def test_any_other_body_goes_the_whole_way(call: Any) -> None:
    """Wrong arguments too: the library words those errors."""
    assert plain_calls.plain_call(json.dumps(call).encode()) is None


def passed(
    chunks: list[bytes], headers: list[tuple[bytes, bytes]], **scope: Any
) -> tuple[list[str], bytes, list[Message]]:
    """(statements that ran, body that reached the whole way, what was sent) for a request in chunks."""
    ran: list[str] = []
    reached: list[bytes] = []
    sent: list[Message] = []

    def answer(sql: str, limit: int, cursor: str | None) -> bytes:
        ran.append(sql)
        if sql == "refuse":
            raise QueryRefused("No.", "Ask otherwise.")
        return b'{"rows":[]}'

    async def whole(_: Scope, receive: Receive, send: Send) -> None:
        more = True
        while more:
            found = await receive()
            reached.append(found["body"])
            more = found["more_body"]

    waiting = [
        {"type": "http.request", "body": chunk, "more_body": n < len(chunks)}
        for n, chunk in enumerate(chunks, 1)
    ]

    async def receive() -> Message:
        return waiting.pop(0)

    async def send(found: Message) -> None:
        sent.append(found)

    request = {"type": "http", "method": "POST", "path": "/mcp", "query_string": b""}
    app = DirectCalls(whole, "/mcp", answer, Admission(Metrics()))
    asyncio.run(app({**request, "headers": headers, **scope}, receive, send))
    return ran, b"".join(reached), sent


def test_a_plain_call_in_pieces_is_answered_here() -> None:
    """The whole way never sees it."""
    headers, body = encoded(message({"sql": "SELECT 1"}))
    ran, reached, sent = passed([body[:10], body[10:]], headers)
    assert (ran, reached) == (["SELECT 1"], b"")
    answer = json.loads(sent[1]["body"])
    assert answer["id"] == 7
    assert answer["result"]["structuredContent"] == {"rows": []}
    assert not answer["result"]["isError"]


def test_an_error_is_told_as_the_tools_error() -> None:
    """With what to do next."""
    headers, body = encoded(message({"sql": "refuse"}))
    result = json.loads(passed([body], headers)[2][1]["body"])["result"]
    assert result["isError"]
    assert result["content"][0]["text"] == "No. Ask otherwise."


def test_what_is_passed_on_is_whole_and_has_run_nothing() -> None:
    """Another body, a body of another length, another path, another verb, a query string."""
    other_headers, other = encoded(message({"sql": 5}))
    assert passed([other[:20], other[20:]], other_headers)[:2] == ([], other)
    headers, body = encoded(message({"sql": "SELECT 1"}))
    assert passed([body[:-1]], headers)[:2] == ([], body[:-1])
    assert passed([body + b" ", b"x"], headers)[:2] == ([], body + b" x")
    for scope in ({"path": "/other"}, {"method": "PUT"}, {"query_string": b"a=1"}):
        assert passed([body], headers, **scope)[:2] == ([], body)
