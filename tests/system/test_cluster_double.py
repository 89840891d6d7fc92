"""The real kubectl against the double of a cluster: what it keeps, what it runs, how it fails."""

import json
import subprocess
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from kubernetes_tools import kubectl
from servers.cluster import NAMESPACE, Cluster, Executed, Image
from servers.kubernetes import Kubectl
from servers.listeners import Reply, web

pytestmark = pytest.mark.system
OVERLAY = Path(__file__).parent / "deploying" / "overlay"
BUDGET = Path(__file__).parents[2] / "k8s" / "base" / "pdb.yaml"
DEPLOYMENT = "deployment/nba-mcp-synthesis"


def until(what: Callable[[], bool]) -> None:
    """Waits until something is so."""
    deadline = time.monotonic() + 30
    while not what():
        assert time.monotonic() < deadline, "it did not come to that"
        time.sleep(0.05)


def ready(kubernetes: Cluster) -> int:
    """How many pods a service would send requests to."""
    return sum(
        condition["status"] == "True"
        for pod in kubernetes.all("pods")
        for condition in pod["status"].get("conditions", [])
        if condition["type"] == "Ready"
    )


@pytest.fixture
def two_pods(k: Kubectl) -> Kubectl:
    """The overlay of the tests, rolled out."""
    k(f"apply -k {OVERLAY}")
    k(f"rollout status {DEPLOYMENT} --timeout=30s")
    return k


def test_what_is_applied_comes_to_run(two_pods: Kubectl) -> None:
    k = two_pods
    shown = k("get all -o wide").stdout
    assert shown.count("1/1     Running") == 2
    assert "horizontalpodautoscaler.autoscaling/nba-mcp-synthesis-hpa" in shown
    names = k("get pods --no-headers -l app=nba-mcp-synthesis").stdout.splitlines()
    assert [line.split()[2] for line in names] == ["Running", "Running"]
    ready = k("get", "endpoints", "nba-mcp-synthesis-service", "-o", "jsonpath={.subsets[*].addresses[*].ip}")
    addresses = k("get", "pods", "-o", "jsonpath={.items[*].status.podIP}").stdout.split()
    assert sorted(ready.stdout.split()) == sorted(addresses)
    assert "Min replicas:" in k("describe hpa nba-mcp-synthesis-hpa").stdout
    assert "Scaled up replica set" in k(f"describe {DEPLOYMENT}").stdout
    assert "unchanged" in k(f"apply -k {OVERLAY}").stdout
    assert "(server dry run)" in k(f"apply -k {OVERLAY} --dry-run=server").stdout
    assert "(dry run)" in k(f"apply -k {OVERLAY} --dry-run=client").stdout
    assert k("get events --sort-by=.lastTimestamp").stdout.startswith("LAST SEEN")


def test_a_patch_touches_only_what_it_names(two_pods: Kubectl, kubernetes: Cluster) -> None:
    """Containers are merged by name; an HPA keeps the replicas within its bounds."""
    k = two_pods
    side = {"spec": {"template": {"spec": {"containers": [{"name": "side", "image": "side:1"}]}}}}
    k("patch", DEPLOYMENT, "-p", json.dumps(side))
    k(f"set image {DEPLOYMENT} nba-mcp-synthesis=repo:2")
    k(f"set resources {DEPLOYMENT} -c nba-mcp-synthesis --limits=memory=4Gi")
    containers = kubernetes.get("deployments", "nba-mcp-synthesis")["spec"]["template"]["spec"]["containers"]
    found = {c["name"]: (c["image"], c.get("resources")) for c in containers}
    assert found == {"side": ("side:1", None), "nba-mcp-synthesis": ("repo:2", {"limits": {"memory": "4Gi"}})}
    k(f"scale {DEPLOYMENT} --replicas=5")
    until(lambda: len(kubernetes.all("pods")) >= 5)
    k("patch", "hpa", "nba-mcp-synthesis-hpa", "-p", '{"spec": {"minReplicas": 3, "maxReplicas": 4}}')
    until(lambda: kubernetes.get("deployments", "nba-mcp-synthesis")["spec"]["replicas"] == 4)
    k("patch", "hpa", "nba-mcp-synthesis-hpa", "-p", '{"spec": {"minReplicas": 9}}', code=1)


