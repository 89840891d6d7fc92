"""Parts of deployments that need no cluster: words of kubectl, states of a rollout, plans, the changelog."""

import contextlib
import json
import re
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from nba_mcp_synthesis.connectors import kubectl
from nba_mcp_synthesis.connectors.ecr import ECRConnector
from nba_mcp_synthesis.connectors.faults import Fault
from nba_mcp_synthesis.connectors.kubectl import KubectlConnector, KubectlFailed
from nba_mcp_synthesis.connectors.pagerduty import PagerDutyConnector
from nba_mcp_synthesis.connectors.slack import SlackConnector
from nba_mcp_synthesis.errors import UsageError
from nba_mcp_synthesis.operations.deploy import health, manifests, prechecks
from nba_mcp_synthesis.operations.deploy.desk import UNTOUCHED, Desk, is_away, told_to_the_end
from nba_mcp_synthesis.operations.deploy.interruption import Interruption
from nba_mcp_synthesis.operations.deploy.names import check_revision, check_tag
from nba_mcp_synthesis.operations.deploy.notices import Notices, add_line
from nba_mcp_synthesis.operations.deploy.report import Report, Step
from nba_mcp_synthesis.operations.deploy.rollout import Running, best_of
from nba_mcp_synthesis.settings import load_settings
from servers.listeners import Reply, saying, web

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
        ("Unable to connect to the server: context deadline exceeded", "timeout"),
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
        ("Error from server (Timeout): the server was unable to return a response in time", "timeout"),
        ("Error from server: etcdserver: request timed out", "network"),
        ("something quite new", "unknown"),
    ],
)
def test_the_words_of_kubectl_have_a_meaning(said: str, reason: str) -> None:
    assert kubectl._fault(said).kind == reason


@pytest.mark.parametrize(
    "said",
    [
        'Internal error occurred: failed calling webhook "x": dial tcp 10.0.1.2:9443: connection refused',
        'Internal error occurred: failed calling webhook "x": tls: failed to verify certificate: x509: no',
        'Internal error occurred: failed calling webhook "x": context deadline exceeded',
        'Internal error occurred: failed calling webhook "x": no endpoints available for service "y"',
        'admission webhook "policy.sigstore.dev" denied the request: image refused: signature timed out',
        "error dialing backend: dial tcp 10.0.1.2:10250: i/o timeout",
        "conversion webhook for external-secrets.io/v1, Kind=ExternalSecret failed: Post: no such host",
    ],
)
@pytest.mark.parametrize("by", ["Error from server: ", "Error from server (BadRequest): "])
def test_somebody_behind_the_api_server_who_is_away_is_another_thing(said: str, by: str) -> None:
    """The API server answered: a deployment can be taken back. Whoever failed is named."""
    failed = KubectlFailed(kubectl._fault(f"Warning: x is deprecated\n{by}{said}"))
    assert (failed.fault.kind, failed.is_away, failed.exit_code) == ("unknown", False, 1)
    assert failed.fault.message == f"kubectl: {by}{said}"


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


def replica_set(revision: int, ready: int) -> dict[str, Any]:
    """A revision, and how many of its pods serve."""
    annotations = {"deployment.kubernetes.io/revision": str(revision)}
    return {"metadata": {"annotations": annotations}, "status": {"readyReplicas": ready}}


@pytest.mark.parametrize(
    ("ready", "good"),
    [
        ({5: 0, 6: 0, 7: 2}, 7),  # a third pod was just asked for, or is being moved: nothing is wrong with 7
        ({5: 0, 6: 2, 7: 1}, 6),  # 7 was being rolled out
        ({5: 1, 6: 2, 7: 0}, 6),
        ({5: 2, 6: 2, 7: 2}, 6),
        ({5: 1, 6: 0, 7: 0}, 5),
        ({5: 0, 6: 0, 7: 0}, 6),  # 7 never served, and nothing else does
        ({7: 0}, 7),
    ],
)
def test_the_revision_that_serves_is_the_one_to_go_back_to(ready: dict[int, int], good: int) -> None:
    """An earlier one only where it serves beside the present one, or where the present one does not."""
    found = running(replicas=3, updatedReplicas=3, availableReplicas=2)
    found.body["metadata"]["annotations"] = {"deployment.kubernetes.io/revision": "7"}
    assert best_of([replica_set(*one) for one in ready.items()], found) == good


def test_no_pods_by_choice_are_no_reason_to_go_further_back() -> None:
    found = running()
    found.body["spec"]["replicas"] = 0
    found.body["metadata"]["annotations"] = {"deployment.kubernetes.io/revision": "7"}
    assert best_of([replica_set(6, 0), replica_set(7, 0)], found) == 7


