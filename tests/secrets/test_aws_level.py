"""AWS Secrets Manager over its HTTP API: both layouts, and every way in which it can fail."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from nba_mcp_synthesis.errors import SecretMissing
from nba_mcp_synthesis.secrets.levels import aws
from nba_mcp_synthesis.secrets.manager import UnifiedSecretsManager
from nba_mcp_synthesis.secrets.report import LoadReport
from running import free_port
from secret_ground import FITTING, PROJECT, Ground
from servers.aws import AwsServer
from servers.listeners import Heard, Reply, silent, web

SECRET = f"{PROJECT}/production"


def load(ground: Ground) -> tuple[UnifiedSecretsManager, LoadReport]:
    """The secrets of production, with AWS as the process's environment has it."""
    ground.environ.update({name: value for name, value in os.environ.items() if name.startswith("AWS_")})
    manager = ground.manager()
    return manager, manager.load_secrets_hierarchical("production")


@pytest.mark.requirement("SYS-SECRETS")
def test_one_json_secret_fills_what_the_files_lack(aws_server: AwsServer, ground: Ground) -> None:
    """With the version and the age that AWS keeps; what the files have is not taken from AWS."""
    made = aws_server.client("secretsmanager").create_secret(
        Name=SECRET, SecretString=json.dumps({**FITTING, "RDS_HOST": "other.example.net"})
    )
    ground.file("RDS_HOST", FITTING["RDS_HOST"])
    manager, report = load(ground)
    assert report.findings == ()
    entries = {entry.name: entry for entry in report.entries}
    assert entries["RDS_HOST"].level == "folder"
    assert entries["RDS_PASSWORD"].level == "AWS Secrets Manager"
    assert entries["RDS_PASSWORD"].version == made["VersionId"]
    assert 0 <= (entries["RDS_PASSWORD"].age_seconds or -1) < 300
    assert manager.require("RDS_PASSWORD").get_secret_value() == FITTING["RDS_PASSWORD"]
    assert manager.require("RDS_HOST").get_secret_value() == FITTING["RDS_HOST"]


def test_one_secret_a_name_does_as_well(aws_server: AwsServer, ground: Ground) -> None:
    """Names that are not there are simply lacking."""
    client = aws_server.client("secretsmanager")
    for name in ("RDS_PASSWORD", "SIGNING_KEY"):
        client.create_secret(Name=f"{SECRET}/{name}", SecretString=FITTING[name])
    manager, report = load(ground)
    assert [entry.name for entry in report.entries if entry.held] == ["RDS_PASSWORD", "SIGNING_KEY"]
    assert {finding.kind for finding in report.findings} == {"missing"}
    assert manager.require("SIGNING_KEY").get_secret_value() == FITTING["SIGNING_KEY"]


