"""The HTTP service as a process: health, metrics, request ids, protocol versions, shutting down."""

import json
import signal
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
import uvicorn

import small_league
from nba_mcp_synthesis.server import stopping as module
from nba_mcp_synthesis.server.routes.health import Readiness
from running import COMMAND, Running, free_port, running

MODERN = "2026-07-28"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server over the small league, shared by the tests that leave it running."""
    folder = tmp_path_factory.mktemp("server")
    path = small_league.build(folder / "small.duckdb")
    with running(folder, NBA_MCP_WAREHOUSE_URL=f"duckdb:///{path}", NBA_MCP_LOG_SAMPLE="1") as found:
        yield found


def counted(server: Running, sample: str) -> float:
    """The value of one sample of /metrics; 0 where it is not there yet."""
    lines = httpx.get(f"{server.url}/metrics").text.splitlines()
    return next((float(line.rpartition(" ")[2]) for line in lines if line.startswith(sample + " ")), 0.0)


def log_lines(server: Running) -> list[dict[str, Any]]:
    """The log, every line of which has to be JSON."""
    return [json.loads(line) for line in server.log.read_text().splitlines()]


ACCEPT = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json"}


def post(server: Running, body: dict[str, Any], **headers: str) -> httpx.Response:
    """One JSON-RPC message to /mcp."""
    return httpx.post(f"{server.url}/mcp", json=body, headers=ACCEPT | headers, timeout=30)


def message(method: str, **params: Any) -> tuple[dict[str, Any], dict[str, str]]:
    """(body, headers) of one stateless request of the present protocol: no handshake, all in the request."""
    meta = {
        "io.modelcontextprotocol/protocolVersion": MODERN,
        "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"},
        "io.modelcontextprotocol/clientCapabilities": {},
    }
    headers = {
        "MCP-Protocol-Version": MODERN,
        "Mcp-Method": method,
        **({"Mcp-Name": params["name"]} if "name" in params else {}),
    }
    body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": {**params, "_meta": meta}}
    return body, headers


def modern(server: Running, method: str, **params: Any) -> httpx.Response:
    """Such a request, answered."""
    body, headers = message(method, **params)
    return post(server, body, **headers)


@pytest.mark.requirement("SYS-APP")
@pytest.mark.requirement("MON-HEALTH-URLS")
def test_health_names_each_dependency(server: Running) -> None:
    """/health, /health/live and /health/ready answer 200 over a readable warehouse."""
    health = httpx.get(f"{server.url}/health").json()
    assert health["status"] == "ok"
    assert health["dependencies"]["warehouse"]["status"] == "ok"
    assert health["dependencies"]["warehouse"]["simulated"] is True
    assert httpx.get(f"{server.url}/health/live").status_code == 200
    assert httpx.get(f"{server.url}/health/ready").status_code == 200


def test_without_a_warehouse_it_runs_degraded_and_is_not_ready(tmp_path: Path) -> None:
    """The process serves what it can; load balancers keep away until there are data."""
    with running(tmp_path) as server:
        health = httpx.get(f"{server.url}/health")
        assert health.status_code == 200
        assert health.json()["status"] == "degraded"
        assert "nba-mcp data demo" in health.json()["dependencies"]["warehouse"]["message"]
        assert httpx.get(f"{server.url}/health/ready").status_code == 503
        small_league.build(tmp_path / "home" / "demo.duckdb")
        assert httpx.get(f"{server.url}/health/live").status_code == 200


@pytest.mark.requirement("MON-APP")
def test_metrics_count_requests_and_tool_calls(server: Running) -> None:
    """Counters and latencies by method, path and status, and by tool and outcome; the database is up."""
    samples = (
        'nba_mcp_http_requests_total{method="GET",path="/health",status="200"}',
        'nba_mcp_http_requests_total{method="GET",path="other",status="404"}',
        'nba_mcp_http_request_duration_seconds_count{method="GET",path="/health"}',
        'nba_mcp_tool_calls_total{outcome="ok",tool="find"}',
        'nba_mcp_tool_duration_seconds_count{tool="find"}',
    )
    before = [counted(server, sample) for sample in samples]
    httpx.get(f"{server.url}/health")
    httpx.get(f"{server.url}/no/such/path/{'x' * 50}")
    assert modern(server, "tools/call", name="find", arguments={"name": "ada test"}).status_code == 200
    assert [counted(server, sample) for sample in samples] == [n + 1 for n in before]
    assert counted(server, "nba_mcp_db_up") == 1
    assert "xxxxx" not in httpx.get(f"{server.url}/metrics").text


def test_metrics_can_want_a_token(tmp_path: Path) -> None:
    """Without it 401, with it the metrics; the token is in no log line."""
    with running(tmp_path, NBA_MCP_METRICS_TOKEN="tok-123456") as server:
        url = f"{server.url}/metrics"
        assert httpx.get(url).status_code == 401
        assert httpx.get(url, headers={"Authorization": "Bearer wrong"}).status_code == 401
        assert httpx.get(url, headers={"Authorization": "Bearer tok-123456"}).status_code == 200
    assert "tok-123456" not in server.log.read_text()


@pytest.mark.requirement("MON-LOGS")
def test_every_line_of_the_log_is_json_with_the_request_it_belongs_to(server: Running) -> None:
    """A caller's own request id is kept when it is well-formed, and answered in the header."""
    given = httpx.get(f"{server.url}/health", headers={"X-Request-ID": "caller-0001"})
    assert given.headers["X-Request-ID"] == "caller-0001"
    odd = httpx.get(f"{server.url}/health", headers={"X-Request-ID": "a b\t{}"})
    assert len(odd.headers["X-Request-ID"]) == 32
    called = modern(server, "tools/call", name="find", arguments={"name": "ada test"})
    lines = log_lines(server)
    assert any(e["event"] == "request" and e["request_id"] == "caller-0001" for e in lines)
    calls = {e["request_id"]: e["tool"] for e in lines if e["event"] == "tool_call"}
    assert calls[called.headers["X-Request-ID"]] == "find"
    assert all({"event", "level", "timestamp"} <= e.keys() for e in lines)


