"""What a rotation says it would do is what it then does; and what it leaves to people."""

import contextlib
import json
import os
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import SecretStr
from rich.console import Console

from nba_mcp_synthesis import cli_rotation
from nba_mcp_synthesis.cli_rotation import secrets_rotate
from nba_mcp_synthesis.connectors.model_api import model_apis
from nba_mcp_synthesis.errors import Busy, Unavailable, UsageError
from nba_mcp_synthesis.secrets.manifest import default_manifest
from nba_mcp_synthesis.secrets.names import naming
from nba_mcp_synthesis.secrets.rotation.overlaps import OverlapItem
from nba_mcp_synthesis.secrets.rotation.plan import Kinds
from nba_mcp_synthesis.secrets.rotation.run import Run
from nba_mcp_synthesis.secrets.versions import Version, VersionedSecret
from nba_mcp_synthesis.server.access.key_format import new_key
from nba_mcp_synthesis.settings import load_settings
from rotation.ground import OVERLAPS, SECRET, Place, Prepare
from running import COMMAND
from secret_ground import FITTING, PROJECT
from servers.listeners import Heard, Reply, web

BY_HAND = {name: FITTING[name] for name in ("OPENAI_API_KEY", "REDIS_URL")}


def command(place: Place, *arguments: str, **environment: str) -> Any:
    """The JSON of `nba-mcp secrets rotate`; no value of a secret is in what it says."""
    done = subprocess.run(
        [COMMAND, "secrets", "rotate", *arguments, "--json"],
        env={**os.environ, **place.variables(), **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    known = [
        v for n, v in {**place.values, **place.current()}.items() if isinstance(v, str) and n[:4] != "RDS_"
    ]
    for value in [*known, place.current()["RDS_PASSWORD"], place.current()["RDS_USERNAME"]]:
        assert value not in done.stdout + done.stderr
    return done.returncode, json.loads(done.stdout or done.stderr)


@pytest.mark.requirement("MNT-ROTATE")
def test_a_dry_run_says_what_the_run_then_does(prepared: Prepare) -> None:
    """Bare: all that needs nobody, in the same steps and words; what needs a person is listed by both."""
    made = new_key("jobs", ["nba:read"], None)
    place = prepared(**OVERLAPS, **BY_HAND, SERVICE_API_KEY=made.text)
    place.app().api_keys.add(made.row)
    before = place.stages()
    code, plan = command(place, "--dry-run")
    assert code == 0
    assert (place.stages(), place.audited()) == (before, [])
    code, run = command(place)
    assert code == 0
    planned = [(one["secret"], one["steps"]) for one in plan["unattended"]]
    assert planned == [(one["secret"], one["steps"]) for one in run["rotations"]]
    names = ["RDS_PASSWORD", "METRICS_TOKEN", "SIGNING_KEY", "SERVICE_API_KEY"]
    assert [one["secret"] for one in run["rotations"]] == names
    assert plan["by_hand"] == run["by_hand"]
    assert plan["audit_log"] == run["audit_log"] == str(place.home / "state.db")
    assert {one["secret"] for one in run["by_hand"]} == set(BY_HAND)
    assert {action for action, _ in place.audited()} == {f"rotate {name}" for name in names}
    assert place.works()


def test_the_login_of_the_jobs_is_listed(prepared: Prepare) -> None:
    """It writes the warehouse and is in an AWS secret of its own: a person is told how old it is."""
    place = prepared()
    assert place.rotations().plan().by_hand == ()
    jobs = {"RDS_USERNAME": "nba_mcp_loader", "RDS_PASSWORD": "a-password-of-the-jobs"}
    place.client.create_secret(Name=f"{SECRET}-jobs", SecretString=json.dumps(jobs))
    (one,) = place.rotations().plan().by_hand
    assert (one.name, one.owner, one.due) == (f"{SECRET}-jobs RDS_PASSWORD", "platform", False)
    assert one.due_on
    assert timedelta(days=29) < one.due_on - datetime.now(UTC) < timedelta(days=31)
    assert place.rotations().plan(["RDS_PASSWORD"]).by_hand == ()
    assert place.rotations().plan(due_only=True).by_hand == ()
    assert [done.name for done in place.rotations().run().done] == ["RDS_PASSWORD"]


def test_a_login_whose_age_may_not_be_seen_costs_a_line_of_the_log(
    prepared: Prepare, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The identity that rotates may be allowed nothing of the jobs' secret; what AWS lacks is not told."""
    place = prepared()
    secret = VersionedSecret(naming(PROJECT, "production"))
    assert secret.since(f"{SECRET}-jobs") is None
    assert capsys.readouterr() == ("", "")
    denied = Reply(400, '{"__type": "AccessDeniedException"}')
    with web(lambda _: denied) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL_SECRETS_MANAGER", server.url)
        assert VersionedSecret(naming(PROJECT, "production")).since(f"{SECRET}-jobs") is None
    assert f"{SECRET}-jobs" in "".join(capsys.readouterr())
    assert place.works()


def test_only_what_is_due_is_rotated_where_that_is_asked(prepared: Prepare) -> None:
    """By the age of each value, not of the version that it stands in."""
    place = prepared(**OVERLAPS)
    place.rotations().run(["METRICS_TOKEN"])
    document = place.current()
    old = (datetime.now(UTC) - timedelta(days=31)).isoformat(timespec="seconds")
    document["_history"]["RDS_PASSWORD"] = {"since": old, "version": None}
    document["_history"]["SIGNING_KEY"] = {"since": old, "version": None}
    place.client.delete_secret(SecretId=SECRET, ForceDeleteWithoutRecovery=True)
    place.client.create_secret(Name=SECRET, SecretString=json.dumps(document))
    plan = place.rotations().plan(due_only=True)
    assert [one.name for one in plan.unattended] == ["RDS_PASSWORD"]
    run = place.rotations().run(due_only=True)
    assert [done.name for done in run.done] == ["RDS_PASSWORD"]
    assert place.rotations().plan(due_only=True).unattended == ()
    # what was not rotated has the age that it had
    assert place.current()["_history"]["SIGNING_KEY"]["since"] == old
    manager_age = {entry.name: entry.age_seconds for entry in _report(place)}
    assert manager_age["SIGNING_KEY"] > 30 * 86_400
    assert manager_age["RDS_PASSWORD"] < 600


def _report(place: Place) -> Any:
    return place.app(NBA_MCP_SECRETS_MOUNTS=str(place.home / "none")).secrets.report.entries


@pytest.mark.system
def test_a_name_that_cannot_be_rotated_is_a_usage_error(prepared: Prepare) -> None:
    """Unknown, part of another, not held, or in need of a person: exit code 2, and nothing is changed."""
    place = prepared(**BY_HAND)
    before = place.stages()
    for name, told in (
        ("RDS_PASWORD", "Did you mean RDS_PASSWORD"),
        ("RDS_USERNAME", "not rotated by itself"),
        ("METRICS_TOKEN", "not in the AWS secret"),
        ("OPENAI_API_KEY", "a new one from whoever issues it"),
    ):
        code, error = command(place, name)
        assert (code, told in json.dumps(error)) == (2, True), (name, error)
    assert place.stages() == before


def test_the_state_database_of_the_cluster_has_its_page(prepared: Prepare) -> None:
    """It needs no administrator's login in AWS: its own pod gives the role its password."""
    place = prepared(STATE_PASSWORD="the-password-of-the-state")
    plan = place.rotations(NBA_MCP_STATE_URL="postgresql://nba_mcp@nba-mcp-postgres/nba_mcp").plan()
    (why,) = [one.why for one in plan.by_hand if one.name == "STATE_PASSWORD"]
    assert why.endswith("of an administrator; in the cluster: docs/runbooks/rotate-secrets.md")


def test_a_misspelt_name_is_told_before_aws_is_asked() -> None:
    """Nothing is configured here, and that is not what is wrong."""
    with pytest.raises(UsageError, match="RDS_PASWORD") as refused:
        secrets_rotate(["RDS_PASWORD"])
    assert "Did you mean RDS_PASSWORD?" in str(refused.value)


def test_a_key_of_a_provider_is_pasted_tried_and_stored(prepared: Prepare) -> None:
    """A key that its provider refuses is not switched to; one that is taken is."""
    place = prepared(**BY_HAND)
    good, bad = "sk-" + "good" * 8, "sk-" + "bad0" * 8
    asked: list[str] = []

    def paste_of(value: str) -> Any:
        def paste(spec: Any) -> SecretStr:
            asked.append(spec.name)
            return SecretStr(f"{value}\n")

        return paste

    def answer(heard: Heard) -> Reply:
        return Reply(200 if heard.headers["authorization"] == f"Bearer {good}" else 401, "{}")

    with web(answer) as provider, pytest.MonkeyPatch.context() as here:
        here.setenv(model_apis()["openai"]["base_url"], provider.url)
        refused = place.rotations(paste_of(bad)).run(["OPENAI_API_KEY"])
        assert refused.exit_code == 1
        assert "HTTP 401" in str(refused.failed[0].error)
        assert place.current()["OPENAI_API_KEY"] == BY_HAND["OPENAI_API_KEY"]
        taken = place.rotations(paste_of(good)).run(["OPENAI_API_KEY"])
    assert taken.exit_code == 0
    assert place.current()["OPENAI_API_KEY"] == good
    assert asked == ["OPENAI_API_KEY"] * 2
    with pytest.raises(UsageError, match="is the one in use"):
        raise place.rotations(paste_of(good)).run(["OPENAI_API_KEY"]).failed[0].error
    with pytest.raises(UsageError, match="does not look like"):
        raise place.rotations(paste_of("hunter2")).run(["OPENAI_API_KEY"]).failed[0].error


def test_people_are_told_and_who_cannot_be_told_is_no_failure(prepared: Prepare) -> None:
    """A change event to PagerDuty, a notice to Slack; the second time both are broken, as the run says."""
    status = [202, 200]

    def answer(heard: Heard) -> Reply:
        return Reply(status[0] if heard.path.startswith("/v2") else status[1], "{}")

    with web(answer) as doors, pytest.MonkeyPatch.context() as here:
        here.setenv("PAGERDUTY_EVENTS_URL", doors.url)
        place = prepared(
            SLACK_WEBHOOK_URL=f"{doors.url}/services/x",
            PAGERDUTY_ROUTING_KEY=FITTING["PAGERDUTY_ROUTING_KEY"],
        )
        run = place.rotations().run(["RDS_PASSWORD"])
        assert run.done[0].untold == ()
        heard = {one.path: one.json() for one in doors.heard}
        event = heard["/v2/change/enqueue"]
        assert event["payload"]["summary"] == "RDS_PASSWORD (production) was rotated."
        assert event["payload"]["custom_details"]["version"] == run.done[0].version
        assert heard["/services/x"] == {"text": "RDS_PASSWORD (production) was rotated."}
        status[:] = [500, 404]
        again = place.rotations().run(["RDS_PASSWORD"])
    assert again.exit_code == 0
    assert [sentence.split(" was not told")[0] for sentence in again.done[0].untold] == ["PagerDuty", "Slack"]
    assert place.is_settled()


def test_a_state_database_that_is_away_is_told_and_made_good(prepared: Prepare, tmp_path: Any) -> None:
    """The login was switched; the entry is written by the next run, and the turn ends then."""
    place = prepared()
    place.home.mkdir(exist_ok=True)
    (place.home / "state.db").mkdir()
    run = place.rotations().run()
    assert run.exit_code == 3
    assert "the audit log does not have it" in run.failed[0].error.message
    assert run.as_dict()["rotations"][0]["outcome"] == "unfinished"
    told = shown(run)
    assert "RDS_PASSWORD has its new value, and its turn is not over" in told
    assert "not rotated" not in told
    assert place.current()["RDS_USERNAME"] == f"{place.user}_b"
    assert place.works()
    assert not place.is_settled()
    administrator = {"SecretId": f"{SECRET}/administrator"}
    known = place.client.get_secret_value(**administrator)["SecretString"]
    wrong = json.dumps({**json.loads(known), "password": "of-another-day"})
    place.client.put_secret_value(**administrator, SecretString=wrong)
    locked_out = place.rotations().run()
    assert [(one.name, one.switched) for one in locked_out.failed] == [("RDS_PASSWORD", True)]
    assert "RDS_PASSWORD has its new value, and its turn is not over" in shown(locked_out)
    place.client.put_secret_value(**administrator, SecretString=known)
    (place.home / "state.db").rmdir()
    again = place.rotations().run(["RDS_PASSWORD"])
    assert [done.resumed for done in again.done] == [True]
    assert place.audited() == [("rotate RDS_PASSWORD", "ok")]
    assert place.is_settled()


@pytest.mark.parametrize("arrived", [True, False])
def test_a_switch_whose_answer_was_lost_is_called_neither(
    prepared: Prepare, monkeypatch: pytest.MonkeyPatch, *, arrived: bool
) -> None:
    """AWS may have moved the label or not; both logins work, and the next run ends the turn."""
    place = prepared()
    switch = VersionedSecret.switch

    def lost(secret: VersionedSecret, to: Version, base: str) -> None:
        if arrived:
            switch(secret, to, base)
        raise Unavailable("AWS did not answer in time.")

    with monkeypatch.context() as here:
        here.setattr(VersionedSecret, "switch", lost)
        run = place.rotations().run()
    assert run.exit_code == 3
    assert run.as_dict()["rotations"][0]["outcome"] == "unknown"
    assert "RDS_PASSWORD may have its new value; the next run tells" in shown(run)
    assert "not rotated" not in shown(run)
    assert place.works()
    assert place.works(place.values)
    again = place.rotations().run()
    assert [done.resumed for done in again.done] == [True]
    assert place.current()["RDS_USERNAME"] == f"{place.user}_b"


def test_what_was_done_is_told_though_another_is_at_the_next(prepared: Prepare) -> None:
    """The token was rotated, and the run says so; the signing key is somebody else's now."""
    place = prepared(**OVERLAPS)
    rotations = place.rotations()
    kinds = rotations._kinds

    class Taken(OverlapItem):
        @contextlib.contextmanager
        def lock(self) -> Iterator[None]:
            raise Busy("Another process is rotating this.")
            yield

    manifest = default_manifest()
    taken = Taken(manifest.specs["SIGNING_KEY"], manifest)
    rotations._kinds = Kinds({**kinds.items, "SIGNING_KEY": taken}, kinds.needs)
    run = rotations.run(["METRICS_TOKEN", "SIGNING_KEY"])
    assert [done.name for done in run.done] == ["METRICS_TOKEN"]
    assert [(one.name, one.switched) for one in run.failed] == [("SIGNING_KEY", False)]
    assert "METRICS_TOKEN was rotated" in shown(run)
    assert "SIGNING_KEY was not rotated: Another process" in shown(run)
    assert run.exit_code == 3


def test_where_the_audit_log_is_a_file_of_this_machine_that_is_told() -> None:
    """A rotation of production that only a laptop knows of looks elsewhere like somebody's change by hand."""
    base, url = {"NBA_MCP_CONTEXT": "production"}, "postgresql://app@db.example.net/state"
    lone, shared = load_settings(base), load_settings({**base, "NBA_MCP_STATE_URL": url})
    elsewhere = "in the database of NBA_MCP_STATE_URL"  # whose host may be a secret
    for settings, told in ((lone, "state.db. It is a file of this machine"), (shared, elsewhere)):
        console = Console(width=500)
        with console.capture() as seen:
            console.print(cli_rotation._told("", settings))
        assert told in seen.get()
    assert "a file of this machine" not in seen.get()
    assert "db.example.net" not in seen.get()


def shown(run: Run) -> str:
    """What people see of a run."""
    console = Console(width=500)
    with console.capture() as seen:
        console.print(cli_rotation._run(run, []))
    return seen.get()
