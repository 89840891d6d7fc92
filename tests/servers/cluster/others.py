"""The smaller controllers: endpoints of services, autoscalers, disruption budgets, jobs."""

import math
from typing import Any

from servers.cluster.deployments import DEPLOYMENTS, REPLICASETS, owned_by, pods_matching, reference
from servers.cluster.kinds import Resource, resource_of
from servers.cluster.pods import PODS, is_ready
from servers.cluster.recorder import record
from servers.cluster.store import Object, Store, now
from servers.cluster.world import World

SERVICES = resource_of("services", "")
ENDPOINTS = resource_of("endpoints", "")
SLICES = resource_of("endpointslices")
AUTOSCALERS = resource_of("horizontalpodautoscalers")
BUDGETS = resource_of("poddisruptionbudgets")
JOBS = resource_of("jobs")


def put(store: Store, resource: Resource, namespace: str, body: Object) -> None:
    """Keeps an object of a controller's own, new or changed."""
    if store.find(resource, namespace, body["metadata"]["name"]) is None:
        store.create(resource, namespace, body)
        return
    parts = {name: value for name, value in body.items() if name != "metadata"}
    store.change(resource, namespace, body["metadata"]["name"], lambda b: b.update(parts))


def endpoints(store: Store) -> None:
    """Endpoints and one slice for every service that selects pods; pods that are not ready stand apart."""
    for service in store.all(SERVICES):
        selector = service["spec"].get("selector")
        if not selector:
            continue
        namespace, name = service["metadata"]["namespace"], service["metadata"]["name"]
        pods = [
            p for p in pods_matching(store, namespace, {"matchLabels": selector}) if p["status"].get("podIP")
        ]
        ports = [{"name": p.get("name", ""), "port": _target(p, pods), "protocol": p.get("protocol", "TCP")}
                 for p in service["spec"].get("ports", [])]  # fmt: skip
        subset = {"addresses": [_address(p) for p in pods if is_ready(p)],
                  "notReadyAddresses": [_address(p) for p in pods if not is_ready(p)]}  # fmt: skip
        subset = {key: found for key, found in subset.items() if found}
        meta = {"name": name, "labels": service["metadata"].get("labels", {})}
        put(
            store,
            ENDPOINTS,
            namespace,
            {"metadata": meta, "subsets": [{**subset, "ports": ports}] if subset else []},
        )
        found = [{"addresses": [p["status"]["podIP"]], "conditions": {"ready": is_ready(p)},
                  "targetRef": {"kind": "Pod", "name": p["metadata"]["name"]}} for p in pods]  # fmt: skip
        meta = {"name": f"{name}-slice", "labels": {"kubernetes.io/service-name": name},
                "ownerReferences": reference(service)}  # fmt: skip
        put(
            store,
            SLICES,
            namespace,
            {"metadata": meta, "addressType": "IPv4", "endpoints": found, "ports": ports},
        )


def set_status(store: Store, resource: Resource, body: Object, status: Object) -> None:
    """Changes the status of an object, and nothing else."""
    meta = body["metadata"]
    store.change(resource, meta["namespace"], meta["name"], lambda b: b.update(status=status))


def _address(pod: Object) -> Object:
    target = {"kind": "Pod", "name": pod["metadata"]["name"], "namespace": pod["metadata"]["namespace"]}
    return {"ip": pod["status"]["podIP"], "nodeName": pod["spec"].get("nodeName"), "targetRef": target}


def _target(port: Object, pods: list[Object]) -> int:
    """The number of a port that may be named."""
    target = port.get("targetPort", port["port"])
    if isinstance(target, int):
        return target
    named: dict[Any, int] = {p["name"]: p["containerPort"] for pod in pods for c in pod["spec"]["containers"]
             for p in c.get("ports", []) if "name" in p}  # fmt: skip
    return named.get(target, int(port["port"]))


def autoscalers(store: Store, world: World) -> None:
    """Replicas within bounds, and upwards by utilization; downwards it waits, as a real one does."""
    for one in store.all(AUTOSCALERS):
        namespace, spec = one["metadata"]["namespace"], one["spec"]
        target = store.find(DEPLOYMENTS, namespace, spec["scaleTargetRef"]["name"])
        if target is None:
            continue
        current = target["spec"]["replicas"]
        wanted = _wanted(spec, world, current) if current else 0  # at zero it is switched off
        if wanted != current:
            target["spec"]["replicas"] = wanted
            store.replace(DEPLOYMENTS, target)
            record(
                store, one, "Normal", "SuccessfulRescale", f"New size: {wanted}; reason: metrics or bounds"
            )
        measured = [_measured(name, used) for name, used in world.utilization.items()]
        conditions = _scaling(active=bool(measured and current), limited=wanted == spec["maxReplicas"])
        _with_times(one, conditions)
        status = {"currentReplicas": current, "desiredReplicas": wanted, "currentMetrics": measured}
        set_status(store, AUTOSCALERS, one, {**status, "conditions": conditions})


