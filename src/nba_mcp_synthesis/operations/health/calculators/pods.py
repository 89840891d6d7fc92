"""Whether every pod is ready. Those of jobs end by themselves and are no part of this."""

from datetime import UTC, datetime, timedelta
from typing import Any

from nba_mcp_synthesis.operations.deploy.names import APP
from nba_mcp_synthesis.operations.health.catalogue import Spec
from nba_mcp_synthesis.operations.health.check import Finding, of_parts
from nba_mcp_synthesis.operations.health.ground import Ground

Pod = dict[str, Any]
_KEEPERS = ("ReplicaSet", "StatefulSet", "DaemonSet")


def check(spec: Spec, ground: Ground) -> Finding:
    """Ready pods, of all that should be."""
    pods = [pod for pod in ground.cluster().items("pods") if _is_kept(pod)]
    faults = [f"{_name(pod)} is not ready: {_why(pod)}." for pod in pods if not is_ready(pod)]
    if not any(pod["metadata"].get("labels", {}).get("app") == APP for pod in pods):
        faults.insert(0, f"No pod of {APP} is there.")
    ready = sum(map(is_ready, pods))
    details = tuple(f"{_name(pod)}: {_state(pod)}" for pod in pods)
    found = of_parts(ready, faults, f"All {len(pods)} pods are ready.", len(pods), details)
    restarted = [told for pod in pods for told in _restarts(pod, spec.limit("restarted_minutes"))]
    if found.result == "pass" and restarted:
        return Finding("warn", " ".join(restarted), found.number, found.threshold, details=details)
    return found


def is_ready(pod: Pod) -> bool:
    """Whether a pod takes requests: by its condition, and not by any text that has the word in it."""
    conditions = pod.get("status", {}).get("conditions", [])
    return any(one["type"] == "Ready" and one["status"] == "True" for one in conditions)


def _is_kept(pod: Pod) -> bool:
    """Whether something keeps a pod like this one running; what was evicted or is going was replaced."""
    owners = [one["kind"] for one in pod["metadata"].get("ownerReferences", [])]
    is_over = pod.get("status", {}).get("phase") in ("Failed", "Succeeded")
    return any(kind in _KEEPERS for kind in owners) and not (
        is_over or "deletionTimestamp" in pod["metadata"]
    )


def _name(pod: Pod) -> str:
    return str(pod["metadata"]["name"])


def _state(pod: Pod) -> str:
    return f"{pod.get('status', {}).get('phase', 'Unknown')}, {'ready' if is_ready(pod) else 'not ready'}"


def _containers(pod: Pod) -> list[dict[str, Any]]:
    status = pod.get("status", {})
    return [*status.get("initContainerStatuses", []), *status.get("containerStatuses", [])]


def _why(pod: Pod) -> str:
    """The reason that a container waits, or that the pod has no place; else its phase."""
    for one in _containers(pod):
        waiting = one.get("state", {}).get("waiting", {}).get("reason")
        if waiting:
            times = f" after {one['restartCount']} restarts" if one.get("restartCount") else ""
            return f"{one['name']} is in {waiting}{times}"
    conditions = pod.get("status", {}).get("conditions", [])
    if any(one["type"] == "PodScheduled" and one["status"] == "False" for one in conditions):
        return "no node has room for it"
    phase = pod.get("status", {}).get("phase", "Unknown")
    return "its readiness probe fails" if phase == "Running" else f"it is {phase}"


def _restarts(pod: Pod, minutes: float) -> list[str]:
    """A sentence for each container that ended lately and runs again."""
    since = datetime.now(UTC) - timedelta(minutes=minutes)
    found = []
    for one in _containers(pod):
        ended = one.get("lastState", {}).get("terminated", {})
        at = ended.get("finishedAt")
        if at and datetime.fromisoformat(at) > since:
            why = ended.get("reason", "Error")
            found.append(f"{one['name']} in {_name(pod)} ended ({why}) within {minutes:g} minutes, and runs.")
    return found
