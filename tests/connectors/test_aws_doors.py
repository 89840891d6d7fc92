"""The doors to S3 and Glue, over an AWS API."""

import json
import time

import pytest

from nba_mcp_synthesis.connectors.connector import Connector
from nba_mcp_synthesis.connectors.glue import GlueConnector
from nba_mcp_synthesis.connectors.s3 import S3Connector
from running import free_port
from servers.aws import AwsServer
from servers.listeners import Reply, silent, web


def reason(door: Connector) -> str | None:
    """Why a door stays closed, found within ten seconds."""
    started = time.monotonic()
    outcome = door.check()
    assert time.monotonic() - started < 10
    return outcome.reason


def test_what_is_there_opens_and_what_is_not_is_not_found(aws_server: AwsServer) -> None:
    """A bucket, the catalogue, one database of it."""
    aws_server.client("s3").create_bucket(Bucket="some-bucket")
    aws_server.client("glue").create_database(DatabaseInput={"Name": "lake"})
    assert reason(S3Connector("some-bucket")) is None
    assert reason(S3Connector("another-bucket")) == "not found"
    assert reason(GlueConnector()) is None
    assert reason(GlueConnector("lake")) is None
    assert reason(GlueConnector("sea")) == "not found"


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        (403, "AccessDeniedException", "permission"),
        (400, "UnrecognizedClientException", "login"),
        (400, "ThrottlingException", "throttled"),
        (503, "ServiceUnavailable", "network"),
    ],
)
def test_refusals_are_told_apart(
    aws_server: AwsServer, monkeypatch: pytest.MonkeyPatch, status: int, code: str, expected: str
) -> None:
    """As AWS words them."""
    with web(lambda _: Reply(status, json.dumps({"__type": code}))) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL_GLUE", server.url)
        assert reason(GlueConnector()) == expected


@pytest.mark.parametrize("door", [S3Connector("some-bucket"), GlueConnector()], ids=["s3", "glue"])
def test_networks_fail_in_their_own_ways(
    aws_server: AwsServer, monkeypatch: pytest.MonkeyPatch, door: Connector
) -> None:
    """Nothing there, no such name, silence, no credentials, no region."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{free_port()}")
    assert reason(door) == "network"
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://no-such-host.invalid")
    assert reason(door) == "name"
    with silent() as port:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")
        assert reason(door) == "timeout"
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    assert reason(door) == "login"
