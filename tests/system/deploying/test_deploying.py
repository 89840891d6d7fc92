"""scripts/deploy_production.sh with the real kubectl, against the double of a cluster and an AWS API."""

import json
import signal
import threading
from datetime import UTC, datetime
from typing import Any

import pytest

from deploy_ground import APP, DeployGround, until
from nba_mcp_synthesis.connectors.kubectl import KubectlConnector, KubectlFailed
from nba_mcp_synthesis.operations.deploy.names import SERVICE
from servers.cluster import NAMESPACE, Call, Image
from servers.listeners import Heard, Reply

pytestmark = pytest.mark.system
Ground = DeployGround


@pytest.fixture
def live(ground_of_deployments: Ground) -> Ground:
    """Version v1 is deployed."""
    ground_of_deployments.put_live("v1")
    return ground_of_deployments


def results(report: dict[str, object]) -> dict[str, str]:
    """The steps of a report and how each ended."""
    steps = report["steps"]
    assert isinstance(steps, list)
    return {step["name"]: step["result"] for step in steps}


@pytest.mark.requirement("DEP-DEPLOY")
@pytest.mark.requirement("DEP-PRECHECK")
def test_a_version_is_deployed_once(ground_of_deployments: Ground) -> None:
    """Pre-checks, the image by its digest everywhere, a healthy rollout, a record; again: nothing."""
    ground = ground_of_deployments
    lacking = ground.deploy("v1", code=1)
    assert "An administrator has to apply ServiceAccount nba-mcp-synthesis first." in lacking["summary"]
    ground.cluster.world.forbidden.add(("patch", "serviceaccounts"))
    ground.cluster.add({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": APP}})
    report = ground.deploy("v1")
    assert report["outcome"] == "deployed"
    names = [step["name"] for step in report["steps"]]
    checks = [
        "AWS identity",
        "cluster",
        "namespace",
        "deployment",
        "rights",
        "image",
        "lock",
        "administrator",
    ]
    assert names == [*checks, "manifests", "apply", "rollout", "health", "ingress", "changelog", "pagerduty"]
    assert ground.running.endswith(f"/{APP}@{ground.image('v1')}")
    job = ground.cluster.get("cronjobs", "nba-mcp-backup")["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    assert job["containers"][0]["image"] == ground.running
    cause = ground.cluster.get("deployments", APP)["metadata"]["annotations"]["kubernetes.io/change-cause"]
    assert cause.startswith("deployment of v1 by arn:aws:sts::")
    assert "## Deployments" in ground.changelog
    assert f"v1 was deployed as revision 1 ({ground.running}). By arn:aws:sts::" in ground.changelog
    (event,) = ground.told("/v2/change/enqueue")
    assert event["payload"]["summary"].startswith("nba-mcp-synthesis: v1 was deployed")
    before, calls = ground.changelog, len(ground.cluster.world.calls)
    again = ground.deploy("v1")
    assert (again["outcome"], ground.changelog) == ("unchanged", before)
    written = [
        c for c in ground.cluster.world.calls[calls:] if c.verb in ("patch", "create", "update") and not c.dry
    ]
    assert {c.resource for c in written} <= {"leases", "selfsubjectaccessreviews"}
    assert len(ground.told("/v2/change/enqueue")) == 1
    assert ground.cluster.get("leases", f"{APP}-deploy")["spec"]["holderIdentity"] == ""


def test_the_next_version_keeps_the_replicas_of_the_autoscaler(live: Ground) -> None:
    """The manifests say none; history has the cause of each revision."""
    live.cluster.world.utilization = {"cpu": 150}
    until(lambda: live.cluster.get("deployments", APP)["spec"]["replicas"] == 10)
    live.cluster.world.utilization = {"cpu": 50}
    report = live.deploy("v2")
    assert (report["outcome"], report["revision"]) == ("deployed", 2)
    assert live.cluster.get("deployments", APP)["spec"]["replicas"] == 10
    causes = [
        s["metadata"]["annotations"]["kubernetes.io/change-cause"] for s in live.cluster.all("replicasets")
    ]
    assert sorted(cause.split()[2] for cause in causes) == ["v1", "v2"]


@pytest.mark.requirement("DEP-AUTO-ROLLBACK")
@pytest.mark.parametrize("fate", ["missing", "never ready", "crash loop"])
def test_what_never_gets_ready_is_rolled_back(live: Ground, fate: str) -> None:
    """The revision before runs again, the exit code is not 0, and Slack has heard of it."""
    good = live.running
    digest = live.image("v3")
    live.cluster.world.images[f"*{digest}"] = Image(fate)  # type: ignore[arg-type]
    report = live.deploy("v3", code=1)
    assert (report["outcome"], results(report)["rollback"]) == ("rolled back", "done")
    assert live.running == good
    assert all(pod["spec"]["containers"][0]["image"] == good for pod in live.cluster.all("pods"))
    (message,) = live.told("/services")
    assert "v3 failed and was rolled back" in message["text"]
    assert "exceeded its progress deadline" in message["text"]
    assert "v3 failed and was rolled back" in live.changelog


@pytest.mark.requirement("DEP-AUTO-ROLLBACK")
def test_what_is_ready_and_not_healthy_is_rolled_back(live: Ground) -> None:
    """Pods are ready, and /health says 503: the verdict is that of the service. Health comes back with v1."""
    good = live.running
    live.cluster.world.once(
        lambda call: call.resource == "deployments" and call.verb == "patch" and not call.dry,
        lambda: setattr(live, "health_of", _sick),
    )
    report = live.deploy("v2", code=1)
    assert report["outcome"] == "rolled back"
    assert "/health answers 503" in report["summary"]
    assert live.running == good


def test_a_rollout_that_lacks_a_pod_is_gone_back_to(live: Ground) -> None:
    """The autoscaler has just asked for a third pod, for which no node has room: v2 is well."""
    live.put_live("v2")
    good = live.running
    nodes = [one["metadata"]["name"] for one in live.cluster.all("nodes", "")]
    for node in nodes:
        live.cluster.change("nodes", node, lambda b: b["spec"].update(unschedulable=True), "")
    live.cluster.change("deployments", APP, lambda b: b["spec"].update(replicas=3))
    until(lambda: len(live.cluster.all("pods")) == 3)

    def make_room() -> None:
        for node in nodes:
            live.cluster.change("nodes", node, lambda b: b["spec"].update(unschedulable=False), "")

    live.cluster.world.once(_is_applied, make_room)
    live.cluster.world.images[f"*{live.image('v3')}"] = Image("missing")
    report = live.deploy("v3", code=1)
    assert (report["outcome"], live.running) == ("rolled back", good)


def _is_applied(call: Call) -> bool:
    return (call.resource, call.verb, call.dry) == ("deployments", "patch", False)


def test_what_a_failed_version_left_applied_is_named_and_the_ingress_asked_again(live: Ground) -> None:
    """Its Ingress does not go back with the pods: the service is not reached, and nobody hears otherwise."""
    good, manifest = live.running, live.checkout / "k8s/overlays/production/objects.yaml"
    manifest.write_text(manifest.read_text().replace("path: /\n", "path: /other\n"))

    def answer(heard: Heard) -> Reply:
        path = live.cluster.get("ingresses", f"{APP}-ingress")["spec"]["rules"][0]["http"]["paths"][0]["path"]
        is_astray = live.peer.url.endswith(heard.headers["host"]) and path != "/"
        return Reply(404, "{}") if is_astray else live.answer(heard)

    live.peer.answer = answer
    report = live.deploy("v2", code=1)
    assert (report["outcome"], live.running) == ("failed", good)
    assert [s["name"] for s in report["steps"] if s["result"] == "failed"] == ["deployment", "failed"]
    for told in (
        f"change Ingress {APP}-ingress: spec.rules[0].http.paths[0].path",
        "change CronJob nba-mcp-backup",
    ):
        assert told in report["summary"].partition("Still applied: ")[2]
        assert told in live.changelog
    assert f"change Deployment {APP}" not in report["summary"]
    assert "It is not healthy." in live.changelog
    (message,) = live.told("/services")
    assert "/health answers 404" in message["text"]


def test_a_changelog_that_cannot_be_written_keeps_no_rollback_from_being_told(live: Ground) -> None:
    live.cluster.world.images[f"*{live.image('v3')}"] = Image("missing")
    (live.checkout / "docs" / "changelog.md").write_bytes(b"\xff")
    report = live.deploy("v3", code=1)
    assert (report["outcome"], results(report)["changelog"]) == ("rolled back", "warning")
    assert len(live.told("/services")) == 1


def test_a_way_to_the_cluster_that_is_lost_takes_no_healthy_version_back(live: Ground) -> None:
    """The API goes away when /health is asked through it, and is soon back: the new version has stayed."""
    cluster = live.cluster
    rolled_out: list[int] = []
    back = threading.Timer(9, cluster.start)

    def go() -> None:
        cluster.stop()
        back.start()

    cluster.world.once(lambda c: bool(rolled_out) and c.resource == "services", go)
    cluster.world.once(_is_applied, lambda: rolled_out.append(1))
    report = live.deploy("v2", code=3, NBA_MCP_DEPLOY_AWAY_SECONDS="30")
    assert (report["outcome"], results(report)["rollout"]) == ("failed", "done")
    back.join()
    assert live.deploy("v2", "--break-lock")["outcome"] == "unchanged"


def test_a_forward_that_does_not_begin_is_no_cluster_that_is_away(live: Ground) -> None:
    """Where there is no pod, kubectl waits for one, and the API server says that it is there."""
    live.cluster.change("deployments", APP, lambda b: b["spec"].update(replicas=0))
    until(lambda: not live.cluster.all("pods"))
    kubectl = KubectlConnector(NAMESPACE)
    kubectl.seconds = 4
    with pytest.raises(KubectlFailed, match="does a pod run") as failed, kubectl.forwarded(SERVICE, 80):
        pass
    assert not failed.value.is_away
    live.cluster.stop()
    with pytest.raises(KubectlFailed) as failed, kubectl.forwarded(SERVICE, 80):
        pass
    assert failed.value.is_away


def test_a_paused_deployment_is_refused(live: Ground) -> None:
    """Nothing would move, and kubectl takes nothing back while it is paused."""
    live.cluster.change("deployments", APP, lambda b: b["spec"].update(paused=True))
    for arguments in (("v2",), ("--rollback", "1"), ("v2", "--dry-run")):
        summary = live.deploy(*arguments, code=1)["summary"]
        assert f"kubectl rollout resume deployment/{APP}" in summary
        assert summary.endswith("Nothing was changed.")


def _sick(ground: Ground) -> Reply:
    """503 for as long as the second revision runs."""
    annotations = ground.cluster.get("deployments", APP)["metadata"]["annotations"]
    sick = annotations["deployment.kubernetes.io/revision"] == "2"
    return Reply(503, "{}") if sick else Reply(body='{"status": "degraded"}')


def test_a_first_deployment_that_fails_says_that_there_is_no_way_back(ground_of_deployments: Ground) -> None:
    ground_of_deployments.cluster.world.images["*"] = Image("crash loop")
    report = ground_of_deployments.deploy("v1", "--all-objects", code=1)
    assert report["outcome"] == "failed"
    assert "no revision to go back to" in report["summary"]
    assert len(ground_of_deployments.told("/services")) == 1


@pytest.mark.requirement("DEP-PRECHECK")
@pytest.mark.parametrize(
    ("environment", "code", "sentence"),
    [
        ({"NBA_MCP_KUBE_CONTEXT": "elsewhere"}, 1, 'context "elsewhere" does not exist'),
        ({"NBA_MCP_KUBE_NAMESPACE": "other"}, 1, "has no namespace other"),
        ({"KUBECONFIG": "/nowhere"}, 1, "no context is chosen"),
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}, 3, "AWS STS"),
        ({"NBA_MCP_KUBE_CONTXT": "x"}, 2, "NBA_MCP_KUBE_CONTXT is not a setting"),
    ],
)
def test_a_pre_check_ends_it_with_a_sentence(
    ground_of_deployments: Ground, environment: dict[str, str], code: int, sentence: str
) -> None:
    """And nothing was changed."""
    done = ground_of_deployments.run("deploy_production.sh", "v1", **environment)
    assert done.returncode == code, done.stdout + done.stderr
    assert sentence in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert not ground_of_deployments.cluster.all("deployments")


@pytest.mark.requirement("DEP-PRECHECK")
def test_missing_rights_and_images_are_told_before_anything_is_done(live: Ground) -> None:
    live.cluster.world.forbidden |= {("patch", "deployments"), ("create", "pods/portforward")}
    rights = live.deploy("v2", code=1)
    assert "may not patch deployments, create pods/portforward" in rights["summary"]
    live.cluster.world.forbidden = {("patch", "horizontalpodautoscalers")}
    assert "cannot patch" in live.deploy("v2", code=1)["summary"]  # by the dry run that the server makes
    live.cluster.world.forbidden.clear()
    image = live.deploy("v9", code=1)
    assert "Build and push it: scripts/push_to_ecr.sh v9" in image["summary"]
    assert image["summary"].endswith("Nothing was changed.")
    assert not live.told("/services")


def test_a_tag_with_a_digest_is_that_image_or_nothing(live: Ground) -> None:
    """As the workflow deploys what was approved: not what somebody has put under the tag since."""
    before, other = live.running, live.image("v1")
    refused = live.deploy(f"v2@{other}", code=1)["summary"]
    assert f"v2 is {live.image('v2')} in ECR, and not {other}." in refused
    assert live.running == before
    for wrong in ("v2@", "v2@sha256:0123", "v2@v1"):
        assert live.run("deploy_production.sh", wrong).returncode == 2
    planned = live.deploy("v2", "--dry-run")
    digest = planned["image"].partition("@")[2]  # as the workflow reads it
    done = live.deploy(f"v2@{digest}")
    assert (done["outcome"], done["tag"], live.running) == ("deployed", "v2", planned["image"])


def test_an_api_server_that_goes_in_the_middle_is_told_with_what_is_left(live: Ground) -> None:
    """Exit code 3; the same command goes on when it is back."""
    cluster = live.cluster
    applied: list[int] = []
    cluster.world.once(
        lambda c: bool(applied) and c.resource == "deployments" and c.verb == "get", cluster.stop
    )
    cluster.world.once(
        lambda c: (c.verb, c.resource, c.dry) == ("patch", "poddisruptionbudgets", False),
        lambda: applied.append(1),
    )
    report = live.deploy("v2", code=3)
    assert report["outcome"] == "failed"
    assert "the API server is not there" in report["summary"]
    assert "Run the same command again" in report["summary"]
    assert len(live.told("/services")) == 1
    cluster.start()
    again = live.deploy("v2", "--break-lock")
    assert again["outcome"] in ("deployed", "unchanged")
    assert live.running.endswith(live.image("v2"))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_and_rerun(live: Ground, number: signal.Signals) -> None:
    """It says in which state things are, gives the lock back, and the same command goes on."""
    digest = live.image("v3")
    image = live.cluster.world.images[f"*{digest}"] = Image("ready", seconds=3_600)
    patched = live.checkout / "k8s/overlays/production/objects.yaml"
    patched.write_text(
        patched.read_text().replace("progressDeadlineSeconds: 2", "progressDeadlineSeconds: 60")
    )
    process = live.start("deploy_production.sh", "v3", "--json")
    until(lambda: live.running.endswith(digest))
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    report = json.loads(out)
    assert (process.returncode, report["outcome"]) == (128 + number, "interrupted"), err
    assert "Run the same command again" in report["summary"]
    assert live.cluster.get("leases", f"{APP}-deploy")["spec"]["holderIdentity"] == ""
    live.cluster.world.once(lambda call: call.resource == "deployments" and call.dry, lambda: _soon(image))
    again = live.deploy("v3")
    assert again["outcome"] == "deployed"
    assert results(again)["apply"] == "skipped"


def _soon(image: Image) -> None:
    image.seconds = 0.1


def test_two_at_once(live: Ground) -> None:
    """The second is refused while the first lives, and told who that is."""
    digest = live.image("v3")
    image = live.cluster.world.images[f"*{digest}"] = Image("ready", seconds=3_600)
    patched = live.checkout / "k8s/overlays/production/objects.yaml"
    patched.write_text(
        patched.read_text().replace("progressDeadlineSeconds: 2", "progressDeadlineSeconds: 60")
    )
    first = live.start("deploy_production.sh", "v3", "--json")
    until(lambda: live.running.endswith(digest))
    second = live.deploy("v2", code=1)
    assert "is deploying here since" in second["summary"]
    _soon(image)
    out, err = first.communicate(timeout=60)
    assert first.returncode == 0, out + err


def test_a_lock_whose_holder_is_gone_is_taken_over_and_told(live: Ground) -> None:
    """It had expired; one that has not is broken only by who says so."""
    lease = {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": {"name": f"{APP}-deploy"}}
    live.cluster.add({**lease, "spec": {}})
    gone = {"holderIdentity": "gone@away:1", "renewTime": "2020-01-01T00:00:00.000000Z"}
    live.cluster.change("leases", f"{APP}-deploy", lambda b: b["spec"].update(gone))
    report = live.deploy("v2")
    assert any("The lock of gone@away:1 had expired" in s["message"] for s in report["steps"])
    alive = {"holderIdentity": "other@here:2", "leaseDurationSeconds": 3_600}
    alive["renewTime"] = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    live.cluster.change("leases", f"{APP}-deploy", lambda b: b["spec"].update(alive))
    assert "--break-lock" in live.deploy("v1", code=1)["summary"]
    assert live.deploy("v1", "--break-lock")["outcome"] == "deployed"


def test_a_holder_whose_clock_is_behind_keeps_his_lock(live: Ground) -> None:
    """By our clock it expired long ago; that it is renewed is seen by looking twice."""
    lease = {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": {"name": f"{APP}-deploy"}}
    spec = {"holderIdentity": "slow@clock:1", "renewTime": "2020-01-01T00:00:00.000000Z"}
    live.cluster.add({**lease, "spec": spec})
    renewed = {"renewTime": "2020-01-01T00:00:15.000000Z"}

    def renew() -> None:
        live.cluster.change("leases", f"{APP}-deploy", lambda b: b["spec"].update(renewed))

    live.cluster.world.once(
        lambda c: (c.verb, c.resource) == ("get", "leases"), threading.Timer(1, renew).start
    )
    report = live.deploy("v2", code=1)
    assert "Somebody renewed or took the lock just now." in report["summary"]
    assert report["summary"].endswith("Nothing was changed.")
    assert live.cluster.get("leases", f"{APP}-deploy")["spec"]["holderIdentity"] == "slow@clock:1"


@pytest.mark.requirement("DEP-EMERGENCY")
def test_an_emergency_changes_the_image_alone(live: Ground) -> None:
    """And says what it leaves out."""
    tag = "emergency-20260102-030405"
    digest = live.image(tag)
    calls = len(live.cluster.world.calls)
    report = live.deploy("--emergency", tag)
    assert live.running.endswith(digest)
    template = live.cluster.get("deployments", APP)["spec"]["template"]["spec"]
    assert [c["image"] for c in template["initContainers"]] == [live.running]
    assert {name for name, result in results(report).items() if result == "skipped"} == {
        "manifests",
        "ingress",
    }
    written = {c.resource for c in live.cluster.world.calls[calls:] if c.verb == "patch"}
    assert written == {"deployments"}
    assert "emergency deployment of" in live.cluster.get("deployments", APP)["metadata"]["annotations"][
        "kubernetes.io/change-cause"]  # fmt: skip
    refused = live.run("deploy_production.sh", "--emergency", "v2")
    assert (refused.returncode, "no tag of an emergency" in refused.stdout) == (2, True)


def test_back_to_a_revision_and_to_the_one_before(live: Ground) -> None:
    first = live.running
    live.put_live("v2")
    second = live.running
    report = live.deploy("--rollback", "1")
    assert (report["outcome"], report["revision"], live.running) == ("rolled back", 3, first)
    assert live.deploy("--rollback", "3")["outcome"] == "unchanged"
    assert "There are 2: " in live.deploy("--rollback", "1", code=1)["summary"]
    live.deploy("--rollback", "2")
    assert live.running == second
    assert live.changelog.count("Rolled back to revision") == 2
    assert live.run("deploy_production.sh", "--rollback", "--emergency", "1").returncode == 2
    assert live.run("deploy_production.sh", "--rollback", "v2").returncode == 2


def test_going_back_twice_does_not_bring_the_bad_version_back(live: Ground) -> None:
    """Revision 2 failed and was taken back, so that 1 is 3 now; the number below that is the bad one's."""
    good = live.running
    live.cluster.world.images[f"*{live.image('v2')}"] = Image("crash loop")
    assert live.deploy("v2", code=1)["outcome"] == "rolled back"
    for words in (("--rollback", "--dry-run"), ("--rollback",)):
        report = live.deploy(*words, code=1)
        assert "Revision 3 ran before as 1" in report["summary"]
        assert "name the revision" in report["summary"]
        assert live.running == good
    live.put_live("v4")
    assert live.deploy("--rollback")["outcome"] == "rolled back"
    assert live.running == good


@pytest.mark.requirement("DEP-EMERGENCY")
def test_a_rollback_by_way_of_no_pods(live: Ground) -> None:
    """All pods end first, then the old revision comes with as many as there were."""
    first = live.running
    live.put_live("v2")
    live.cluster.change("deployments", APP, lambda b: b["spec"].update(replicas=3))
    until(lambda: len(live.cluster.all("pods")) == 3)
    scaled = len(live.cluster.world.calls)
    report = live.deploy("--rollback", "--through-zero")
    assert [s["message"] for s in report["steps"] if s["name"] == "scale"] == [
        "to 0; no pod is left",
        "back to 3",
    ]
    verbs = [
        c.resource for c in live.cluster.world.calls[scaled:] if c.verb in ("patch", "update") and not c.dry
    ]
    assert [v for v in verbs if v != "leases"] == ["deployments/scale", "deployments", "deployments/scale"]
    assert live.running == first
    assert len(live.cluster.all("pods")) == 3


def test_by_way_of_no_pods_though_one_was_evicted_and_the_api_goes_away(live: Ground) -> None:
    """The evicted pod stays; the API hears the way back, is gone before it answers, and is asked again."""
    first = live.running
    live.put_live("v2")
    evicted = live.cluster.all("pods")[0]["metadata"]["name"]
    live.cluster.change("pods", evicted, lambda b: b["status"].update(phase="Failed", reason="Evicted"))
    until(lambda: len(live.cluster.all("pods")) == 3)
    spec = next(s["spec"] for s in live.cluster.all("replicasets") if _image_of(s) == first)

    def heard_and_gone() -> None:
        template = json.loads(json.dumps(spec["template"]))
        template["metadata"]["labels"].pop("pod-template-hash")
        live.cluster.change("deployments", APP, lambda b: b["spec"].update(template=template))
        live.cluster.stop()
        threading.Timer(1.5, live.cluster.start).start()

    live.cluster.world.once(_is_applied, heard_and_gone)
    report = live.deploy("--rollback", "--through-zero", NBA_MCP_DEPLOY_AWAY_SECONDS="30")
    assert (report["outcome"], live.running) == ("rolled back", first)
    pods = {pod["metadata"]["name"]: pod["status"]["phase"] for pod in live.cluster.all("pods")}
    assert sorted(pods.values()) == ["Failed", "Running", "Running"]
    assert pods[evicted] == "Failed"


def _image_of(replica_set: dict[str, Any]) -> str:
    return str(replica_set["spec"]["template"]["spec"]["containers"][0]["image"])


@pytest.mark.parametrize(
    "arguments",
    [
        ("v1",),
        ("--rollback",),
        ("--rollback", "1", "--through-zero"),
        ("--emergency", "emergency-20260102-030405"),
    ],
)
def test_a_dry_run_says_what_would_be_done_and_does_nothing(live: Ground, arguments: tuple[str, ...]) -> None:
    live.image("emergency-20260102-030405")
    live.put_live("v2")
    before, calls = live.changelog, len(live.cluster.world.calls)
    report = live.deploy(*arguments, "--dry-run")
    assert report["outcome"] == "planned"
    assert "would" in results(report).values()
    written = {
        c.resource
        for c in live.cluster.world.calls[calls:]
        if c.verb not in ("get", "list", "watch") and not c.dry
    }
    assert written <= {"selfsubjectaccessreviews"}
    assert live.changelog == before
    shown = live.run("deploy_production.sh", *arguments, "--dry-run")
    assert "Nothing was changed." in shown.stdout


def test_nothing_that_is_printed_or_sent_has_a_secret_in_it(live: Ground) -> None:
    """Slack's address and PagerDuty's key are only where they belong."""
    live.cluster.world.images["*v3*"] = Image("missing")
    live.environment["PAGERDUTY_EVENTS_URL"] = "http://127.0.0.1:1"
    done = live.run("deploy_production.sh", "v2")
    assert done.returncode == 0
    assert "PagerDuty was not told" in done.stdout
    for value in ("0123456789abcdef0123456789ABCDEF", "/services/x"):
        assert value not in done.stdout + done.stderr
