"""The ground of rotations."""

from datetime import timedelta
from pathlib import Path

import pytest

from nba_mcp_synthesis.secrets.rotation import logins
from rotation.ground import Prepare, prepare
from servers.aws import AwsServer
from servers.postgres import PostgresServer


@pytest.fixture
def prepared(
    aws_server: AwsServer, postgres_server: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Prepare:
    """Makes the ground; its arguments are more secrets of the document in AWS."""
    monkeypatch.setenv("PGSSLMODE", "disable")
    monkeypatch.setenv("NBA_MCP_CONTEXT", "production")
    monkeypatch.setattr(logins, "SETTLED", timedelta())  # here no server waits for the news of a turn
    return lambda **other: prepare(aws_server, postgres_server, tmp_path / "home", **other)
