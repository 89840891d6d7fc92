"""The audit log: every call has a row, whoever made it and however it ended, and what was asked has none."""

import json
import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

import small_league
from nba_mcp_synthesis.server.audit import AuditLog
from nba_mcp_synthesis.server.observing import Observation
from nba_mcp_synthesis.state.entries import Rows
from nba_mcp_synthesis.telemetry.metrics import Metrics
from running import COMMAND, Running, running

pytestmark = pytest.mark.system

HEADERS = {"Accept": "application/json, text/event-stream", "MCP-Protocol-Version": "2026-07-28"}
CANARY = "canary-6f1d"


def call(server: Running, tool: str, **arguments: Any) -> dict[str, Any]:
    """One call of a tool, answered."""
    prefix = "io.modelcontextprotocol/"
    meta = {
        f"{prefix}protocolVersion": "2026-07-28",
        f"{prefix}clientInfo": {"name": "test", "version": "1"},
        f"{prefix}clientCapabilities": {},
    }
    params = {"name": tool, "arguments": arguments, "_meta": meta}
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
    headers = {**HEADERS, "Mcp-Method": "tools/call", "Mcp-Name": tool}
    answer = httpx.post(f"{server.url}/mcp", json=body, headers=headers, timeout=30)
    result: dict[str, Any] = answer.json()["result"]
    return result


def audit(home: Path, *options: str) -> "subprocess.CompletedProcess[str]":
    """The command that shows it."""
    return subprocess.run(
        [COMMAND, "ops", "audit", *options],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "NBA_MCP_HOME": str(home), "COLUMNS": "200"},
        timeout=60,
    )


def test_each_call_has_a_row_when_the_server_has_ended(tmp_path: Path) -> None:
    """Good, failed, refused and of no tool; by the short way and the long one; all are flushed at SIGTERM."""
    path = small_league.build(tmp_path / "small.duckdb")
    home = tmp_path / "home"
    settings = {"NBA_MCP_HOME": str(home), "NBA_MCP_SQL_MINUTE": "2"}
    with running(tmp_path, NBA_MCP_WAREHOUSE_URL=f"duckdb:///{path}", **settings) as server:
        call(server, "query_sql", sql=f"SELECT '{CANARY}' AS n UNION ALL SELECT 'b'")
        call(server, "query_sql", sql=f"SELECT {CANARY.replace('-', '_')} FROM games")
        refused = call(server, "query_sql", sql="SELECT 1")
        call(server, "ask", question="who had the most points")
        call(server, "find", name="ada test")
        call(server, CANARY)
    assert refused["isError"]
    assert "2 calls of query_sql a minute" in refused["content"][0]["text"]
    assert "Come again in " in refused["content"][0]["text"]
    shown = audit(home, "--json")
    rows = json.loads(shown.stdout)
    assert [(row["action"], row["outcome"]) for row in reversed(rows)] == [
        ("query_sql", "ok"),
        ("query_sql", "query_failed"),
        ("query_sql", "rate_limited"),
        ("ask", "ok"),
        ("find", "ok"),
        ("unknown", "unknown_tool"),
    ]
    assert [row["rows"] for row in reversed(rows)][:3] == [2, None, None]
    assert rows[2]["cost_usd"] == 0
    assert rows[2]["rows"] > 0
    assert all(row["request_id"] and row["caller"] == "127.0.0.1" and row["seconds"] > 0 for row in rows)
    assert rows[0]["detail"] == {"door": "http", "address": "127.0.0.1"}
    assert CANARY not in shown.stdout
    _can_be_narrowed(home)


def _can_be_narrowed(home: Path) -> None:
    assert len(json.loads(audit(home, "--json", "--limit", "2").stdout)) == 2
    assert json.loads(audit(home, "--json", "--caller", "nobody").stdout) == []
    assert json.loads(audit(home, "--json", "--since", "0s").stdout) == []
    assert "rate_limited" in audit(home, "--since", "1h").stdout
    for wrong in ("", "h", "1w", "-1h", "1e3h", "999999d"):
        told = audit(home, "--since", wrong)
        assert told.returncode == 2
        assert "90s, 15m, 1h, 7d" in " ".join(told.stderr.split())


def gathered(record: Callable[[Rows], None]) -> AuditLog:
    """An audit log that hands rows to `record`."""
    return AuditLog(record, "http", Metrics())


def test_rows_of_a_moment_go_together_and_none_is_lost_at_the_end() -> None:
    """A thousand calls are a few entries."""
    entries: list[Rows] = []
    log = gathered(entries.append)
    log.start()
    for n in range(1_200):
        log.note(Observation("find", "ok", rows=n))
    log.stop()
    assert [row["rows"] for entry in entries for row in entry["audit_log"]] == list(range(1_200))
    assert len(entries) < 20
    assert len({row["record"] for entry in entries for row in entry["audit_log"]}) == 1_200
    assert log.health() == {"status": "ok", "waiting_rows": 0}


def test_a_row_that_cannot_be_recorded_ends_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    """The thread goes on with the next."""
    entries: list[Rows] = []

    def record(rows: Rows) -> None:
        if rows["audit_log"][0]["action"] == "bad":
            raise ValueError(CANARY)
        entries.append(rows)

    log = gathered(record)
    log.start()
    log.note(Observation("bad", "ok"))
    deadline = time.monotonic() + 30
    while log.health()["waiting_rows"] and time.monotonic() < deadline:
        time.sleep(0.01)
    log.note(Observation("good", "ok"))
    log.stop()
    assert [entry["audit_log"][0]["action"] for entry in entries] == ["good"]
    assert CANARY not in "".join(capfd.readouterr())
