"""What every object has to keep to, over the rendered manifests."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from rendered import APP, K8S, Manifests, Object

pytestmark = pytest.mark.system

# A rule over one container: (name, container, pod) -> what is wrong.
Rule = Callable[[str, Object, Object], Iterator[str]]
QUANTITIES = ("cpu", "memory", "ephemeral-storage")


def may_not_rise(_: str, container: Object, pod: Object) -> Iterator[str]:
    """The restricted Pod Security Standard, field by field."""
    own, shared = container.get("securityContext", {}), pod["spec"].get("securityContext", {})
    if own.get("allowPrivilegeEscalation") is not False:
        yield "may gain privileges"
    if own.get("capabilities") != {"drop": ["ALL"]}:
        yield "keeps capabilities"
    if own.get("runAsNonRoot") is not True or shared.get("runAsNonRoot") is not True:
        yield "may be root"
    if not shared.get("runAsUser") or not shared.get("runAsGroup"):
        yield "has no user of its own"
    if shared.get("seccompProfile") != {"type": "RuntimeDefault"}:
        yield "has no seccomp profile"
    if own.get("privileged") or {"hostNetwork", "hostPID", "hostIPC"} & pod["spec"].keys():
        yield "sees the host"


def writes_nowhere_else(_: str, container: Object, pod: Object) -> Iterator[str]:
    """A read-only root, and writable mounts that are empty folders with a size, or claims."""
    if container.get("securityContext", {}).get("readOnlyRootFilesystem") is not True:
        yield "has a writable root"
    volumes = {volume["name"]: volume for volume in pod["spec"].get("volumes", [])}
    for mount in container.get("volumeMounts", []):
        volume = volumes[mount["name"]]
        kinds = volume.keys() - {"name"}
        if "subPath" in mount:
            yield f"mounts {mount['name']} by subPath, so changes do not reach it"
        if "emptyDir" in kinds and "sizeLimit" not in volume["emptyDir"]:
            yield f"may fill the node through {mount['name']}"
        if kinds & {"secret", "configMap"} and mount.get("readOnly") is not True:
            yield f"mounts {mount['name']} writable"
        if not kinds <= {"emptyDir", "secret", "configMap", "persistentVolumeClaim"}:
            yield f"mounts {kinds}"


def has_bounds(_: str, container: Object, __: Object) -> Iterator[str]:
    """Requests and limits of all three, and no request above its limit."""
    resources = container.get("resources", {})
    for what in QUANTITIES:
        asked, most = (quantity(resources.get(part, {}).get(what)) for part in ("requests", "limits"))
        if not 0 < asked <= most:
            yield f"asks for {asked} of {what} where {most} is the limit"


def has_a_pinned_image(_: str, container: Object, __: Object) -> Iterator[str]:
    """A tag with a version or a digest, never `latest`; the pull policy that fits it by default."""
    name = container["image"].rpartition("/")[2]
    if not re.fullmatch(r"[a-z-]+(:\d+\.\d+[\w.-]*|(:[\w.-]+)?@sha256:[0-9a-f]{64})", name):
        yield f"runs {container['image']}"


def is_probed(name: str, container: Object, pod: Object) -> Iterator[str]:
    """Containers that stay have three probes; those that end have none."""
    probes = {"startupProbe", "livenessProbe", "readinessProbe"}
    ends = pod["spec"].get("restartPolicy") == "Never" or "migrate-" in name
    missing = (probes if not ends else set()) - container.keys()
    yield from (f"has no {probe}" for probe in sorted(missing))
    if ends and probes & container.keys():
        yield "ends, and is probed"


def keeps_its_secrets_in_files(name: str, container: Object, __: Object) -> Iterator[str]:
    """A variable shows in `kubectl describe`, in child processes and in crash reports, and never changes."""
    if name == "nba-mcp-redis/nba-mcp-redis":
        return  # redis-cli reads its password nowhere else
    for variable in container.get("env", []):
        if "secretKeyRef" in variable.get("valueFrom", {}):
            yield f"has a secret in {variable['name']}"
    for source in container.get("envFrom", []):
        if "secretRef" in source:
            yield "has all of a secret in its environment"


RULES: list[Rule] = [
    may_not_rise,
    writes_nowhere_else,
    has_bounds,
    has_a_pinned_image,
    is_probed,
    keeps_its_secrets_in_files,
]


def quantity(text: str | None) -> float:
    """What Kubernetes understands by a quantity; 0 for none."""
    number, unit = re.fullmatch(r"([\d.]+)(m|[KMGT]i)?", str(text or 0)).groups()  # type: ignore[union-attr]
    factors = {None: 1, "m": 1e-3, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40}
    return float(number) * factors[unit]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
@pytest.mark.requirement("SYS-EKS")
def test_every_container(manifests: Manifests, rule: Rule) -> None:
    """Rule by rule."""
    found = [f"{name} {fault}" for name, one, pod in manifests.containers() for fault in rule(name, one, pod)]
    assert found == []


GOOD_POD: Object = {
    "spec": {
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": 1,
            "runAsGroup": 1,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "volumes": [{"name": "tmp", "emptyDir": {"sizeLimit": "1Gi"}}],
    }
}
BAD: list[tuple[Rule, Object, Object]] = [
    (may_not_rise, {}, GOOD_POD),
    (writes_nowhere_else, {"volumeMounts": []}, GOOD_POD),
    (
        writes_nowhere_else,
        {
            "securityContext": {"readOnlyRootFilesystem": True},
            "volumeMounts": [{"name": "host", "mountPath": "/x"}],
        },
        {"spec": {"volumes": [{"name": "host", "hostPath": {"path": "/"}}]}},
    ),
    (has_bounds, {"resources": {"requests": {"cpu": "2"}, "limits": {"cpu": "1"}}}, GOOD_POD),
    (has_a_pinned_image, {"image": "nba-mcp-synthesis:latest"}, GOOD_POD),
    (has_a_pinned_image, {"image": "nba-mcp-synthesis"}, GOOD_POD),
    (has_a_pinned_image, {"image": "nba-mcp-synthesis@sha256:0123"}, GOOD_POD),
    (is_probed, {"livenessProbe": {}}, GOOD_POD),
    (keeps_its_secrets_in_files, {"envFrom": [{"secretRef": {"name": "a"}}]}, GOOD_POD),
]


@pytest.mark.parametrize(("rule", "container", "pod"), BAD, ids=lambda one: getattr(one, "__name__", ""))
def test_the_rules_find_what_is_wrong(rule: Rule, container: Object, pod: Object) -> None:
    """Otherwise the test above would say nothing."""
    assert list(rule("a/b", container, pod))


def test_every_pod(manifests: Manifests) -> None:
    """Its labels, an account of its own, and no token of the API server, which nothing here calls."""
    accounts = {one["metadata"]["name"] for one in manifests.of_kind("ServiceAccount")}
    for name, pod in manifests.pods():
        spec = pod["spec"]
        assert pod["metadata"]["labels"]["app.kubernetes.io/part-of"] == APP, name
        assert spec["serviceAccountName"] in accounts, name
        assert spec["automountServiceAccountToken"] is False, name
        assert spec["enableServiceLinks"] is False, name  # they would set NBA_MCP_… variables


def test_every_object(manifests: Manifests) -> None:
    """In the namespace, labelled, and there once."""
    seen = set()
    for one in manifests.objects:
        told = (one["kind"], one["metadata"]["name"])
        assert told not in seen
        seen.add(told)
        assert one["metadata"]["labels"]["app"].startswith("nba-mcp-"), told
        assert one["metadata"]["labels"]["app.kubernetes.io/part-of"] == APP, told
        cluster_wide = one["kind"].startswith(("Namespace", "PriorityClass", "ValidatingAdmissionPolicy"))
        assert one["metadata"].get("namespace") == (None if cluster_wide else APP), told


def test_what_is_named_is_there(manifests: Manifests) -> None:
    """Every ConfigMap, Secret, claim and priority that a pod names, but the bundle that is made by hand."""
    made = {one["metadata"]["name"] for one in manifests.of_kind("ConfigMap")} | {"rds-ca"}
    secrets = {one["spec"]["target"]["name"] for one in manifests.of_kind("ExternalSecret")}
    claims = {one["metadata"]["name"] for one in manifests.of_kind("PersistentVolumeClaim")}
    priorities = {one["metadata"]["name"] for one in manifests.of_kind("PriorityClass")} | {None}
    for _, container, pod in manifests.containers():
        assert {source["configMapRef"]["name"] for source in container.get("envFrom", [])} <= made
        assert pod["spec"].get("priorityClassName") in priorities
        for volume in pod["spec"].get("volumes", []):
            assert volume.get("configMap", {}).get("name") in made | {None}
            assert volume.get("secret", {}).get("secretName") in secrets | {None}
            assert volume.get("persistentVolumeClaim", {}).get("claimName") in claims | {None}


def test_the_namespace_enforces_the_restricted_standard(manifests: Manifests) -> None:
    """And injects the balancer's readiness gate."""
    labels = manifests.one("Namespace")["metadata"]["labels"]
    for mode in ("enforce", "audit", "warn"):
        assert labels[f"pod-security.kubernetes.io/{mode}"] == "restricted"
    assert labels["elbv2.k8s.aws/pod-readiness-gate-inject"] == "enabled"


