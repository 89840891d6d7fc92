"""The running server and its secrets: health, metrics, and changes without a restart."""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

import small_league
from running import Running, free_port, running
from secret_ground import FITTING, Ground
from servers.aws import AwsServer


@pytest.fixture
def server(tmp_path: Path, ground: Ground) -> Iterator[Running]:
    """A server of production over the small league, that looks at its secrets all the time."""
    path = small_league.build(tmp_path / "small.duckdb")
    ground.fill()
    (ground.folder() / "SIGNING_KEY.env").unlink()
    (ground.folder() / "METRICS_TOKEN.env").unlink()
    variables = {
        **ground.variables(),
        "NBA_MCP_CONTEXT": "production",
        "NBA_MCP_WAREHOUSE_URL": f"duckdb:///{path}",
        "NBA_MCP_SECRETS_REFRESH_SECONDS": "0.1",
    }
    with running(tmp_path, **variables) as found:
        yield found


def eventually(true: Callable[[], bool]) -> None:
    """Waits until something is true, for ten seconds at most."""
    deadline = time.monotonic() + 10
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def bearer(token: str) -> dict[str, str]:
    """The header that carries a token; none without one."""
    return {"Authorization": f"Bearer {token}"} if token else {}


def samples(server: Running, token: str = "") -> dict[str, float]:
    """The samples on secrets of /metrics."""
    answer = httpx.get(f"{server.url}/metrics", headers=bearer(token))
    lines = [line for line in answer.text.splitlines() if line.startswith("nba_mcp_secret")]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


def health(server: Running) -> dict[str, object]:
    """What /health says of the secrets."""
    found: dict[str, object] = httpx.get(f"{server.url}/health").json()["dependencies"]["secrets"]
    return found


def test_health_and_metrics_follow_the_secrets(server: Running, ground: Ground) -> None:
    """One expires, one vanishes and comes back; what is neither needed nor there has no sample."""
    assert health(server) == {"status": "ok", "valid": len(FITTING) - 2, "invalid": {}}
    found = samples(server)
    assert found['nba_mcp_secret_valid{secret="RDS_PASSWORD"}'] == 1
    assert 0 <= found['nba_mcp_secret_age_seconds{secret="RDS_PASSWORD"}'] < 60
    assert 'nba_mcp_secret_valid{secret="SIGNING_KEY"}' not in found
    old = time.time() - 40 * 86_400
    os.utime(ground.folder() / "RDS_PASSWORD.env", (old, old))
    eventually(lambda: samples(server)['nba_mcp_secret_valid{secret="RDS_PASSWORD"}'] == 0)
    assert samples(server)['nba_mcp_secret_age_seconds{secret="RDS_PASSWORD"}'] > 39 * 86_400
    (ground.folder() / "RDS_PASSWORD.env").unlink()
    eventually(lambda: health(server)["invalid"] == {"RDS_PASSWORD": "missing"})
    assert httpx.get(f"{server.url}/health").json()["status"] == "degraded"
    assert httpx.get(f"{server.url}/health/ready").status_code == 200
    ground.file("RDS_PASSWORD", "another-horse-battery")
    eventually(lambda: health(server)["status"] == "ok")


def test_the_token_of_metrics_is_replaced_while_the_server_runs(server: Running, ground: Ground) -> None:
    """No token, a first one, a second one; one that vanishes opens nothing."""

    def status(token: str = "") -> int:
        return httpx.get(f"{server.url}/metrics", headers=bearer(token)).status_code

    assert status() == 200
    ground.file("METRICS_TOKEN", "the-first-token")
    eventually(lambda: status() == 401)
    assert status("the-first-token") == 200
    ground.file("METRICS_TOKEN", "the-second-token")
    eventually(lambda: status("the-second-token") == 200)
    assert status("the-first-token") == 401
    (ground.folder() / "METRICS_TOKEN.env").unlink()
    time.sleep(0.5)
    assert status() == 401
    assert status("the-second-token") == 200


def test_a_secret_that_appears_or_goes_changes_its_samples(server: Running, ground: Ground) -> None:
    """An optional one has samples only while it is there."""
    ground.file("SIGNING_KEY", FITTING["SIGNING_KEY"])
    eventually(lambda: samples(server).get('nba_mcp_secret_valid{secret="SIGNING_KEY"}') == 1)
    (ground.folder() / "SIGNING_KEY.env").unlink()
    eventually(lambda: 'nba_mcp_secret_age_seconds{secret="SIGNING_KEY"}' not in samples(server))
    assert 'nba_mcp_secret_valid{secret="SIGNING_KEY"}' not in samples(server)


def test_metrics_stay_closed_while_nobody_knows_whether_they_want_a_token(
    tmp_path: Path, ground: Ground, aws_server: AwsServer
) -> None:
    """In production, while AWS is away that may hold the token; the rest of the service works."""
    ground.fill()
    (ground.folder() / "METRICS_TOKEN.env").unlink()
    away = {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{free_port()}", "NBA_MCP_CONTEXT": "production"}
    with running(tmp_path, **ground.variables(), **away) as server:
        answer = httpx.get(f"{server.url}/metrics")
        assert answer.status_code == 503
        assert "token" in answer.json()["detail"]
        assert httpx.get(f"{server.url}/health").status_code == 200