def test_server_side_apply_takes_back_what_is_said_no_more(k: Kubectl, kubernetes: Cluster) -> None:
    """And leaves what others said."""
    config = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "c"},
        "data": {"a": "1", "b": "2"},
    }
    apply = ["apply", "--server-side", "--field-manager=test", "-f", "-"]
    k(*apply, stdin=json.dumps(config))
    k("patch", "configmap", "c", "--type=merge", "-p", '{"data": {"other": "3"}}')
    k(*apply, stdin=json.dumps({**config, "data": {"a": "4"}}))
    assert kubernetes.get("configmaps", "c")["data"] == {"a": "4", "other": "3"}
    stale = {**kubernetes.get("configmaps", "c"), "data": {}}
    k("patch", "configmap", "c", "--type=merge", "-p", '{"data": {"a": "5"}}')
    assert "the object has been modified" in k("replace", "-f", "-", stdin=json.dumps(stale), code=1).stderr
    assert "AlreadyExists" in k("create", "-f", "-", stdin=json.dumps(config), code=1).stderr


def test_revisions_have_causes_and_can_be_gone_back_to(two_pods: Kubectl) -> None:
    k = two_pods
    for version in (2, 3):
        k(f"set image {DEPLOYMENT} nba-mcp-synthesis=repo:{version}")
        k(f"annotate {DEPLOYMENT} kubernetes.io/change-cause=v{version} --overwrite")
        k(f"rollout status {DEPLOYMENT} --timeout=30s")
    assert [line.split() for line in k(f"rollout history {DEPLOYMENT}").stdout.splitlines()[2:5]] == [
        ["1", "<none>"],
        ["2", "v2"],
        ["3", "v3"],
    ]
    k(f"rollout undo {DEPLOYMENT} --to-revision=2")
    k(f"rollout status {DEPLOYMENT} --timeout=30s")
    image = "jsonpath={.spec.template.spec.containers[0].image}"
    assert k("get", DEPLOYMENT, "-o", image).stdout == "repo:2"
    assert k(f"rollout history {DEPLOYMENT}").stdout.split()[-2:] == ["4", "v2"]
    k(f"rollout undo {DEPLOYMENT} --to-revision=99", code=1)
    k(f"rollout restart {DEPLOYMENT}")
    k(f"rollout status {DEPLOYMENT} --timeout=30s")


@pytest.mark.parametrize(
    ("fate", "word"),
    [("missing", "ImagePullBackOff"), ("never ready", "Running"), ("crash loop", "CrashLoopBackOff")],
)
def test_what_never_gets_ready_exceeds_its_deadline(
    two_pods: Kubectl, kubernetes: Cluster, fate: str, word: str
) -> None:
    """The old pods go on serving meanwhile."""
    k = two_pods
    kubernetes.world.images["repo:broken"] = Image(fate, 0.1)  # type: ignore[arg-type]
    k(f"set image {DEPLOYMENT} nba-mcp-synthesis=repo:broken")
    told = k(f"rollout status {DEPLOYMENT} --timeout=30s", code=1)
    assert "exceeded its progress deadline" in told.stderr
    statuses = [line.split()[1:3] for line in k("get pods --no-headers").stdout.splitlines()]
    assert sorted(statuses) == sorted([["0/1", word], ["1/1", "Running"], ["1/1", "Running"]])


def test_a_drain_respects_the_disruption_budget(two_pods: Kubectl, kubernetes: Cluster) -> None:
    k = two_pods
    k("patch", "pdb", "nba-mcp-synthesis-pdb", "--type=merge", "-p", '{"spec": {"minAvailable": 2}}')
    node = kubernetes.all("pods")[0]["spec"]["nodeName"]
    told = k(f"drain {node} --ignore-daemonsets --timeout=1s", code=1)
    assert "disruption budget" in told.stderr
    k("patch", "pdb", "nba-mcp-synthesis-pdb", "--type=merge", "-p", '{"spec": {"minAvailable": 1}}')
    k(f"drain {node} --ignore-daemonsets --timeout=30s")
    until(lambda: len(kubernetes.all("pods")) == 2)
    assert all(pod["spec"].get("nodeName") != node for pod in kubernetes.all("pods"))
    assert "Ready,SchedulingDisabled" in k("get nodes").stdout
    k(f"uncordon {node}")
    k("delete pod -l app=nba-mcp-synthesis")
    assert "Allocated resources" in k("describe nodes").stdout


