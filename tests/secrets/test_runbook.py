"""The runbook's health check, word for word, as a process of its own."""

import os
import subprocess
import sys
import time
from dataclasses import dataclass

import pytest

from running import free_port
from secret_ground import Ground
from servers.aws import AwsServer
from servers.listeners import silent
from servers.postgres import PostgresServer

SNIPPET = """
from mcp_server.unified_secrets_manager import UnifiedSecretsManager
from mcp_server.connectors import RDSConnector
manager = UnifiedSecretsManager('nba-mcp-synthesis')
manager.load_secrets_hierarchical('production')
connector = RDSConnector()
print('DB OK' if connector.test_connection() else 'DB FAILED')
"""


@dataclass(frozen=True)
class Said:
    """What the check printed, what it logged, and how long it took."""

    out: str
    log: str
    seconds: float


def run(ground: Ground, before: str = "", **environment: str) -> Said:
    """Runs the check; there is no traceback, whatever happens."""
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", before + SNIPPET],
        env={**os.environ, **ground.variables(), **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    return Said(done.stdout, done.stderr, time.monotonic() - started)


@pytest.fixture
def right(ground: Ground, postgres_server: PostgresServer) -> Ground:
    """Secrets with which the check finds its database."""
    ground.file("RDS_HOST", postgres_server.host)
    ground.file("RDS_PORT", str(postgres_server.port))
    ground.file("RDS_DATABASE", "postgres")
    ground.file("RDS_USERNAME", postgres_server.user)
    ground.file("RDS_PASSWORD", postgres_server.password)
    return ground


@pytest.mark.requirement("MON-IMPORTS")
def test_it_prints_db_ok_on_a_real_postgresql(right: Ground) -> None:
    """And nothing else on its standard output, although other secrets lack."""
    said = run(right)
    assert said.out == "DB OK\n"
    assert "PAGERDUTY_ROUTING_KEY is missing" in said.log


@pytest.mark.requirement("MON-IMPORTS")
def test_it_prints_db_failed_without_secrets(ground: Ground) -> None:
    """The log says what was tried and what to set."""
    said = run(ground)
    assert said.out == "DB FAILED\n"
    assert '"reason":"missing secret"' in said.log
    assert "Set the variable RDS_HOST_NBA_MCP_SYNTHESIS_PRODUCTION" in said.log


@pytest.mark.requirement("MON-IMPORTS")
@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("RDS_PASSWORD", "not-the-password-at-all", "login"),
        ("RDS_HOST", "no-such-host.invalid", "name"),
        ("RDS_PORT", "closed", "network"),
        ("RDS_PORT", "silent", "timeout"),
    ],
)
def test_it_prints_db_failed_and_logs_why(right: Ground, name: str, value: str, reason: str) -> None:
    """Wrong password, wrong host, no server, a server that never answers: under ten seconds each."""
    with silent() as port:
        ports = {"closed": str(free_port()), "silent": str(port)}
        right.file(name, ports.get(value, value))
        said = run(right)
    assert said.out == "DB FAILED\n"
    assert f'"reason":"{reason}"' in said.log
    assert said.seconds < 10
    assert "not-the-password-at-all" not in said.log


def test_even_when_aws_and_the_database_are_both_silent_it_ends(right: Ground, aws_server: AwsServer) -> None:
    """Under ten seconds for both together."""
    with silent() as port:
        right.file("RDS_PORT", str(port))
        said = run(right, AWS_ENDPOINT_URL=f"http://127.0.0.1:{port}")
    assert said.out == "DB FAILED\n"
    assert said.seconds < 10


def test_without_the_extra_it_says_what_to_install(right: Ground) -> None:
    """The imports work; the check fails and names the extra."""
    blocked = (
        "import sys\nfor name in ('psycopg', 'psycopg_pool', 'boto3', 'redis'): sys.modules[name] = None\n"
    )
    said = run(right, before=blocked)
    assert said.out == "DB FAILED\n"
    assert "pip install 'nba-mcp-synthesis[postgres]'" in said.log


def test_a_misspelt_setting_is_told_and_no_traceback(right: Ground) -> None:
    """The check is there to find such things, not to fall over them."""
    said = run(right, NBA_MCP_NONSENSE="1")
    assert "NBA_MCP_NONSENSE" in said.log
    assert said.out == "DB OK\n"


def test_connectors_without_a_loaded_manager_use_the_context_of_the_settings(ground: Ground) -> None:
    """Each is made without arguments, and answers True or False."""
    names = ("RDS", "S3", "Glue", "Redis", "Slack", "PagerDuty")
    script = "from mcp_server import connectors\n" + "".join(
        f"print(connectors.{name}Connector().test_connection())\n" for name in names
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, **ground.variables()},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["False"] * len(names)
