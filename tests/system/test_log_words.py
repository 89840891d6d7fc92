"""The log of a real server, searched with the very commands of the operations documents."""

import json
import os
import subprocess
from pathlib import Path

import httpx
import pytest
import yaml

import small_league
from nba_mcp_synthesis.telemetry.families import FAMILIES
from running import COMMAND, Running, running
from server.test_serve import ACCEPT, log_lines, message

pytestmark = pytest.mark.system

ROOT = Path(__file__).resolve().parents[2]
# As they stand behind `kubectl logs … |` in the two documents.
SEARCHES = [
    "grep -i error",
    'grep -i "access\\|auth"',
    'grep -E "(login|auth|access)" | tail -50',
    'grep -E "(user|access|login)" | wc -l',
    'grep -E "(api|request)" | tail -100',
    "grep -i error | sort | uniq -c | sort -nr",
    'grep -E "(auth|login|access)" | tail -20',
    'grep -E "(error|exception|fail)" | tail -30',
    "grep -i security",
]
KEY_IN = "Kanarienvogel"


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Running:
    """A server with keys that has seen one of everything, and has stopped."""
    folder = tmp_path_factory.mktemp("words")
    path = small_league.build(folder / "small.duckdb")
    given = {
        "NBA_MCP_WAREHOUSE_URL": f"duckdb:///{path}",
        "NBA_MCP_HOME": str(folder / "home"),
        "NBA_MCP_AUTH": "keys",
        "NBA_MCP_LOG_SAMPLE": "10",
    }
    made = subprocess.run(
        [COMMAND, "keys", "create", "ann", "--json", "--scope", "nba:sql", "--scope", "nba:read"],
        env={**os.environ, **given}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    key = json.loads(made.stdout)["key"]
    with running(folder, **given) as server:
        known = {"Authorization": f"Bearer {key}"}
        for sql in ("SELECT 1 AS n", f"DROP TABLE {KEY_IN}", "SELECT nothing FROM teams"):
            body, headers = message("tools/call", name="query_sql", arguments={"sql": sql})
            httpx.post(f"{server.url}/mcp", json=body, headers=ACCEPT | headers | known, timeout=30)
        httpx.get(f"{server.url}/v1/policy", headers={"Authorization": f"Bearer nba_{KEY_IN}"})
        httpx.get(f"{server.url}/v1/policy", headers={**known, "Host": "evil.example"})
        for _ in range(25):
            httpx.get(f"{server.url}/health/live")
        path.unlink()
        httpx.get(f"{server.url}/v1/find", params={"name": "ada"}, headers=known)
        httpx.get(f"{server.url}/health/ready")
    assert key not in server.log.read_text()
    return server


@pytest.mark.requirement("MON-LOGS")
@pytest.mark.parametrize("search", SEARCHES)
def test_every_search_of_the_documents_finds_something(asked: Running, search: str) -> None:
    """Run by a shell over the log, as people do."""
    done = subprocess.run(
        ["sh", "-c", f'cat "$1" | {search}', "sh", str(asked.log)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    found = done.stdout.splitlines()
    assert found
    assert found[0].strip() not in ("", "0")


@pytest.mark.requirement("MON-LOGS")
@pytest.mark.requirement("MON-LOG-SHIPPING")
@pytest.mark.requirement("SEC-AUTH-LOGS")
def test_each_line_is_an_event_of_a_family_and_each_family_is_there(asked: Running) -> None:
    """JSON without rules; what belongs to a request has its id and its caller; no SQL and no key."""
    lines = log_lines(asked)
    assert {one["family"] for one in lines} | {"error"} == set(FAMILIES)  # nothing failed that nobody foresaw
    by = {family: [one for one in lines if one["family"] == family] for family in FAMILIES}
    assert {"login", "not_authenticated"} <= {one.get("outcome") for one in by["auth"]}
    assert {one["outcome"] for one in by["security"]} == {"foreign_host", "query_refused"}
    assert "arrived" in {one.get("outcome") for one in by["access"]}
    for one in [*by["request"], *by["api"]]:
        assert one["request_id"]
        assert one["caller"]
    calls = [one for one in by["api"] if one["event"] == "tool_call"]
    assert {one["caller"] for one in calls} == {"ann"}
    assert all({"tool", "outcome", "seconds"} <= one.keys() for one in calls)
    assert KEY_IN not in asked.log.read_text()


def test_probes_are_sampled_and_failures_never_are(asked: Running) -> None:
    """The first of ten that end well has a line that says so; one that fails has its own."""
    lines = [one for one in log_lines(asked) if one["event"] == "request"]
    live = [one for one in lines if one["path"] == "/health/live"]
    assert 2 <= len(live) <= 4
    assert {one["one_of"] for one in live} == {10}
    failed = [one for one in lines if one["path"] == "/health/ready"]
    assert [(one["status"], one["level"]) for one in failed] == [(503, "error")]


def test_the_summary_reads_what_the_server_writes(asked: Running) -> None:
    """With errors the command fails; callers and refusals are those of the log."""
    command = [COMMAND, "ops", "logs", str(asked.log), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    told = json.loads(done.stdout)
    calls = [one for one in log_lines(asked) if one["event"] == "tool_call"]
    assert told["no_events"] == 0
    assert told["callers"] == [{"name": "ann", "count": len(calls)}]
    assert "query_refused: query_sql" in {row["name"] for row in told["refused"]}


@pytest.mark.requirement("MON-LOG-SHIPPING")
def test_the_collectors_configuration_fits_what_the_server_writes(asked: Running) -> None:
    """Its fields are keys of our lines, and it parses as YAML with a source, a parser and a place to go."""
    text = (ROOT / "docs/logging.md").read_text("utf-8")
    told = yaml.safe_load(text.split("```yaml\n")[1].split("```")[0])
    source = told["sources"]["server"]
    assert source["type"] == "kubernetes_logs"
    assert "app=nba-mcp-synthesis" in source["extra_label_selector"]
    steps = told["transforms"]
    assert steps["events"]["inputs"] == ["server"]
    written = {name for one in log_lines(asked) for name in one}
    named = {
        name.removeprefix("{{ ").removesuffix(" }}") for name in told["sinks"]["store"]["labels"].values()
    }
    assert named <= written
    assert told["sinks"]["store"]["inputs"] == list(steps)
