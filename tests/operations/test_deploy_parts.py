"""Parts of deployments that need no cluster: words of kubectl, states of a rollout, plans, the changelog."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from nba_mcp_synthesis.connectors import kubectl
from nba_mcp_synthesis.connectors.kubectl import KubectlConnector, KubectlFailed
from nba_mcp_synthesis.errors import UsageError
from nba_mcp_synthesis.operations.deploy import manifests, prechecks
from nba_mcp_synthesis.operations.deploy.names import check_revision, check_tag
from nba_mcp_synthesis.operations.deploy.notices import add_line
from nba_mcp_synthesis.operations.deploy.report import Report, Step
from nba_mcp_synthesis.operations.deploy.rollout import Running

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ('error: context "x" does not exist', "not found"),
        ("error: current-context is not set", "not found"),
        (
            "The connection to the server 10.0.0.1:6443 was refused - did you specify the right host?",
            "network",
        ),
        ("Unable to connect to the server: dial tcp: lookup nowhere: no such host", "name"),
        ("Unable to connect to the server: net/http: request canceled (Client.Timeout exceeded)", "timeout"),
        (
            "Unable to connect to the server: tls: failed to verify certificate: x509: unknown authority",
            "tls",
        ),
        ("error: You must be logged in to the server (Unauthorized)", "login"),
        ('Error from server (Forbidden): pods is forbidden: User "x" cannot list resource', "permission"),
        ('Error from server (NotFound): deployments.apps "x" not found', "not found"),
        ('Error from server (AlreadyExists): leases "x" already exists', "conflict"),
        ("Error from server (Conflict): Operation cannot be fulfilled on leases", "conflict"),
        ("Error from server (InternalError): an error on the server", "network"),
        ("something quite new", "unknown"),
    ],
)
def test_the_words_of_kubectl_have_a_meaning(said: str, reason: str) -> None:
    assert kubectl._fault(said).kind == reason


def test_kubectl_that_is_not_installed_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """By a reason, and by exit code 3."""
    monkeypatch.setenv("PATH", str(tmp_path))
    door = KubectlConnector("nba-mcp-synthesis")
    assert door.check().reason == "not installed"
    with pytest.raises(KubectlFailed) as failed:
        door.run("get", "pods")
    assert (failed.value.exit_code, failed.value.is_away) == (3, True)


def running(generation: int = 2, **status: Any) -> Running:
    """A deployment of three pods in a state."""
    meta = {"name": "nba-mcp-synthesis", "generation": generation}
    return Running({"metadata": meta, "spec": {"replicas": 3}, "status": {"observedGeneration": 2, **status}})


@pytest.mark.parametrize(
    ("found", "state"),
    [
        (running(replicas=3, updatedReplicas=3, availableReplicas=3), "complete"),
        (running(3, replicas=3, updatedReplicas=3, availableReplicas=3), "under way"),  # not yet looked at
        (running(replicas=3, updatedReplicas=2, availableReplicas=3), "under way"),
        (running(replicas=4, updatedReplicas=3, availableReplicas=4), "under way"),  # an old pod is left
        (running(replicas=3, updatedReplicas=3, availableReplicas=2), "under way"),
        (running(conditions=[{"type": "Progressing", "reason": "ProgressDeadlineExceeded"}]), "stuck"),
    ],
)
def test_a_rollout_is_complete_only_when_every_pod_is_new_and_available(found: Running, state: str) -> None:
    assert found.state == state


def test_an_image_replaces_that_of_the_service_and_no_other() -> None:
    """In an emergency: the containers that migrate too, a sidecar not."""
    containers = [{"name": "nba-mcp-synthesis", "image": "r/app:1"}, {"name": "side", "image": "r/side:1"}]
    spec = {"containers": containers, "initContainers": [{"name": "migrate", "image": "r/app@sha256:0"}]}
    patch = manifests.image_patch({"spec": {"template": {"spec": spec}}}, "r/app:2")
    assert patch == {
        "initContainers": [{"name": "migrate", "image": "r/app:2"}],
        "containers": [{"name": "nba-mcp-synthesis", "image": "r/app:2"}],
    }


@pytest.mark.parametrize(
    ("image", "repository"),
    [("app", "app"), ("host:5000/app:1", "host:5000/app"), ("h/a/app:1@sha256:0", "h/a/app")],
)
def test_a_repository_is_an_image_without_tag_and_digest(image: str, repository: str) -> None:
    assert manifests._repository(image) == repository


def test_differences_name_paths_and_never_values() -> None:
    old = {"data": {"a": "secret", "b": "1"}, "list": [1, {"x": 1}]}
    new = {"data": {"a": "other", "c": "1"}, "list": [1, {"x": 2}]}
    assert manifests._differences(old, new, "") == ["data.a", "data.b", "data.c", "list[1].x"]


@pytest.mark.requirement("DOC-CHANGELOG")
def test_the_changelog_keeps_what_it_says_and_has_the_newest_first(tmp_path: Path) -> None:
    changelog = tmp_path / "changelog.md"
    changelog.write_text("# Changelog\n\n## Unreleased\n\n- Something.\n")
    add_line(changelog, "- one")
    add_line(changelog, "- two")
    text = changelog.read_text()
    assert text.startswith("# Changelog\n\n## Unreleased\n\n- Something.\n\n## Deployments\n")
    assert text.endswith("the newest first.\n\n- two\n- one\n")


def test_tags_and_revisions_are_looked_at() -> None:
    assert check_tag("v1.2.3-rc_1") == "v1.2.3-rc_1"
    assert check_tag("emergency-20260102-030405", emergency=True)
    assert check_revision("12") == 12
    for tag in ("", "-x", "a b", "x" * 129, "sha256:0", "a;b", "ä"):
        with pytest.raises(UsageError):
            check_tag(tag)
    with pytest.raises(UsageError):
        check_tag("v1", emergency=True)
    for revision in ("0", "-1", "v2", "²", "1" * 20):
        with pytest.raises(UsageError):
            check_revision(revision)


def test_a_report_tells_each_step_at_once_and_is_json() -> None:
    told: list[Step] = []
    report = Report(told.append)
    report.step("one", "done", "It is done.")
    assert [step.name for step in told] == ["one"]
    ended = json.loads(json.dumps(report.end("deployed", "All is well.", 0).as_dict()))
    assert (ended["outcome"], ended["exit_code"], ended["steps"][0]["result"]) == ("deployed", 0, "done")


@pytest.mark.requirement("ONC-CONTACTS")
def test_contacts_that_are_placeholders_are_named_before_going_live(tmp_path: Path) -> None:
    """Each of them; without a file of contacts nothing is asked."""
    steps: list[Step] = []
    report = Report(steps.append)
    prechecks.contacts(tmp_path / "contacts.toml", report)
    text = (ROOT / "monitoring" / "contacts.toml").read_text("utf-8")
    (tmp_path / "contacts.toml").write_text(text)
    assert steps == []
    prechecks.contacts(tmp_path / "contacts.toml", report)
    assert re.search(r"links\.grafana, .*people\.manager\.phone", steps[0].message)
    filled = re.sub(r"<[^>]+>", "filled in", text).replace("example", "nba-mcp")
    (tmp_path / "contacts.toml").write_text(filled)
    prechecks.contacts(tmp_path / "contacts.toml", report)
    assert [(step.name, step.result) for step in steps] == [("contacts", "warning"), ("contacts", "done")]
