"""What the API fills in, and the little that it refuses."""

import base64
import ipaddress
import itertools
from collections.abc import Callable

from servers.cluster.kinds import Resource
from servers.cluster.selectors import matches
from servers.cluster.statuses import invalid
from servers.cluster.store import Object

_addresses = itertools.count(int(ipaddress.ip_address("10.96.0.10")))


def fill(resource: Resource, body: Object) -> Object:
    """Fills in defaults; raises for what the API would not take."""
    if resource.kind in _FILLING:
        _FILLING[resource.kind](body)
    return body


def _replica_set(body: Object) -> None:
    body["spec"].setdefault("replicas", 1)


def _service(body: Object) -> None:
    body["spec"].setdefault("type", "ClusterIP")
    body["spec"].setdefault("clusterIP", str(ipaddress.ip_address(next(_addresses))))


def _autoscaler(body: Object) -> None:
    spec = body["spec"]
    if spec.setdefault("minReplicas", 1) > spec["maxReplicas"]:
        told = "must be greater than or equal to `minReplicas`"
        raise invalid("HorizontalPodAutoscaler", body["metadata"]["name"], "spec.maxReplicas", told)


def _namespace(body: Object) -> None:
    body.setdefault("status", {"phase": "Active"})


def _pod(body: Object) -> None:
    body.setdefault("status", {"phase": "Pending"})


def _deployment(body: Object) -> None:
    spec = body["spec"]
    spec.setdefault("replicas", 1)
    spec.setdefault("revisionHistoryLimit", 10)
    spec.setdefault("progressDeadlineSeconds", 600)
    strategy = spec.setdefault("strategy", {})
    if strategy.setdefault("type", "RollingUpdate") == "RollingUpdate":
        rolling = strategy.setdefault("rollingUpdate", {})
        rolling.setdefault("maxSurge", "25%")
        rolling.setdefault("maxUnavailable", "25%")
    template = spec["template"]
    labels = template.setdefault("metadata", {}).get("labels", {})
    name = body["metadata"].get("name", "")
    if not matches(spec.get("selector"), labels):
        told = "`selector` does not match template `labels`"
        raise invalid("Deployment.apps", name, "spec.template.metadata.labels", told)
    names = [c.get("name") for c in template["spec"].get("containers", [])]
    if not names or not all(c.get("image") for c in template["spec"]["containers"]):
        raise invalid("Deployment.apps", name, "spec.template.spec.containers", "Required value")
    if len(set(names)) != len(names):
        raise invalid("Deployment.apps", name, "spec.template.spec.containers", "Duplicate value")
    template["spec"].setdefault("restartPolicy", "Always")


def _encode(body: Object) -> None:
    for name, value in body.pop("stringData", {}).items():
        body.setdefault("data", {})[name] = base64.b64encode(value.encode()).decode()


_FILLING: dict[str, Callable[[Object], None]] = {
    "Deployment": _deployment,
    "ReplicaSet": _replica_set,
    "Service": _service,
    "HorizontalPodAutoscaler": _autoscaler,
    "Namespace": _namespace,
    "Pod": _pod,
    "Secret": _encode,
}