@pytest.mark.requirement("WK-RECOVERY")
def test_drains_of_every_node_leave_two_of_three_pods(two_pods: Kubectl, kubernetes: Cluster) -> None:
    """By production's own budget, and with pods that take a while to be ready."""
    k = two_pods
    kubernetes.world.images["*"] = Image("ready", seconds=1)
    k("delete pdb --all")
    k(f"apply -f {BUDGET}")
    k("patch", "hpa", "nba-mcp-synthesis-hpa", "--type=merge", "-p", '{"spec": {"minReplicas": 3}}')
    until(lambda: ready(kubernetes) == 3)
    lowest = 3
    for node in k("get", "nodes", "-o", "jsonpath={.items[*].metadata.name}").stdout.split():
        draining = subprocess.Popen([kubectl(), "drain", node, "--ignore-daemonsets", "--timeout=60s"])
        while draining.poll() is None:
            lowest = min(lowest, ready(kubernetes))
        assert draining.returncode == 0
        lowest = min(lowest, ready(kubernetes))
        until(lambda: ready(kubernetes) == 3)
        assert all(pod["spec"].get("nodeName") != node for pod in kubernetes.all("pods"))
        k(f"uncordon {node}")
    assert lowest == 2  # disturbed, and never by more than the budget allows


def test_dry_runs_delete_and_evict_nothing(two_pods: Kubectl, kubernetes: Cluster) -> None:
    k = two_pods
    before = {pod["metadata"]["uid"] for pod in kubernetes.all("pods")}
    node = kubernetes.all("pods")[0]["spec"]["nodeName"]
    assert "(server dry run)" in k("delete pod -l app=nba-mcp-synthesis --dry-run=server").stdout
    assert "(server dry run)" in k(f"delete {DEPLOYMENT} --dry-run=server").stdout
    k(f"drain {node} --ignore-daemonsets --dry-run=server --timeout=30s")
    k(f"drain {node} --ignore-daemonsets --disable-eviction --dry-run=server --timeout=30s")
    assert {pod["metadata"]["uid"] for pod in kubernetes.all("pods")} == before
    assert kubernetes.all("deployments")


def field(number: int, content: bytes) -> bytes:
    """A field of a message of protobuf, of fewer than 128 bytes."""
    return bytes([number << 3 | 2, len(content)]) + content


def in_protobuf(version: str, kind: str, message: bytes) -> bytes:
    """A message in Kubernetes' envelope."""
    of = field(1, version.encode()) + field(2, kind.encode())
    return b"k8s\x00" + field(1, of) + field(2, message)


@pytest.mark.parametrize("is_dry", [True, False])
@pytest.mark.parametrize("way", ["eviction", "deletion", "JSON"])
def test_what_is_dry_by_the_body_alone_is_kept(
    two_pods: Kubectl, kubernetes: Cluster, way: str, is_dry: bool
) -> None:
    """As clients say it that put nothing into the query; a dryRun of null is none."""
    pod = kubernetes.all("pods")[0]["metadata"]
    path, options = f"/api/v1/namespaces/{NAMESPACE}/pods/{pod['name']}", field(5, b"All") if is_dry else b""
    method, kind, body = {
        "eviction": (
            "POST",
            "vnd.kubernetes.protobuf",
            in_protobuf("policy/v1", "Eviction", field(2, options)),
        ),
        "deletion": ("DELETE", "vnd.kubernetes.protobuf", in_protobuf("v1", "DeleteOptions", options)),
        "JSON": ("DELETE", "json", json.dumps({"dryRun": ["All"] if is_dry else None}).encode()),
    }[way]
    request = urllib.request.Request(
        f"{kubernetes.url}{path}{'/eviction' if way == 'eviction' else ''}",
        body,
        {"Content-Type": f"application/{kind}"},
        method=method,
    )
    with urllib.request.urlopen(request) as answer:
        assert answer.status in (200, 201)
    there = {one["metadata"]["uid"] for one in kubernetes.all("pods")}
    assert (pod["uid"] in there) is is_dry


def test_a_drain_without_evictions_deletes(two_pods: Kubectl, kubernetes: Cluster) -> None:
    node = kubernetes.all("pods")[0]["spec"]["nodeName"]
    two_pods(f"drain {node} --ignore-daemonsets --disable-eviction --timeout=30s")
    assert all(pod["spec"].get("nodeName") != node for pod in kubernetes.all("pods"))