@pytest.mark.requirement("SCL-HPA")
def test_the_autoscaler_alone_says_how_many(manifests: Manifests) -> None:
    """At least three; slow to go down; and room for the documented maximum of ten in the quota."""
    assert "replicas" not in manifests.one("Deployment")["spec"]
    scaler = manifests.one("HorizontalPodAutoscaler", f"{APP}-hpa")
    assert scaler["apiVersion"] == "autoscaling/v2"
    assert scaler["spec"]["scaleTargetRef"] == {"apiVersion": "apps/v1", "kind": "Deployment", "name": APP}
    assert scaler["spec"]["minReplicas"] == 3
    assert 3 < scaler["spec"]["maxReplicas"] <= 10
    assert [one["resource"]["name"] for one in scaler["spec"]["metrics"]] == ["cpu", "memory"]
    behaviour = scaler["spec"]["behavior"]
    assert behaviour["scaleUp"]["stabilizationWindowSeconds"] == 0
    assert behaviour["scaleDown"]["stabilizationWindowSeconds"] >= 300


@pytest.mark.requirement("DEP-ZERO-DOWNTIME")
def test_pods_go_one_at_a_time(manifests: Manifests) -> None:
    """By an update, by a drain, and by a failing node or zone."""
    spec = manifests.one("Deployment")["spec"]
    assert spec["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
    budget = manifests.one("PodDisruptionBudget")["spec"]
    least = manifests.one("HorizontalPodAutoscaler", f"{APP}-hpa")["spec"]["minReplicas"]
    assert 0 < budget["maxUnavailable"] < min(least, 2)  # of the documented minimum of two one stays
    assert budget["selector"] == spec["selector"]
    spread = spec["template"]["spec"]["topologySpreadConstraints"]
    assert {one["topologyKey"] for one in spread} == {
        "kubernetes.io/hostname",
        "topology.kubernetes.io/zone",
    }
    assert all(one["labelSelector"] == spec["selector"] for one in spread)


@pytest.mark.requirement("DEP-MANUAL")
def test_revisions_are_kept(manifests: Manifests) -> None:
    """Ten of them, as `kubectl rollout undo --to-revision` wants."""
    assert {one["spec"]["revisionHistoryLimit"] for one in manifests.of_kind("Deployment")} == {10}


@pytest.mark.requirement("SCL-VERTICAL")
def test_the_quota_has_room_for_the_larger_pods(manifests: Manifests) -> None:
    """Ten pods and the surge of an update, at the larger of the documented sizes, and everything beside."""
    most, surge = 10, 3
    larger = {"requests": {"memory": "2Gi", "cpu": "1000m"}, "limits": {"memory": "4Gi", "cpu": "2000m"}}
    hard = manifests.of_kind("ResourceQuota")[0]["spec"]["hard"]
    for part in ("requests", "limits"):
        for what in QUANTITIES:
            total = 0.0
            for name, pod in manifests.pods():
                own = sum(quantity(c["resources"][part][what]) for c in pod["spec"]["containers"])
                is_server = name == APP
                own = max(own, quantity(larger[part].get(what))) if is_server else own
                total += own * (most + surge if is_server else 1)
            assert total <= quantity(hard[f"{part}.{what}"]), (part, what)
    assert quantity(hard["pods"]) >= most + surge + len(list(manifests.pods()))


@pytest.mark.requirement("SEC-RBAC")
def test_roles_are_narrow(manifests: Manifests) -> None:
    """Of this namespace, for groups; nothing by a star, secrets by name and for reading."""
    assert not manifests.of_kind("ClusterRole")
    assert not manifests.of_kind("ClusterRoleBinding")
    for role in manifests.of_kind("Role"):
        for rule in role["rules"]:
            told = (role["metadata"]["name"], rule)
            assert "*" not in {*rule["apiGroups"], *rule["resources"], *rule["verbs"]}, told
            assert not {"escalate", "bind", "impersonate"} & set(rule["verbs"]), told
            if "secrets" in rule["resources"]:
                assert rule["verbs"] == ["get"], told
                assert rule["resourceNames"] == [f"{APP}-secrets"], told
    roles = {role["metadata"]["name"] for role in manifests.of_kind("Role")}
    bound = manifests.of_kind("RoleBinding")
    assert {one["roleRef"]["name"] for one in bound} == roles
    assert {subject["kind"] for one in bound for subject in one["subjects"]} == {"Group"}


@pytest.mark.requirement("SEC-RBAC")
def test_accounts_take_their_rights_in_aws_from_a_role(manifests: Manifests) -> None:
    """The server, the jobs, what rotates and what reads the key have one each; the databases have none."""
    found = {one["metadata"]["name"]: one for one in manifests.of_kind("ServiceAccount")}
    arns = {
        name: one["metadata"].get("annotations", {}).get("eks.amazonaws.com/role-arn")
        for name, one in found.items()
    }
    assert arns.pop(APP, "").endswith(f"role/{APP}")
    assert arns.pop(f"{APP}-jobs", "").endswith(f"role/{APP}-jobs")
    for name in (f"{APP}-rotation", f"{APP}-backup-key"):  # not in every overlay
        assert (arns.pop(name, None) or f"role/{name}").endswith(f"role/{name}")
    assert set(arns.values()) == {None}
    assert all(one["automountServiceAccountToken"] is False for one in found.values())


def test_one_object_a_file() -> None:
    """And every file of the base is one that is applied."""
    listed = set(yaml.safe_load((K8S / "base/kustomization.yaml").read_text("utf-8"))["resources"])
    files = {path.name for path in (K8S / "base").glob("*.yaml")} - {"kustomization.yaml"}
    assert {name for name in files if not name.endswith(".patch.yaml")} == listed
    for path in K8S.rglob("*.yaml"):
        documents = list(yaml.safe_load_all(path.read_text("utf-8")))
        assert len(documents) == 1, path


@pytest.mark.requirement("MON-SERVICEMONITOR")
def test_the_service_monitor_finds_the_service(manifests: Manifests) -> None:
    """By label and port, with the token from the secret beside it; and the file is where it is said to be."""
    monitor = manifests.one("ServiceMonitor")
    service = manifests.one("Service", f"{APP}-service")
    (endpoint,) = monitor["spec"]["endpoints"]
    assert monitor["spec"]["selector"]["matchLabels"].items() <= service["metadata"]["labels"].items()
    assert endpoint["port"] in {port["name"] for port in service["spec"]["ports"]}
    assert endpoint["authorization"]["credentials"] == {"name": f"{APP}-secrets", "key": "METRICS_TOKEN"}
    secret = manifests.one("ExternalSecret", f"{APP}-secrets")
    assert "METRICS_TOKEN" in {
        one["secretKey"] for one in secret["spec"]["data"]
    }  # without it no copy is made
    constants = yaml.safe_load((K8S.parent / "monitoring/constants.yaml").read_text("utf-8"))
    assert "jobLabel" not in monitor["spec"]
    assert manifests.one("Service", constants["job"])["spec"]["selector"] == {"app": APP}
    by_path = yaml.safe_load(Path(K8S / "servicemonitor.yaml").read_text("utf-8"))
    assert by_path["spec"] == monitor["spec"]
