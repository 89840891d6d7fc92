"""A hostile client: whatever he invents, no metric gets a series that it would not have had anyway."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

import small_league
from nba_mcp_synthesis.app import App
from nba_mcp_synthesis.server.access.guard import Guard
from nba_mcp_synthesis.server.http import build_http
from nba_mcp_synthesis.server.mcp_server import build_mcp
from nba_mcp_synthesis.server.routes.health import Readiness
from nba_mcp_synthesis.server.secret_watch import Secrets, SecretWatch
from nba_mcp_synthesis.settings import load_settings
from nba_mcp_synthesis.telemetry.metrics import Metrics
from running import NO_LIMITS
from server.test_serve import ACCEPT, message

pytestmark = pytest.mark.system


@pytest.fixture(params=["none", "keys"])
def served(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[tuple[TestClient, Metrics]]:
    """A client of the product in this process, and its metrics."""
    path = small_league.build(tmp_path / "small.duckdb")
    given = {"NBA_MCP_WAREHOUSE_URL": f"duckdb:///{path}", "NBA_MCP_AUTH": request.param}
    settings = load_settings({**given, **NO_LIMITS, "NBA_MCP_HOME": str(tmp_path / "home")})
    app = App(settings)
    services = app.services("http")
    watch = SecretWatch(Secrets(tuple, tuple), services.metrics, 60)
    guard = Guard(services, settings, loopback=True)
    made = build_http(asyncio.run(build_mcp(services)), services, Readiness(), watch, guard, settings)
    with TestClient(made, base_url="http://127.0.0.1") as client:
        yield client, services.metrics
    app.warehouse.close()


def series(metrics: Metrics) -> set[str]:
    """All series, by name and labels; those of the runtime apart."""
    return {
        line.rpartition(" ")[0]
        for line in metrics.exposition().decode().splitlines()
        if line.startswith("nba_mcp_")
    }


def attack(client: TestClient, name: str) -> None:
    """One of everything that a caller can make up."""
    client.get(f"/{name}")
    client.get(f"/v1/tables/{name}")
    client.get(f"/v1/{name}/answers", headers={"Host": f"{name}.example"})
    client.request(name.upper().replace("-", ""), "/health")
    client.get("/v1/policy", headers={"Authorization": f"Bearer {name}", "X-Forwarded-For": name})
    client.get("/health", headers={"traceparent": f"00-{abs(hash(name)):032x}-00f067aa0ba902b7-01"})
    body, headers = message("tools/call", name=name, arguments={name: name})
    client.post("/mcp", json=body, headers=ACCEPT | headers)
    body, headers = message("prompts/get", name=name)
    client.post("/mcp", json=body, headers=ACCEPT | headers)
    body, headers = message(f"{name}/call")
    client.post("/mcp", json=body, headers=ACCEPT | headers)
    client.post("/v1/query", json={"sql": f"SELECT {name}"})
    client.post("/v1/ask", content=json.dumps({name: name}), headers={"Content-Type": "application/json"})


def test_no_invention_makes_a_series(served: tuple[TestClient, Metrics]) -> None:
    """The second thousand of inventions finds every series there that the first few made."""
    client, metrics = served
    for number in range(3):
        attack(client, f"first-{number}")
    before = series(metrics)
    for number in range(60):
        attack(client, f"invented-{number}")
    for number in range(2_000):
        client.get(f"/{number}/invented/path-{number}")
    assert series(metrics) == before
    assert len(before) < 600
    assert not [one for one in before if "invented" in one or "first" in one]