class Forwarding(KubectlConnector):
    """A port-forward that leads to an address, or does not begin."""

    def __init__(self, to: str | Fault) -> None:
        super().__init__("nba-mcp-synthesis")
        self.to = to

    @contextlib.contextmanager
    def forwarded(self, service: str, port: int) -> Iterator[str]:
        """The address, whatever the service."""
        if isinstance(self.to, Fault):
            raise KubectlFailed(self.to)
        yield self.to


def test_a_way_to_the_cluster_that_is_lost_says_nothing_of_the_version() -> None:
    """Nothing is taken back then; a port-forward that fails for another reason is no health."""
    away = Forwarding(Fault("network", "kubectl: the API server is not there."))
    with pytest.raises(KubectlFailed) as lost:
        health.inside(away, 0, Interruption())
    assert is_away(lost.value)
    with pytest.raises(health.NotHealthy, match="pod is not running"):
        health.inside(Forwarding(Fault("unknown", "kubectl: the pod is not running")), 0, Interruption())


def test_a_forwarded_port_is_asked_without_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is on this machine, and the proxy is on another."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.setattr(urllib.request, "_opener", None)
    with web(lambda _: Reply(body='{"status": "ok"}')) as service:
        assert "/health says ok" in health.inside(Forwarding(service.url), 0, Interruption())


@pytest.mark.parametrize(
    "said",
    [
        b"SSH-2.0-x\r\n\r\n",
        b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"st',
        b'HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"st',
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]",
    ],
)
def test_an_answer_that_is_none_is_no_health(said: bytes) -> None:
    """And no end of the program either."""
    with saying(said) as port, pytest.raises(health.NotHealthy, match="was not healthy within 0 s: /health"):
        health.through(f"http://127.0.0.1:{port}", 0, Interruption())


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


def test_the_changelog_is_replaced_whole_and_by_one_at_a_time(tmp_path: Path) -> None:
    """Whoever reads it meanwhile reads the old one; its rights stay; by a link, the file that it names."""
    changelog, link = tmp_path / "changelog.md", tmp_path / "link.md"
    changelog.write_text("# Changelog\n")
    changelog.chmod(0o640)
    link.symlink_to(changelog)
    with changelog.open() as reading, ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: add_line(link, f"- {n}"), range(40)))
        assert reading.read() == "# Changelog\n"
    lines = changelog.read_text().splitlines()
    assert sorted(line for line in lines if line[:2] == "- ") == sorted(f"- {n}" for n in range(40))
    assert (changelog.stat().st_mode & 0o777, link.is_symlink()) == (0o640, True)
    assert sorted(tmp_path.iterdir()) == [changelog, link]


def notices(changelog: Path | None, slack: str) -> Notices:
    """With Slack at an address."""
    key = SecretStr("0" * 32)
    return Notices(changelog, SlackConnector(lambda: SecretStr(slack)), PagerDutyConnector(lambda: key))


def test_a_changelog_that_cannot_be_written_is_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the line, so that it is not lost; PagerDuty is told all the same."""
    (tmp_path / "latin.md").write_bytes(b"# \xe4\n")
    with web(lambda _: Reply(202, "{}")) as peer:
        monkeypatch.setenv("PAGERDUTY_EVENTS_URL", peer.url)
        for changelog in (tmp_path / "latin.md", Path("/proc/version")):
            report = Report(lambda _: None)
            notices(changelog, peer.url).record(report, "v2 was deployed.", "somebody")
            assert [(s.name, s.result) for s in report.steps] == [
                ("changelog", "warning"),
                ("pagerduty", "done"),
            ]
            assert "v2 was deployed. By somebody." in report.steps[0].message
    assert (tmp_path / "latin.md").read_bytes() == b"# \xe4\n"


@pytest.mark.parametrize("left", [UNTOUCHED, "It is applied in part."])
def test_a_fault_of_this_program_is_told_with_what_is_left(tmp_path: Path, left: str) -> None:
    """Slack hears of it where anything was changed; the error's own text may quote anything, and stays."""
    with web(lambda _: Reply(200, "ok")) as slack:
        told = Report(lambda _: None)
        desk = Desk(
            Forwarding(""), ECRConnector("x"), notices(None, slack.url), load_settings({}), told, tmp_path
        )
        desk.left = left

        def work() -> Report:
            raise KeyError("the password")

        with pytest.raises(KeyError):
            told_to_the_end(desk, work)
        heard = [one.json()["text"] for one in slack.heard]
    assert (told.steps[0].result, left in told.steps[0].message) == ("failed", True)
    assert heard == (
        [] if left == UNTOUCHED else [f"nba-mcp-synthesis: The deployment broke off (KeyError). {left}"]
    )
    assert "password" not in str(told.as_dict()) + str(heard)


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
