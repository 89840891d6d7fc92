"""Callers known by keys: each has limits of his own, over REST with 429, and his calls under his name."""

import json
import os
import subprocess
from pathlib import Path

import httpx
import pytest

import small_league
from access.conftest import added, bearer
from nba_mcp_synthesis.app import App
from nba_mcp_synthesis.server.observing import Observation, a_minute
from nba_mcp_synthesis.settings import load_settings
from nba_mcp_synthesis.state.entries import MOST_STRANGERS
from running import COMMAND, running

pytestmark = pytest.mark.system


def test_one_callers_limit_is_not_anothers_and_every_refusal_is_in_the_audit_log(tmp_path: Path) -> None:
    """429 with Retry-After for one, answers for the other; without a key, and without the scope, rows too."""
    home = tmp_path / "home"
    small_league.build(home / "demo.duckdb")
    keys = App(load_settings({"NBA_MCP_HOME": str(home)})).api_keys
    ada, bob = (added(keys, name, "nba:read").text for name in ("ada", "bob"))
    settings = {"NBA_MCP_HOME": str(home), "NBA_MCP_AUTH": "keys", "NBA_MCP_CALLS_MINUTE": "2"}
    with running(tmp_path, **settings) as server, httpx.Client(base_url=server.url) as client:

        def find(key: str) -> httpx.Response:
            return client.get("/v1/find?name=ada", headers=bearer(key))

        assert [find(ada).status_code for _ in range(3)] == [200, 200, 429]
        refused, other = find(ada), find(bob)
        assert 1 <= int(refused.headers["Retry-After"]) <= 60
        assert refused.json()["code"] == "rate_limited"
        assert "2 calls a minute" in refused.json()["title"]
        assert f"Come again in {refused.headers['Retry-After']} second" in refused.json()["detail"]
        assert other.status_code == 200
        assert client.post("/v1/query", json={"sql": "SELECT 1"}, headers=bearer(bob)).status_code == 403
        assert client.get("/v1/find?name=ada").status_code == 401
    done = subprocess.run(
        [COMMAND, "ops", "audit", "--json"],
        capture_output=True,
        check=True,
        env={**os.environ, "NBA_MCP_HOME": str(home)},
        timeout=60,
    )
    rows = [(row["caller"], row["action"], row["outcome"]) for row in reversed(json.loads(done.stdout))]
    assert rows == [
        ("ada", "find", "ok"),
        ("ada", "find", "ok"),
        ("ada", "find", "rate_limited"),
        ("ada", "find", "rate_limited"),
        ("bob", "find", "ok"),
        ("bob", "query_sql", "not_allowed"),
        ("127.0.0.1", "find", "not_authenticated"),
    ]
    assert [row["seconds"] is None for row in reversed(json.loads(done.stdout))] == [False] * 5 + [True] * 2
    assert ada not in done.stdout.decode()


def test_strangers_cannot_fill_the_audit_log() -> None:
    """So many rows a minute, and again in the next."""
    noted: list[Observation] = []
    moments = [0.0] * 500 + [59.0] * 500 + [61.0] * 500
    note = a_minute(MOST_STRANGERS, noted.append, iter(moments).__next__)
    for _ in moments:
        note(Observation("request", "not_authenticated"))
    assert len(noted) == 2 * MOST_STRANGERS