def test_the_current_version_is_read_after_a_rotation(
    aws_server: AwsServer, ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A version that waits as AWSPENDING is not used; once it is current, a refresh brings it."""
    client = aws_server.client("secretsmanager")
    client.create_secret(Name=SECRET, SecretString=json.dumps(FITTING))
    manager, _ = load(ground)
    new = json.dumps({**FITTING, "RDS_PASSWORD": "new-horse-battery"})
    put = client.put_secret_value(SecretId=SECRET, SecretString=new, VersionStages=["AWSPENDING"])
    monkeypatch.setattr(aws, "FRESH_SECONDS", 0)
    manager.load_secrets_hierarchical("production")
    assert manager.require("RDS_PASSWORD").get_secret_value() == FITTING["RDS_PASSWORD"]
    old = next(v for v, stages in client.describe_secret(SecretId=SECRET)["VersionIdsToStages"].items()
               if "AWSCURRENT" in stages)  # fmt: skip
    client.update_secret_version_stage(
        SecretId=SECRET, VersionStage="AWSCURRENT", MoveToVersionId=put["VersionId"], RemoveFromVersionId=old
    )
    heard: list[str] = []
    manager.on_change("RDS_PASSWORD", lambda value: heard.append(value.get_secret_value()))
    manager.refresh()
    assert heard == ["new-horse-battery"]


def test_an_answer_is_kept_for_a_while(aws_server: AwsServer, ground: Ground) -> None:
    """Fetching a secret that lacks asks AWS no second time."""
    aws_server.client("secretsmanager").create_secret(Name=SECRET, SecretString="{}")
    manager, _ = load(ground)
    started = time.perf_counter()
    for _ in range(20):
        assert manager.get("RDS_PASSWORD") is None
    assert time.perf_counter() - started < 1


@pytest.mark.parametrize("text", ["not JSON", '["a", "list"]', "3"])
def test_a_secret_that_is_no_json_object_is_malformed(
    aws_server: AwsServer, ground: Ground, text: str
) -> None:
    """One finding that names the secret in AWS and quotes nothing of it."""
    aws_server.client("secretsmanager").create_secret(Name=SECRET, SecretString=text)
    ground.fill()
    (ground.folder() / "SIGNING_KEY.env").unlink()
    _, report = load(ground)
    assert [(f.kind, f.severity) for f in report.findings] == [("malformed", "error")]
    assert SECRET in report.findings[0].message


def test_a_misspelt_key_is_named_with_the_nearest(aws_server: AwsServer, ground: Ground) -> None:
    """Whole names are keys as well."""
    keys = {"RDS_PASWORD": "x", "SIGNING_KEY_NBA_MCP_SYNTHESIS_PRODUCTION": FITTING["SIGNING_KEY"]}
    aws_server.client("secretsmanager").create_secret(Name=SECRET, SecretString=json.dumps(keys))
    ground.fill()
    (ground.folder() / "SIGNING_KEY.env").unlink()
    manager, report = load(ground)
    assert [(f.kind, f.hint) for f in report.findings] == [("unknown", "Did you mean RDS_PASSWORD?")]
    assert manager.require("SIGNING_KEY").get_secret_value() == FITTING["SIGNING_KEY"]


def refusal(code: str, status: int = 400) -> Reply:
    """An error as AWS's JSON protocol words it."""
    return Reply(status, json.dumps({"__type": code, "message": "no"}))


FAILURES = {
    "throttling": (refusal("ThrottlingException"), "too many requests"),
    "denying": (refusal("AccessDeniedException"), "the identity may not do that"),
    "refusing the login": (refusal("UnrecognizedClientException"), "the AWS credentials were refused"),
    "expired": (refusal("ExpiredTokenException"), "the AWS credentials were refused"),
    "failing": (refusal("InternalServiceError", 500), "the service is failing"),
    "slow": (Reply(200, "{}", seconds=30), "did not answer in time"),
}


@pytest.mark.parametrize("failure", sorted(FAILURES))
def test_a_service_that_fails_is_one_finding_and_the_files_still_serve(
    aws_server: AwsServer, ground: Ground, monkeypatch: pytest.MonkeyPatch, failure: str
) -> None:
    """Within ten seconds, with what AWS meant in words; the error of what lacks names it too."""
    reply, words = FAILURES[failure]
    ground.fill()
    (ground.folder() / "SIGNING_KEY.env").unlink()
    with web(lambda _: reply) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL_SECRETS_MANAGER", server.url)
        started = time.monotonic()
        manager, report = load(ground)
        assert time.monotonic() - started < 10
        assert [(f.kind, f.severity) for f in report.findings] == [("unreachable", "error")]
        assert words in report.findings[0].message
        assert manager.require("RDS_PASSWORD").get_secret_value() == FITTING["RDS_PASSWORD"]
        with pytest.raises(SecretMissing, match=words):
            manager.require("SIGNING_KEY")


def test_a_service_that_is_down_or_silent_or_has_no_name(
    aws_server: AwsServer, ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is told apart, within ten seconds."""
    ground.fill()
    (ground.folder() / "SIGNING_KEY.env").unlink()
    with silent() as port:
        for address, words in (
            (f"http://127.0.0.1:{free_port()}", "Nothing accepts connections"),
            ("http://no-such-host.invalid", "does not resolve"),
            (f"http://127.0.0.1:{port}", "did not answer in time"),
            (f"https://127.0.0.1:{urlport(aws_server)}", "TLS"),
        ):
            monkeypatch.setenv("AWS_ENDPOINT_URL_SECRETS_MANAGER", address)
            started = time.monotonic()
            _, report = load(ground)
            assert time.monotonic() - started < 10
            assert [f.kind for f in report.findings] == ["unreachable"], address
            assert words in report.findings[0].message


def urlport(server: AwsServer) -> int:
    """The port of the server, which speaks no TLS."""
    return int(server.url.rpartition(":")[2])


def test_while_the_service_is_away_what_it_gave_stays(
    aws_server: AwsServer, ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Valid as before, with a finding that the level is away."""
    aws_server.client("secretsmanager").create_secret(Name=SECRET, SecretString=json.dumps(FITTING))
    manager, report = load(ground)
    assert report.errors == ()
    monkeypatch.setattr(aws, "FRESH_SECONDS", 0)
    manager.load_secrets_hierarchical("production")
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{free_port()}")
    report = manager.refresh()
    assert [f.kind for f in report.findings] == ["unreachable"]
    assert all(entry.state == "ok" for entry in report.entries)
    assert manager.require("RDS_PASSWORD").get_secret_value() == FITTING["RDS_PASSWORD"]


def test_without_credentials_it_says_so(
    aws_server: AwsServer, ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The default chain was asked and had none."""
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    _, report = load(ground)
    assert any("no AWS credentials were found" in f.message for f in report.findings)


def test_without_the_library_it_names_the_extra(
    aws_server: AwsServer, ground: Ground, tmp_path: Path
) -> None:
    """Files still serve where boto3 is not installed."""
    ground.fill()
    (ground.folder() / "SIGNING_KEY.env").unlink()
    script = (
        "import sys; sys.modules['boto3'] = None\n"
        "from nba_mcp_synthesis.secrets.manager import UnifiedSecretsManager\n"
        "report = UnifiedSecretsManager().load_secrets_hierarchical('production')\n"
        "print([str(f) for f in report.findings], sum(e.held for e in report.entries))\n"
    )
    environment = {**os.environ, **ground.variables()}
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True
    )
    assert "pip install 'nba-mcp-synthesis[aws]'" in done.stdout
    assert done.stdout.rstrip().endswith(str(len(FITTING) - 1))


def test_rights_on_one_layout_are_enough(
    aws_server: AwsServer, ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A role that may read the single secrets, and not the one above them, reads them without a finding."""

    def answer(heard: Heard) -> Reply:
        name = heard.json()["SecretId"].removeprefix(SECRET).lstrip("/")
        if name in FITTING:
            return Reply(200, json.dumps({"SecretString": FITTING[name], "VersionId": "1"}))
        return refusal("AccessDeniedException")

    with web(answer) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL_SECRETS_MANAGER", server.url)
        _, report = load(ground)
        assert report.findings == ()
        assert all(entry.level == "AWS Secrets Manager" for entry in report.entries)
        assert all(heard.json()["VersionStage"] == "AWSCURRENT" for heard in server.heard)
