"""Bringing secrets from files and variables to AWS, and verifying that they are there."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from nba_mcp_synthesis.secrets.manifest import Manifest, default_manifest, parse
from nba_mcp_synthesis.secrets.migration.copying import Migration
from nba_mcp_synthesis.secrets.names import naming
from nba_mcp_synthesis.secrets.versions import VersionedSecret
from rotation.ground import SECRET, Prepare
from running import COMMAND, free_port
from secret_ground import FITTING, PROJECT, Ground
from servers.aws import AwsServer

_TESTS = Path(__file__).resolve().parents[1]
FIFTY = "".join(f'[SECRET_{n}]\nabout = "The {n}th"\nkind = "text"\nowner = "platform"\n' for n in range(50))


def migrate(ground: Ground, *arguments: str, **environment: str) -> tuple[int, Any]:
    """The exit code and the JSON of `nba-mcp secrets migrate`; no value is in what it says."""
    done = subprocess.run(
        [COMMAND, "secrets", "migrate", "--context", "production", *arguments, "--json"],
        env={
            **os.environ,
            **ground.variables(),
            "PGSSLMODE": "disable",
            "NBA_MCP_CONTEXT": "production",
            **environment,
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    for name, value in FITTING.items():
        if name not in ("RDS_HOST", "RDS_PORT", "RDS_DATABASE"):
            assert value not in done.stdout + done.stderr, name
    return done.returncode, json.loads(done.stdout or done.stderr)


def migration(ground: Ground, manifest: Manifest) -> Migration:
    """A migration of all that this manifest knows."""
    manager = ground.manager(manifest)
    manager.load_secrets_hierarchical("production")
    secret = VersionedSecret(naming(PROJECT, "production"))
    return Migration(manager.local(), secret, manifest, list, lambda spec: None)


def states(found: Any) -> dict[str, str]:
    """The state of each secret."""
    return {one["secret"]: one["state"] for one in found["secrets"]}


def test_fifty_secrets_plan_run_and_rerun(ground: Ground, aws_server: AwsServer) -> None:
    """The plan changes nothing, the run writes all as one version, the rerun changes nothing."""
    manifest, client = parse(FIFTY), aws_server.client("secretsmanager")
    values = {name: f"value-{name.lower()}" for name in manifest.specs}
    for name, value in values.items():
        ground.file(name, value)
    plan = migration(ground, manifest).plan()
    assert plan.steps[7].message == f"from {ground.folder() / 'SECRET_7.env'}"
    assert (len(plan.steps), {step.action for step in plan.steps}) == (50, {"copy"})
    assert client.list_secrets()["SecretList"] == []
    assert migration(ground, manifest).verify().exit_code == 1
    migration(ground, manifest).carry_out(plan, "alias/of-the-secrets")
    stored = json.loads(client.get_secret_value(SecretId=SECRET, VersionStage="AWSCURRENT")["SecretString"])
    history = stored.pop("_history")
    assert stored == values
    assert {one["version"] for one in history.values()} == {None}
    about = client.describe_secret(SecretId=SECRET)
    assert about["Description"] == f"Secrets of {PROJECT} in production, one JSON key each."
    assert about["KmsKeyId"] == "alias/of-the-secrets"
    assert {tag["Key"]: tag["Value"] for tag in about["Tags"]}["managed-by"] == "nba-mcp"
    again = migration(ground, manifest)
    rerun = again.plan()
    assert ({step.action for step in rerun.steps}, rerun.changing) == ({"leave"}, [])
    again.carry_out(rerun, "alias/of-the-secrets")
    assert client.describe_secret(SecretId=SECRET)["VersionIdsToStages"] == about["VersionIdsToStages"]
    found = again.verify()
    assert (found.exit_code, {one.state for one in found.compared}) == (0, {"same"})
    # what is read from AWS is what was there, and as old
    (ground.folder() / "SECRET_7.env").unlink()
    ground.environ |= aws_server.environment
    manager = ground.manager(manifest)
    manager.load_secrets_hierarchical("production")
    assert manager.require("SECRET_7").get_secret_value() == values["SECRET_7"]


@pytest.mark.system
@pytest.mark.requirement("MNT-MIGRATE")
def test_before_and_after_a_rotation(prepared: Prepare, ground: Ground) -> None:
    """Right before it all is the same; right after it the newer values count as rotated, and are tried."""
    place = prepared()
    for name, value in place.values.items():
        ground.file(name, value)
    home = {"NBA_MCP_HOME": str(place.home)}
    code, found = migrate(ground, "--verify", **home)
    assert (code, set(states(found).values())) == (0, {"same"})
    place.rotations().run(["RDS_PASSWORD"])
    code, found = migrate(ground, "--verify", **home)
    rotated = {name: state for name, state in states(found).items() if state != "same"}
    assert (code, rotated) == (0, {"RDS_USERNAME": "rotated", "RDS_PASSWORD": "rotated"})
    told = {one["secret"]: one["message"] for one in found["secrets"]}
    assert told["RDS_PASSWORD"].endswith("it opens its door")
    # a migration does not take a rotation back
    code, plan = migrate(ground, **home)
    assert (code, {one["action"] for one in plan["secrets"]}) == (0, {"leave"})
    assert place.works()
    # a password that does not open its door any more is found out
    place.postgres.change_password(f"{place.user}_b", "changed-by-somebody-else")
    code, found = migrate(ground, "--verify", **home)
    assert (code, states(found)["RDS_PASSWORD"]) == (1, "does not open")


@pytest.mark.system
def test_a_value_that_no_audit_entry_explains_is_a_difference(prepared: Prepare, ground: Ground) -> None:
    """Also where the history of the document claims a rotation."""
    place = prepared()
    ground.file("RDS_PASSWORD", "another-one-altogether")
    ground.file("METRICS_TOKEN", FITTING["METRICS_TOKEN"])
    home = {"NBA_MCP_HOME": str(place.home)}
    code, found = migrate(ground, "--verify", **home)
    assert code == 1
    assert states(found)["RDS_PASSWORD"] == "different"
    assert states(found)["METRICS_TOKEN"] == "only here"
    assert states(found)["RDS_HOST"] == "only there"
    assert not found["verified"]
    code, plan = migrate(ground, **home)
    actions = {one["secret"]: one["action"] for one in plan["secrets"]}
    assert (code, actions["RDS_PASSWORD"], actions["METRICS_TOKEN"]) == (1, "refuse", "copy")
    assert place.current()["RDS_PASSWORD"] == place.values["RDS_PASSWORD"]
    assert place.current()["METRICS_TOKEN"] == FITTING["METRICS_TOKEN"]
    code, _ = migrate(ground, "--replace", "RDS_PASSWORD", **home)
    assert (code, place.current()["RDS_PASSWORD"]) == (0, "another-one-altogether")
    document = place.current()
    document["_history"]["RDS_PASSWORD"]["version"] = "11111111-2222-3333-4444-555555555555"
    place.client.delete_secret(SecretId=SECRET, ForceDeleteWithoutRecovery=True)
    place.client.create_secret(Name=SECRET, SecretString=json.dumps(document))
    ground.file("RDS_PASSWORD", "and-yet-another-one")
    assert states(migrate(ground, "--verify", **home)[1])["RDS_PASSWORD"] == "different"


def test_single_secrets_are_gathered(ground: Ground, aws_server: AwsServer) -> None:
    """A JSON secret hides those of the other layout, so all of them go into it."""
    client = aws_server.client("secretsmanager")
    client.create_secret(Name=f"{SECRET}/OPENAI_API_KEY", SecretString=FITTING["OPENAI_API_KEY"])
    ground.file("RDS_PASSWORD", FITTING["RDS_PASSWORD"])
    ground.file("SIGNING_KEY", "short")
    code, plan = migrate(ground)
    actions = {one["secret"]: one["action"] for one in plan["secrets"]}
    assert (code, actions) == (
        1,
        {"RDS_PASSWORD": "copy", "OPENAI_API_KEY": "gather", "SIGNING_KEY": "refuse"},
    )
    ground.environ |= aws_server.environment
    manager = ground.manager()
    report = manager.load_secrets_hierarchical("production")
    assert manager.require("OPENAI_API_KEY").get_secret_value() == FITTING["OPENAI_API_KEY"]
    assert "unknown" not in {finding.kind for finding in report.findings}


def test_what_is_refused_stays_as_the_single_secrets_have_it(ground: Ground, aws_server: AwsServer) -> None:
    """The JSON secret that is made hides them, so that it has each of their values, as old as AWS says."""
    client = aws_server.client("secretsmanager")
    production = {"RDS_PASSWORD": "the-one-of-production", "SIGNING_KEY": FITTING["SIGNING_KEY"]}
    replaced = {"METRICS_TOKEN": "the-token-that-is-to-go"}
    for name, value in {**production, **replaced}.items():
        client.create_secret(Name=f"{SECRET}/{name}", SecretString=value)
    here = {"RDS_PASSWORD": "an-old-one-of-a-laptop", "SIGNING_KEY": "short"}
    for name, value in {**here, "METRICS_TOKEN": FITTING["METRICS_TOKEN"], "RDS_HOST": "db"}.items():
        os.utime(ground.file(name, value), (1_700_000_000, 1_700_000_000))
    migrated = migration(ground, default_manifest())
    plan = migrated.plan(["METRICS_TOKEN"])
    assert {step.secret: step.action for step in plan.steps} == {
        "RDS_HOST": "copy",
        "RDS_PASSWORD": "refuse",
        "METRICS_TOKEN": "replace",
        "SIGNING_KEY": "refuse",
    }
    assert all("keeps" in step.message for step in plan.steps if step.action == "refuse")
    told = {step.secret: step.message for step in plan.steps}
    assert str(ground.folder() / "METRICS_TOKEN.env") in told["METRICS_TOKEN"]
    migrated.carry_out(plan)
    stored = json.loads(client.get_secret_value(SecretId=SECRET, VersionStage="AWSCURRENT")["SecretString"])
    history = stored.pop("_history")
    assert stored == {**production, "METRICS_TOKEN": FITTING["METRICS_TOKEN"], "RDS_HOST": "db"}
    ages = {name: datetime.now(UTC) - datetime.fromisoformat(one["since"]) for name, one in history.items()}
    assert {name for name, age in ages.items() if age < timedelta(hours=1)} == set(production)


def test_a_key_under_both_its_names_is_changed_under_both(aws_server: AwsServer) -> None:
    """One of the two would open nothing any more, and which of them is read depends on who reads."""
    whole = "RDS_PASSWORD_NBA_MCP_SYNTHESIS_PRODUCTION"
    document = {"RDS_PASSWORD": "old", whole: "old", "SIGNING_KEY_NBA_MCP_SYNTHESIS_PRODUCTION": "old"}
    aws_server.client("secretsmanager").create_secret(Name=SECRET, SecretString=json.dumps(document))
    secret = VersionedSecret(naming(PROJECT, "production"))
    changes = {"RDS_PASSWORD": "new", "SIGNING_KEY": "new", "METRICS_TOKEN": "new"}
    staged = secret.stage(secret.require(), changes, {"item": "x"})
    assert {key for key, value in staged.raw.items() if value == "new"} == {*document, "METRICS_TOKEN"}


def test_the_label_that_aws_leaves_is_no_turn(ground: Ground, aws_server: AwsServer) -> None:
    """Its own rotations end with AWSPENDING on the version in use: nothing is to be completed."""
    client = aws_server.client("secretsmanager")
    client.create_secret(Name=SECRET, SecretString='{"RDS_HOST": "db"}')
    stages = ["AWSPENDING", "AWSCURRENT"]
    client.put_secret_value(SecretId=SECRET, SecretString='{"RDS_HOST": "db"}', VersionStages=stages)
    ground.file("SIGNING_KEY", FITTING["SIGNING_KEY"])
    migrated = migration(ground, default_manifest())
    migrated.carry_out(migrated.plan())
    stored = json.loads(client.get_secret_value(SecretId=SECRET, VersionStage="AWSCURRENT")["SecretString"])
    assert stored["SIGNING_KEY"] == FITTING["SIGNING_KEY"]


@pytest.mark.parametrize("command", ["rotate", "migrate"])
def test_another_context_than_that_of_the_process_is_refused(
    command: str, ground: Ground, aws_server: AwsServer
) -> None:
    """Its short names, its databases and its audit log are those of development."""
    ground.environ["OPENAI_API_KEY"] = "sk-" + "mine" * 8
    done = subprocess.run(
        [COMMAND, "secrets", command, "--context", "production", "--json"],
        env={**os.environ, **ground.variables()},
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert done.returncode == 2
    assert "Set NBA_MCP_CONTEXT=production" in json.loads(done.stderr)["error"]["hint"]
    assert aws_server.client("secretsmanager").list_secrets()["SecretList"] == []


@pytest.mark.system
def test_aws_that_is_away_is_exit_code_3(ground: Ground, aws_server: AwsServer) -> None:
    """And says that nothing is lost."""
    ground.fill()
    away = f"http://127.0.0.1:{free_port()}"
    for arguments in ([], ["--verify"], ["--dry-run"]):
        code, error = migrate(ground, *arguments, AWS_ENDPOINT_URL=away)
        assert (code, error["error"]["code"]) == (3, "unavailable")
        assert "run the command again" in error["error"]["hint"]


@pytest.mark.system
@pytest.mark.parametrize("call", ["create", "stage", "switch", "clear"])
def test_an_interrupted_migration_goes_on(ground: Ground, aws_server: AwsServer, call: str) -> None:
    """Killed after each of its calls, it has written all or nothing; run again, it completes."""
    client = aws_server.client("secretsmanager")
    ground.fill()
    if call != "create":
        other = {"RDS_PORT": "5433", "RDS_HOST": FITTING["RDS_HOST"]}
        client.create_secret(Name=SECRET, SecretString=json.dumps(other))
    done = subprocess.run(
        [sys.executable, "-m", "rotation.dying", "migrate", call],
        env={**os.environ, **ground.variables(), "NBA_MCP_CONTEXT": "production", "PYTHONPATH": str(_TESTS)},
        capture_output=True,
        check=False,
        timeout=100,
    )
    assert done.returncode == -9, done.stderr.decode()
    code, plan = migrate(ground, "--replace", "RDS_PORT")
    assert (code, {one["action"] for one in plan["secrets"]} <= {"copy", "replace", "leave"}) == (0, True)
    code, found = migrate(ground, "--verify")
    assert (code, set(states(found).values()), set(states(found))) == (
        0,
        {"same"},
        set(default_manifest().specs),
    )
    labels = [
        label
        for one in client.describe_secret(SecretId=SECRET)["VersionIdsToStages"].values()
        for label in one
    ]
    assert "AWSPENDING" not in labels
