"""`nba-mcp secrets` and `nba-mcp ops health`: what they print, and their exit codes."""

import json
import os
import subprocess
import time
from typing import Any

import pytest

from running import COMMAND, free_port
from secret_ground import FITTING, Ground
from servers.aws import AwsServer
from servers.listeners import Heard, Reply, silent, web
from servers.postgres import PostgresServer
from servers.redis import RedisServer


def nba_mcp(ground: Ground, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs the command over these places."""
    return subprocess.run(
        [COMMAND, *arguments],
        env={**os.environ, **ground.variables(), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def printed(done: subprocess.CompletedProcess[str]) -> Any:
    """The JSON that a command printed, which has no value of a secret in it."""
    assert done.stderr == ""
    for value in (FITTING["RDS_PASSWORD"], FITTING["SIGNING_KEY"], FITTING["REDIS_URL"]):
        assert value not in done.stdout
    return json.loads(done.stdout)


def test_list_says_where_each_comes_from(ground: Ground) -> None:
    """For programs and for people; exit code 0 whatever lacks."""
    ground.fill()
    (ground.folder() / "SIGNING_KEY.env").unlink()
    done = nba_mcp(ground, "secrets", "list", "--context", "production", "--json")
    found = {one["name"]: one for one in printed(done)["secrets"]}
    assert done.returncode == 0
    assert found["RDS_PASSWORD"]["state"] == "ok"
    assert found["RDS_PASSWORD"]["place"].endswith("RDS_PASSWORD.env")
    assert found["RDS_PASSWORD"]["required"] is True
    assert found["SIGNING_KEY"]["state"] == "unset"
    shown = nba_mcp(ground, "secrets", "list", "--context", "production").stdout
    filled = sum((one["place"] or "").endswith(".env") and one["state"] == "ok" for one in found.values())
    assert f"Context production: {filled} from folder." in shown


def test_validate_has_the_exit_code_of_what_it_found(ground: Ground) -> None:
    """0 right, 1 wrong, 2 misused."""
    ground.fill()
    right = nba_mcp(ground, "secrets", "validate", "--context", "production", "--json")
    assert (right.returncode, printed(right)["findings"]) == (0, [])
    ground.file("RDS_PORT", "none")
    wrong = nba_mcp(ground, "secrets", "validate", "--context", "production", "--json")
    assert wrong.returncode == 1
    assert [(f["kind"], f["secret"]) for f in printed(wrong)["findings"]] == [("malformed", "RDS_PORT")]
    shown = nba_mcp(ground, "secrets", "validate", "--context", "production").stdout
    assert "Error (malformed): RDS_PORT is malformed" in shown
    misused = nba_mcp(ground, "secrets", "validate", "--context", "prod")
    assert misused.returncode == 2
    assert "production, development, test, workflow" in misused.stderr


def test_the_context_is_that_of_the_settings(ground: Ground) -> None:
    """Where none is given."""
    done = nba_mcp(ground, "secrets", "list", "--json", NBA_MCP_CONTEXT="test")
    assert printed(done)["context"] == "test"


def test_a_level_that_is_away_is_exit_code_3(ground: Ground, aws_server: AwsServer) -> None:
    """What is missing may be there: that it cannot be told is another thing than that it is wrong."""
    away = f"http://127.0.0.1:{free_port()}"
    done = nba_mcp(ground, "secrets", "validate", "--context", "production", "--json", AWS_ENDPOINT_URL=away)
    assert done.returncode == 3
    kinds = {f["kind"] for f in printed(done)["findings"]}
    assert kinds == {"missing", "unreachable"}
    health = nba_mcp(
        ground, "ops", "health", "--only", "secrets", "--context", "production", AWS_ENDPOINT_URL=away
    )
    assert health.returncode == 3


def answers(heard: Heard) -> Reply:
    """Slack, PagerDuty and the providers behind one address."""
    if heard.path.startswith("/services"):
        return Reply(400, "no_text")
    return Reply(202 if heard.path == "/v2/enqueue" else 200, "{}")


def bases(url: str) -> dict[str, str]:
    """The variables that lead to that address."""
    providers = ("ANTHROPIC_BASE_URL", "OPENAI_BASE_URL", "GOOGLE_GEMINI_BASE_URL", "DEEPSEEK_BASE_URL")
    return dict.fromkeys((*providers, "PAGERDUTY_EVENTS_URL"), url)


def test_probe_tries_what_each_secret_opens(
    ground: Ground, postgres_server: PostgresServer, redis_server: RedisServer
) -> None:
    """All doors open; then a password is wrong; then a server is away."""
    with web(answers) as server:
        ground.fill(
            RDS_HOST=postgres_server.host,
            RDS_PORT=str(postgres_server.port),
            RDS_DATABASE="postgres",
            RDS_USERNAME=postgres_server.user,
            RDS_PASSWORD=postgres_server.password,
            REDIS_URL=redis_server.url,
            SLACK_WEBHOOK_URL=f"{server.url}/services/x",
        )
        arguments = ("secrets", "validate", "--probe", "--context", "production", "--json")
        right = nba_mcp(ground, *arguments, **bases(server.url))
        tried = {one["connector"]: one["reason"] for one in json.loads(right.stdout)["probes"]}
        doors = ("rds", "redis", "anthropic", "openai", "google", "deepseek", "slack", "pagerduty")
        assert tried == dict.fromkeys(doors)
        assert right.returncode == 0
        ground.file("RDS_PASSWORD", "not-the-password-at-all")
        wrong = nba_mcp(ground, *arguments, **bases(server.url))
        assert wrong.returncode == 1
        assert [one["reason"] for one in json.loads(wrong.stdout)["probes"] if not one["ok"]] == ["login"]
        ground.file("RDS_PASSWORD", postgres_server.password)
        ground.file("RDS_PORT", str(free_port()))
        assert nba_mcp(ground, *arguments, **bases(server.url)).returncode == 3


def test_probes_that_all_hang_take_as_long_as_one(ground: Ground) -> None:
    """Eight doors, none of which answers."""
    with silent() as port:
        url = f"http://127.0.0.1:{port}"
        ground.fill(
            RDS_PORT=str(port), REDIS_URL=f"redis://127.0.0.1:{port}/0", SLACK_WEBHOOK_URL=f"{url}/services/x"
        )
        started = time.monotonic()
        done = nba_mcp(
            ground, "secrets", "validate", "--probe", "--context", "production", "--json", **bases(url)
        )
        assert time.monotonic() - started < 10
    assert done.returncode == 3
    assert {one["reason"] for one in json.loads(done.stdout)["probes"]} == {"timeout"}


@pytest.mark.requirement("INC-DATABASE")
def test_ops_health_says_what_is_at_fault(ground: Ground, postgres_server: PostgresServer) -> None:
    """Secrets and database, together and alone."""
    ground.fill(
        RDS_HOST=postgres_server.host,
        RDS_PORT=str(postgres_server.port),
        RDS_DATABASE="postgres",
        RDS_USERNAME=postgres_server.user,
        RDS_PASSWORD=postgres_server.password,
    )
    arguments = ("ops", "health", "--context", "production", "--json")
    both = nba_mcp(ground, *arguments, "--only", "secrets", "--only", "database")
    told = json.loads(both.stdout)
    assert [(c["name"], c["result"] in ("pass", "warn")) for c in told["checks"]] == [
        ("secrets", True),
        ("database", True),
    ]
    assert (both.returncode, told["exit_code"]) == (0, 0)
    ground.file("RDS_PASSWORD", "not-the-password-at-all")
    alone = nba_mcp(ground, *arguments, "--only", "database")
    assert alone.returncode == 1
    (check,) = json.loads(alone.stdout)["checks"]
    assert (check["result"], check["away"]) == ("fail", False)
    assert check["message"].startswith("login: ")
    ground.file("RDS_PORT", str(free_port()))
    away = nba_mcp(ground, *arguments, "--only", "database")
    assert away.returncode == 3
    assert json.loads(away.stdout)["checks"][0]["message"].startswith("network: ")
    (ground.folder() / "RDS_PASSWORD.env").unlink()
    secrets = nba_mcp(ground, *arguments, "--only", "secrets")
    assert secrets.returncode == 1
    assert "RDS_PASSWORD is missing" in json.loads(secrets.stdout)["checks"][0]["message"]
    assert nba_mcp(ground, *arguments, "--only", "weather").returncode == 2