def test_the_present_protocol_is_answered_without_a_handshake(server: Running) -> None:
    """A single stateless request lists the tools, another calls one."""
    listed = modern(server, "tools/list")
    assert listed.status_code == 200
    assert "query_sql" in {tool["name"] for tool in listed.json()["result"]["tools"]}
    called = modern(server, "tools/call", name="query_sql", arguments={"sql": "SELECT 42 AS n"})
    assert called.json()["result"]["structuredContent"]["rows"] == [[42]]


@pytest.mark.parametrize("version", ["2025-11-25", "2025-06-18", "2025-03-26"])
def test_older_handshakes_are_still_answered(server: Running, version: str) -> None:
    """A client of an earlier protocol opens with initialize and gets its own version."""
    params = {
        "protocolVersion": version,
        "capabilities": {},
        "clientInfo": {"name": "old", "version": "1"},
    }
    answer = post(server, {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params})
    assert answer.status_code == 200
    data = [line[6:] for line in answer.text.splitlines() if line.startswith("data: ")]
    result = json.loads(data[-1] if data else answer.text)["result"]
    assert result["protocolVersion"] == version
    assert result["serverInfo"]["name"] == "nba-mcp-synthesis"


def test_a_foreign_host_or_origin_is_turned_away(server: Running) -> None:
    """A web page elsewhere cannot talk to a server on loopback through the user's browser."""
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    assert post(server, body, Origin="https://evil.example").status_code in (403, 421)
    assert post(server, body, Host="evil.example").status_code in (403, 421)


@pytest.mark.requirement("DEP-ZERO-DOWNTIME")
def test_sigterm_lets_requests_in_flight_finish(tmp_path: Path) -> None:
    """A query that runs while SIGTERM arrives is answered; the process then ends with 0."""
    path = small_league.build(tmp_path / "small.duckdb")
    with running(tmp_path, NBA_MCP_WAREHOUSE_URL=f"duckdb:///{path}") as server:
        _end_under_way(server)


def _end_under_way(server: Running) -> None:
    slow = "SELECT count(*) AS n FROM range(30000) a, range(30000) b WHERE a.range <> b.range"
    answers: list[httpx.Response] = []
    arguments = {"sql": slow}

    def ask() -> None:
        answers.append(modern(server, "tools/call", name="query_sql", arguments=arguments))

    caller = threading.Thread(target=ask)
    caller.start()
    while "nba_mcp_active_connections 2.0" not in httpx.get(f"{server.url}/metrics").text:
        assert caller.is_alive()
    server.process.send_signal(signal.SIGTERM)
    caller.join(timeout=60)
    assert answers[0].json()["result"]["structuredContent"]["rows"] == [[899970000]]
    assert server.process.wait(timeout=30) == 0
    assert [e["event"] for e in log_lines(server)].count("stopping") == 1


def test_an_idle_server_stays_small(tmp_path: Path) -> None:
    """Under 200 MB of resident memory, the database of answers not being used yet."""
    path = small_league.build(tmp_path / "small.duckdb")
    with running(tmp_path, NBA_MCP_WAREHOUSE_URL=f"duckdb:///{path}") as server:
        assert psutil.Process(server.process.pid).memory_info().rss < 200 * 2**20


def test_an_address_that_others_reach_is_refused_without_access_control(tmp_path: Path) -> None:
    """AUTH=none listens on loopback only, unless that is overridden in so many words."""
    done = subprocess.run(
        [COMMAND, "serve", "--host", "0.0.0.0", "--port", str(free_port())],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 2
    assert "would let anyone who reaches it query" in done.stderr
    assert "NBA_MCP_ALLOW_UNAUTHENTICATED" in done.stderr


def test_a_taken_port_is_one_sentence(server: Running, tmp_path: Path) -> None:
    """No traceback, exit code 3."""
    port = server.url.rpartition(":")[2]
    done = subprocess.run(
        [COMMAND, "serve", "--port", port], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 3
    assert "could not start" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_signal_is_never_logged_where_it_arrives(monkeypatch: pytest.MonkeyPatch) -> None:
    """It may interrupt the writing of a log line, whose lock it would then wait for, for ever."""

    def held() -> None:
        raise AssertionError("the log's lock is held")

    monkeypatch.setattr(module, "get_logger", held)
    readiness = Readiness()
    stopping = module.StoppingServer(uvicorn.Config("none"), readiness)
    stopping.handle_exit(signal.SIGTERM, None)
    assert (readiness.stopping, stopping.should_exit, stopping.force_exit) == (True, True, False)
    stopping.handle_exit(signal.SIGTERM, None)
    assert stopping.force_exit