def _measured(name: str, used: int) -> Object:
    current = {"averageUtilization": used, "averageValue": "1"}
    return {"type": "Resource", "resource": {"name": name, "current": current}}


def _scaling(*, active: bool, limited: bool) -> list[Object]:
    said = (
        ("AbleToScale", True, "ReadyForNewScale"),
        ("ScalingActive", active, "ValidMetricFound" if active else "FailedGetResourceMetric"),
        ("ScalingLimited", limited, "TooManyReplicas" if limited else "DesiredWithinRange"),
    )
    return [{"type": t, "status": str(is_so), "reason": why, "message": ""} for t, is_so, why in said]


def _with_times(one: Object, conditions: list[Object]) -> None:
    before = {c["type"]: c for c in one.get("status", {}).get("conditions", [])}
    for condition in conditions:
        old = before.get(condition["type"], {})
        same = old.get("status") == condition["status"]
        condition["lastTransitionTime"] = old["lastTransitionTime"] if same else now()


def _wanted(spec: Object, world: World, current: int) -> int:
    wanted = current
    for metric in spec.get("metrics", []):
        of = metric.get("resource", {})
        target = of.get("target", {}).get("averageUtilization")
        used = world.utilization.get(of.get("name", ""))
        if target and used and used / target > 1.1:
            wanted = max(wanted, math.ceil(current * used / target))
    return int(max(spec.get("minReplicas", 1), min(wanted, spec["maxReplicas"])))


def budgets(store: Store) -> None:
    """How many pods may be evicted now."""
    for one in store.all(BUDGETS):
        set_status(store, BUDGETS, one, budget(store, one))


def budget(store: Store, one: Object) -> Object:
    """The status of a disruption budget."""
    pods = pods_matching(store, one["metadata"]["namespace"], one["spec"].get("selector"))
    healthy, expected = sum(map(is_ready, pods)), _expected(store, pods)
    if "minAvailable" in one["spec"]:
        needed = _part(one["spec"]["minAvailable"], expected)
    else:
        needed = expected - _part(one["spec"].get("maxUnavailable", 0), expected)
    return {
        "currentHealthy": healthy,
        "desiredHealthy": needed,
        "expectedPods": expected,
        "disruptionsAllowed": max(healthy - needed, 0),
        "observedGeneration": one["metadata"]["generation"],
    }


def _expected(store: Store, pods: list[Object]) -> int:
    """The replicas of the deployments that pods are of: one that was evicted counts until it is replaced."""
    sets = _owners(store.all(REPLICASETS), pods)
    return sum(d["spec"].get("replicas", 1) for d in _owners(store.all(DEPLOYMENTS), sets))


def _owners(of: list[Object], owned: list[Object]) -> list[Object]:
    return [one for one in of if owned_by(one, owned)]


def _part(told: int | str, of: int) -> int:
    return told if isinstance(told, int) else math.ceil(int(told.removesuffix("%")) * of / 100)


def jobs(store: Store) -> None:
    """One pod a job; what becomes of it is what becomes of the job."""
    for job in store.all(JOBS):
        pods = owned_by(job, store.all(PODS, job["metadata"]["namespace"]))
        if job.get("status", {}).get("succeeded"):
            continue
        if not pods:
            _start(store, job)
        if any(p["status"].get("phase") == "Succeeded" for p in pods):
            done = {"type": "Complete", "status": "True", "reason": "CompletionsReached"}
            conditions = [{**done, "lastTransitionTime": now()}]
            set_status(store, JOBS, job, {"succeeded": 1, "completionTime": now(), "conditions": conditions})


def _start(store: Store, job: Object) -> None:
    meta, template = job["metadata"], job["spec"]["template"]
    labels = {**template.get("metadata", {}).get("labels", {}), "job-name": meta["name"]}
    made = {"name": f"{meta['name']}-0", "labels": labels, "ownerReferences": reference(job)}
    body = {"metadata": made, "spec": template["spec"], "status": {"phase": "Pending"}}
    store.create(PODS, meta["namespace"], body)
    record(store, job, "Normal", "SuccessfulCreate", f"Created pod: {made['name']}")