def test_top_logs_and_exec(two_pods: Kubectl, kubernetes: Cluster) -> None:
    k = two_pods
    kubernetes.world.usage["*"] = (1_500, 900)
    kubernetes.world.logs["*"] = ["one", "two", "three"]
    assert k("top pods --no-headers").stdout.split()[1:3] == ["1500m", "900Mi"]
    assert "350m" in k("top nodes").stdout
    assert k(f"logs {DEPLOYMENT} --tail=2").stdout == "two\nthree\n"
    assert k("logs -l app=nba-mcp-synthesis --tail=1").stdout == "three\nthree\n"
    kubernetes.world.execute = lambda pod, container, command, stdin: Executed(
        3, f"{container}: {command[0]} {stdin.decode()}".encode(), b"oh"
    )
    told = k("exec", "-i", DEPLOYMENT, "--", "cat", "-", stdin="in", code=3)
    assert (told.stdout, "oh" in told.stderr) == ("nba-mcp-synthesis: cat in", True)
    kubernetes.world.has_metrics = False
    k("top pods", code=1)


def test_port_forward_and_proxy_reach_the_peer(two_pods: Kubectl, kubernetes: Cluster) -> None:
    """Two connections through one port-forward, a body of some size, and a peer that is not there."""
    with web(lambda heard: Reply(body=heard.path * 20_000)) as peer:
        kubernetes.world.backends["nba-mcp-synthesis"] = peer.url
        command = [
            str(kubectl()),
            "-n",
            NAMESPACE,
            "port-forward",
            "service/nba-mcp-synthesis-service",
            ":80",
        ]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as forward:
            assert forward.stdout is not None
            port = forward.stdout.readline().split()[2].rpartition(":")[2]
            for path in ("/health", "/metrics"):
                with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
                    assert answer.read().decode() == path * 20_000
            forward.terminate()
        at = f"/api/v1/namespaces/{NAMESPACE}/services/nba-mcp-synthesis-service:80/proxy/health"
        assert two_pods("get", "--raw", at).stdout.startswith("/health")
    kubernetes.world.backends.clear()
    two_pods("get", "--raw", at, code=1)


def test_jobs_end_and_custom_resources_are_kept(k: Kubectl, kubernetes: Cluster) -> None:
    k(f"apply -k {OVERLAY}")
    job = k("create job now --from=cronjob/nba-mcp-backup --dry-run=client -o json").stdout
    k("create", "-f", "-", stdin=job)
    k("wait --for=condition=complete job/now --timeout=30s")
    monitor = {"apiVersion": "monitoring.coreos.com/v1", "kind": "ServiceMonitor", "metadata": {"name": "m"},
               "spec": {"endpoints": [{"port": "http"}]}}  # fmt: skip
    k("apply", "-f", "-", stdin=json.dumps(monitor))
    monitor["spec"] = {"endpoints": [{"port": "other"}]}
    k("apply", "-f", "-", stdin=json.dumps(monitor))
    assert kubernetes.get("servicemonitors", "m")["spec"] == {"endpoints": [{"port": "other"}]}
    for kinds in (
        "ingress,networkpolicies,roles,rolebindings,serviceaccounts",
        "externalsecrets,prometheusrules",
    ):
        k(f"get {kinds}")
    k("get podsecuritypolicies", code=1)


def test_faults(two_pods: Kubectl, kubernetes: Cluster) -> None:
    """No right, a failing server, a slow one, none at all, and one that goes in the middle of a command."""
    k, world = two_pods, kubernetes.world
    assert k("auth can-i patch deployments").stdout == "yes\n"
    world.forbidden.add(("patch", "deployments"))
    assert k("auth can-i patch deployments", code=1).stdout == "no\n"
    assert "Forbidden" in k(f"annotate {DEPLOYMENT} a=b", code=1).stderr
    world.failing.add(("get", "deployments"))
    assert "etcdserver" in k(f"get {DEPLOYMENT}", code=1).stderr
    world.failing.clear()
    world.forbidden.clear()
    world.seconds = 3
    late = k(f"get {DEPLOYMENT} --request-timeout=1s", code=1).stderr
    assert "Timeout" in late or "deadline exceeded" in late  # by which of its clocks is first
    world.seconds = 0
    world.once(lambda call: call.verb == "patch", kubernetes.stop)
    k(f"annotate {DEPLOYMENT} a=b", code=1)
    assert "refused" in k("get pods", code=1).stderr
    kubernetes.start()
    k("get pods")
    k("get pods --context other", code=1)
    assert "Kubernetes control plane" in k("cluster-info").stdout
