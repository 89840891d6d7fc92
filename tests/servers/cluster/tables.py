"""The columns that `kubectl get` shows, kind by kind."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

Object = dict[str, Any]
Columns = tuple[tuple[str, int, Callable[[Object], Any]], ...]  # name, priority (1: -o wide only), cell


def age(body: Object, field: str = "") -> str:
    """How old an object is: 12s, 5m, 3h, 2d."""
    told = body.get(field) or body["metadata"].get("creationTimestamp")
    if not told:
        return "<unknown>"
    seconds = int((datetime.now(UTC) - datetime.fromisoformat(told)).total_seconds())
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60)):
        if seconds >= 2 * size:
            return f"{seconds // size}{unit}"
    return f"{max(seconds, 0)}s"


def pod_status(body: Object) -> str:
    """The word in the STATUS column: a reason of a container where there is one, else the phase."""
    status = body.get("status", {})
    for one in status.get("containerStatuses", []):
        for state in ("waiting", "terminated"):
            if reason := one.get("state", {}).get(state, {}).get("reason"):
                return str(reason)
    return str(status.get("phase", "Unknown"))


def _pod_ready(body: Object) -> str:
    statuses = body.get("status", {}).get("containerStatuses", [])
    return f"{sum(bool(s.get('ready')) for s in statuses)}/{len(body['spec']['containers'])}"


def _restarts(body: Object) -> str:
    return str(sum(s.get("restartCount", 0) for s in body.get("status", {}).get("containerStatuses", [])))


def _status(name: str, default: Any = 0) -> Callable[[Object], Any]:
    return lambda body: body.get("status", {}).get(name, default)


def _spec(name: str, default: Any = "") -> Callable[[Object], Any]:
    return lambda body: body.get("spec", {}).get(name, default)


def _ready_of(body: Object) -> str:
    return f"{body.get('status', {}).get('readyReplicas', 0)}/{body['spec'].get('replicas', 1)}"


def _ports(body: Object) -> str:
    return ",".join(f"{p['port']}/{p.get('protocol', 'TCP')}" for p in body["spec"].get("ports", []))


def _addresses(body: Object) -> str:
    found = [
        f"{a['ip']}:{p['port']}"
        for s in body.get("subsets", [])
        for a in s.get("addresses", [])
        for p in s["ports"]
    ]
    return ",".join(found) or "<none>"


def _hosts(body: Object) -> str:
    return ",".join(rule.get("host", "*") for rule in body["spec"].get("rules", [])) or "*"


def _ingress_address(body: Object) -> str:
    found = body.get("status", {}).get("loadBalancer", {}).get("ingress", [])
    return ",".join(one.get("hostname") or one.get("ip", "") for one in found)


def _targets(body: Object) -> str:
    now = {
        m["resource"]["name"]: m["resource"]["current"]
        for m in body.get("status", {}).get("currentMetrics", [])
    }
    told = []
    for metric in body["spec"].get("metrics", []):
        wanted = metric.get("resource", {})
        current = now.get(wanted.get("name"), {}).get("averageUtilization")
        shown = "<unknown>" if current is None else f"{current}%"
        told.append(f"{wanted.get('name')}: {shown}/{wanted.get('target', {}).get('averageUtilization')}%")
    return ", ".join(told) or "<none>"


def _reference(body: Object) -> str:
    target = body["spec"]["scaleTargetRef"]
    return f"{target['kind']}/{target['name']}"


def _node_status(body: Object) -> str:
    conditions = {c["type"]: c["status"] for c in body.get("status", {}).get("conditions", [])}
    told = "Ready" if conditions.get("Ready") == "True" else "NotReady"
    return told + (",SchedulingDisabled" if body["spec"].get("unschedulable") else "")


def _about(body: Object) -> str:
    of = body.get("involvedObject", {})
    return f"{of.get('kind', '').lower()}/{of.get('name', '')}"


def _images(body: Object) -> str:
    return ",".join(c["image"] for c in body["spec"]["template"]["spec"]["containers"])


_NAME = ("Name", 0, lambda body: body["metadata"]["name"])
_AGE = ("Age", 0, age)
_BY_KIND: dict[str, Columns] = {
    "Pod": (
        ("Ready", 0, _pod_ready),
        ("Status", 0, pod_status),
        ("Restarts", 0, _restarts),
        _AGE,
        ("IP", 1, _status("podIP", "<none>")),
        ("Node", 1, _spec("nodeName", "<none>")),
    ),
    "Deployment": (
        ("Ready", 0, _ready_of),
        ("Up-to-date", 0, _status("updatedReplicas")),
        ("Available", 0, _status("availableReplicas")),
        _AGE,
        ("Images", 1, _images),
    ),
    "ReplicaSet": (
        ("Desired", 0, _spec("replicas", 1)),
        ("Current", 0, _status("replicas")),
        ("Ready", 0, _status("readyReplicas")),
        _AGE,
        ("Images", 1, _images),
    ),
    "Service": (
        ("Type", 0, _spec("type", "ClusterIP")),
        ("Cluster-IP", 0, _spec("clusterIP", "None")),
        ("External-IP", 0, lambda _: "<none>"),
        ("Port(s)", 0, _ports),
        _AGE,
    ),
    "Endpoints": (("Endpoints", 0, _addresses), _AGE),
    "Ingress": (
        ("Class", 0, _spec("ingressClassName", "<none>")),
        ("Hosts", 0, _hosts),
        ("Address", 0, _ingress_address),
        ("Ports", 0, lambda body: "80, 443" if body["spec"].get("tls") else "80"),
        _AGE,
    ),
    "HorizontalPodAutoscaler": (
        ("Reference", 0, _reference),
        ("Targets", 0, _targets),
        ("MinPods", 0, _spec("minReplicas", 1)),
        ("MaxPods", 0, _spec("maxReplicas")),
        ("Replicas", 0, _status("currentReplicas")),
        _AGE,
    ),
    "PodDisruptionBudget": (
        ("Min available", 0, _spec("minAvailable", "N/A")),
        ("Max unavailable", 0, _spec("maxUnavailable", "N/A")),
        ("Allowed disruptions", 0, _status("disruptionsAllowed")),
        _AGE,
    ),
    "Node": (
        ("Status", 0, _node_status),
        ("Roles", 0, lambda _: "<none>"),
        _AGE,
        ("Version", 0, lambda body: body["status"]["nodeInfo"]["kubeletVersion"]),
    ),
    "Namespace": (("Status", 0, _status("phase", "Active")), _AGE),
    "Event": (
        ("Last Seen", 0, lambda body: age(body, "lastTimestamp")),
        ("Type", 0, lambda body: body["type"]),
        ("Reason", 0, lambda body: body["reason"]),
        ("Object", 0, _about),
        ("Message", 0, lambda body: body["message"]),
        _NAME,
    ),
    "ConfigMap": (("Data", 0, lambda body: len(body.get("data", {}))), _AGE),
    "Secret": (
        ("Type", 0, lambda body: body.get("type", "Opaque")),
        ("Data", 0, lambda body: len(body.get("data", {}))),
        _AGE,
    ),
    "Job": (
        ("Status", 0, lambda body: "Complete" if body.get("status", {}).get("succeeded") else "Running"),
        ("Completions", 0, lambda body: f"{body.get('status', {}).get('succeeded', 0)}/1"),
        _AGE,
    ),
    "CronJob": (
        ("Schedule", 0, _spec("schedule")),
        ("Timezone", 0, _spec("timeZone", "<none>")),
        ("Suspend", 0, _spec("suspend", False)),
        _AGE,
    ),
    "Lease": (("Holder", 0, _spec("holderIdentity")), _AGE),
}


def table(kind: str, bodies: Iterable[Object], version: str, *, whole: bool, headed: bool = True) -> Object:
    """A Table of objects; `whole`: each row carries its object, and not only the object's metadata."""
    columns = _BY_KIND.get(kind, (_AGE,))
    columns = columns if kind == "Event" else (_NAME, *columns)
    heads = [
        {"name": n, "type": "string", "format": n.lower() * (n == "Name"), "description": n, "priority": p}
        for n, p, _ in columns
    ]
    return {
        "kind": "Table",
        "apiVersion": "meta.k8s.io/v1",
        "metadata": {"resourceVersion": version},
        "columnDefinitions": heads if headed else None,
        "rows": [
            {"cells": [cell(b) for _, _, cell in columns], "object": _carried(b, whole)} for b in bodies
        ],
    }


def _carried(body: Object, whole: bool) -> Object:
    if whole:
        return body
    return {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": body["metadata"]}
