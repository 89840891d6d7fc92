"""The caller's trace is on every line of his call; how long results may be kept is told with them."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from nba_mcp_synthesis.telemetry.logs import trace_id_of
from running import Running, running
from server.test_serve import ACCEPT, message, modern

pytestmark = pytest.mark.system

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
OTHER = "0af7651916cd43dd8448eb211c80319c"


@pytest.fixture(scope="module")
def server(small_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server over the small league."""
    folder = tmp_path_factory.mktemp("server")
    with running(folder, NBA_MCP_WAREHOUSE_URL=f"duckdb:///{small_path}") as found:
        yield found


@pytest.mark.parametrize(
    ("written", "trace_id"),
    [
        (f"00-{TRACE}-{SPAN}-01", TRACE),
        (f"00-{TRACE}-{SPAN}-00", TRACE),
        (f"cc-{TRACE}-{SPAN}-01", TRACE),
        (f"cc-{TRACE}-{SPAN}-01-what-comes-later", TRACE),
        (f"00-{TRACE}-{SPAN}-01-more", None),
        (f"ff-{TRACE}-{SPAN}-01", None),
        (f"00-{'0' * 32}-{SPAN}-01", None),
        (f"00-{TRACE}-{'0' * 16}-01", None),
        (f"00-{TRACE.upper()}-{SPAN}-01", None),
        (f"00-{TRACE[:-1]}-{SPAN}-01", None),
        (f" 00-{TRACE}-{SPAN}-01", None),
        (f"00-{TRACE}-{SPAN}-01\n", None),
        ("", None),
        (None, None),
        (7, None),
        ({"traceparent": 1}, None),
    ],
)
def test_a_traceparent_is_what_w3c_says(written: object, trace_id: str | None) -> None:
    """Anything else is ignored, as the standard wants."""
    assert trace_id_of(written) == trace_id


def called(server: Running, meta: Any = None, **headers: str) -> str:
    """The request id of one call of `find` with a traceparent in its `_meta`, or in its headers."""
    body, fixed = message("tools/call", name="find", arguments={"name": "ada test"})
    if meta is not None:
        body["params"]["_meta"]["traceparent"] = meta
    answer = httpx.post(f"{server.url}/mcp", json=body, headers=ACCEPT | fixed | headers, timeout=30)
    assert answer.status_code == 200
    assert answer.json()["result"]["structuredContent"]["matches"][0]["id"] == 1
    return answer.headers["X-Request-ID"]


def lines(server: Running, request_id: str) -> dict[str, Any]:
    """The trace id of each event of a request, None where it has none; its last line follows the answer."""
    found: dict[str, Any] = {}
    deadline = time.monotonic() + 60
    while "request" not in found:
        assert time.monotonic() < deadline
        text = server.log.read_text().rpartition("\n")[0]
        events = [json.loads(line) for line in text.splitlines()]
        found = {e["event"]: e.get("trace_id") for e in events if e.get("request_id") == request_id}
    return found


def test_a_trace_in_the_call_is_on_its_lines(server: Running) -> None:
    """The line of the HTTP request has what the header says, where there is one."""
    assert lines(server, called(server, f"00-{TRACE}-{SPAN}-01"))["tool_call"] == TRACE
    both = lines(server, called(server, f"00-{TRACE}-{SPAN}-01", traceparent=f"00-{OTHER}-{SPAN}-01"))
    assert both == {"tool_call": TRACE, "request": OTHER}


def test_a_trace_in_the_header_is_on_all_lines(server: Running) -> None:
    """Also of a call that takes the short way."""
    found = lines(server, called(server, traceparent=f"00-{TRACE}-{SPAN}-01"))
    assert found == {"tool_call": TRACE, "request": TRACE}
    sql = {"sql": "SELECT 1"}
    body, fixed = message("tools/call", name="query_sql", arguments=sql)
    given = ACCEPT | fixed | {"traceparent": f"00-{TRACE}-{SPAN}-01", "tracestate": "a=1"}
    answer = httpx.post(f"{server.url}/mcp", json=body, headers=given, timeout=30)
    assert answer.json()["result"]["structuredContent"]["rows"] == [[1]]
    found = lines(server, answer.headers["X-Request-ID"])
    assert (found["tool_call"], found["request"]) == (TRACE, TRACE)


@pytest.mark.parametrize("junk", ["junk", f"00-{TRACE}-{SPAN}", "x" * 5_000, 7, ["a"], {}])
def test_junk_is_ignored(server: Running, junk: Any) -> None:
    """The call is answered, and no line repeats it."""
    assert lines(server, called(server, junk))["tool_call"] is None


@pytest.mark.parametrize(
    ("method", "params", "ttl", "scope"),
    [
        ("tools/list", {}, 300_000, "public"),
        ("prompts/list", {}, 300_000, "public"),
        ("resources/list", {}, 300_000, "public"),
        ("resources/templates/list", {}, 300_000, "public"),
        ("resources/read", {"uri": "nba://game/0022500001"}, 60_000, "private"),
    ],
)
def test_how_long_a_result_may_be_kept_is_told(
    server: Running, method: str, params: dict[str, str], ttl: int, scope: str
) -> None:
    """Lists for all callers, what is read for the one who read it."""
    body, fixed = message(method, **params)
    named = {"Mcp-Name": params["uri"]} if params else {}
    answer = httpx.post(f"{server.url}/mcp", json=body, headers=ACCEPT | fixed | named, timeout=30)
    result = answer.json()["result"]
    assert (result["ttlMs"], result["cacheScope"]) == (ttl, scope)


def test_what_was_called_may_not_be_kept(server: Running) -> None:
    """Calls are no readings: the protocol gives them no such fields."""
    reply = modern(server, "tools/call", name="find", arguments={"name": "ada test"}).json()
    assert "ttlMs" not in reply["result"]
