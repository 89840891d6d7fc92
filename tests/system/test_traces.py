"""Traces of a real server, as a collector on loopback decodes them."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

import small_league
from running import Running, running
from server.test_serve import log_lines, message, post
from servers.collector import Told, spans
from servers.listeners import Heard, Reply, web
from servers.model_peers import MakePeer
from synthesis.conftest import KEYS, LINES, QUESTION, knowing

pytestmark = pytest.mark.system

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
SQL = "SELECT 'a-literal-of-mine' AS said"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Of a server over the small league that sends what it has at once."""
    path = small_league.build(tmp_path / "small.duckdb")
    named = {"NBA_MCP_WAREHOUSE_URL": f"duckdb:///{path}", "OTEL_BSP_SCHEDULE_DELAY": "100"}
    return {**KEYS, **named, "NBA_MCP_HOME": str(tmp_path)}


def eventually(find: Callable[[], Any]) -> Any:
    """What is found within twenty seconds."""
    deadline = time.monotonic() + 20
    while not (found := find()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return found


def called(server: Running, sql: str) -> httpx.Response:
    """The short way of query_sql, within the trace of a caller."""
    body, headers = message("tools/call", name="query_sql", arguments={"sql": sql})
    return post(server, body, **headers, traceparent=f"00-{TRACE}-{SPAN}-01")


def chain(found: list[Told], last: Told) -> list[str]:
    """The names of a span and of those above it, from the outermost."""
    by_id = {span.id: span for span in found}
    names = [last.name]
    while last.parent in by_id:
        last = by_id[last.parent]
        names.append(last.name)
    return names[::-1]


def test_a_call_is_one_trace_from_the_callers_span_to_the_query(
    environment: dict[str, str], tmp_path: Path
) -> None:
    """Request, tool and query, in the caller's trace; the log has its id; the SQL is nowhere."""
    with web(lambda _: Reply(body="")) as collector:
        with running(tmp_path, **environment, OTEL_EXPORTER_OTLP_ENDPOINT=collector.url) as server:
            assert called(server, SQL).status_code == 200
            httpx.get(f"{server.url}/health/ready")
            line = next(one for one in log_lines(server) if one["event"] == "tool_call")
        found = spans(collector.heard)
    query = next(span for span in found if span.name == "SELECT duckdb")
    assert chain(found, query) == ["POST /mcp", "execute_tool query_sql", "SELECT duckdb"]
    assert {span.trace_id for span in found if span.scope == "nba_mcp_synthesis"} == {TRACE}
    assert line["trace_id"] == TRACE
    outer = next(span for span in found if span.name == "POST /mcp")
    assert outer.parent == SPAN
    assert outer.attributes["http.response.status_code"] == 200
    assert "a-literal-of-mine" not in "".join(span.raw for span in found)


@pytest.mark.parametrize("content", [False, True])
def test_a_question_to_a_model_has_a_span_for_the_request_to_it(
    environment: dict[str, str], tmp_path: Path, model_peer: MakePeer, *, content: bool
) -> None:
    """With the model and its tokens; with what was asked and said only where a setting wants it."""
    models = LINES["openai"].format(peer=model_peer(knowing()))
    with web(lambda _: Reply(body="")) as collector:
        more = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "NBA_MCP_TRACE_CONTENT": str(content).lower()}
        with running(tmp_path, **environment, **more, NBA_MCP_MODELS=models) as server:
            answer = httpx.post(f"{server.url}/v1/ask", json={"question": QUESTION}, timeout=90)
            assert answer.status_code == 200, answer.text
        found = spans(collector.heard)
    chat = next(span for span in found if span.attributes.get("gen_ai.operation.name") == "chat")
    above = chain(found, chat)
    assert above[:2] == ["POST /v1/ask", "execute_tool ask"]
    assert above[-2].startswith("invoke_agent")
    assert chat.attributes["gen_ai.usage.input_tokens"] > 0
    assert chat.attributes["gen_ai.request.model"]
    told = "".join(span.raw for span in found)
    assert (QUESTION in told) is content
    assert ("db.query.text" in told) is content
    assert KEYS["OPENAI_API_KEY"] not in told


def test_an_error_and_an_invented_tool_say_nothing_of_their_words(
    environment: dict[str, str], tmp_path: Path
) -> None:
    """Neither a name that a caller made up nor the text of an error is in a span."""
    with web(lambda _: Reply(body="")) as collector:
        with running(tmp_path, **environment, OTEL_EXPORTER_OTLP_ENDPOINT=collector.url) as server:
            for name, arguments in (("find", {"name": "Kanarienvogel", "limit": 99}), ("Kanarienvogel", {})):
                body, headers = message("tools/call", name=name, arguments=arguments)
                post(server, body, **headers)
            called(server, "SELECT Kanarienvogel FROM teams")
            httpx.get(f"{server.url}/Kanarienvogel")
        found = spans(collector.heard)
    assert [span for span in found if span.name == "execute_tool unknown"]
    assert "Kanarienvogel" not in "".join(span.raw for span in found)


def test_a_collector_that_is_away_costs_a_line_and_nothing_else(
    environment: dict[str, str], tmp_path: Path
) -> None:
    """Requests go on as before; that it went and came is told once each."""
    replies = {"status": 503}

    def answer(_: Heard) -> Reply:
        return Reply(replies["status"], "")

    with (
        web(answer) as collector,
        running(tmp_path, **environment, OTEL_EXPORTER_OTLP_ENDPOINT=collector.url) as server,
    ):
        for _ in range(20):
            assert called(server, SQL).status_code == 200
            time.sleep(0.05)
        eventually(lambda: told(server, "away"))
        replies["status"] = 200
        eventually(lambda: called(server, SQL) and told(server, "there"))
        turns = [line["collector"] for line in log_lines(server) if line["event"] == "traces"]
    assert turns == ["away", "there"]


def told(server: Running, collector: str) -> bool:
    """Whether the log has said so."""
    return any(line.get("collector") == collector for line in log_lines(server))


def test_without_an_address_no_library_of_traces_is_loaded(tmp_path: Path) -> None:
    """Being off costs nothing; no span is made and no library of the extra imported."""
    with running(tmp_path) as server:
        maps = Path(f"/proc/{server.process.pid}/maps").read_text()
    assert "google/_upb" not in maps
