"""Whether every deployment has rolled out, and has the replicas that it should."""

from typing import Any

from nba_mcp_synthesis.operations.deploy.names import APP
from nba_mcp_synthesis.operations.health.catalogue import Spec
from nba_mcp_synthesis.operations.health.check import Finding, of_parts
from nba_mcp_synthesis.operations.health.ground import Ground


def check(_: Spec, ground: Ground) -> Finding:
    """Complete deployments, of all."""
    deployments = ground.cluster().items("deployments")
    faults = [told for one in deployments if (told := _fault(one))]
    total = len(deployments)
    if not any(one["metadata"]["name"] == APP for one in deployments):
        faults.insert(0, f"There is no deployment {APP} in namespace {ground.kubectl.namespace}.")
        total += 1
    details = tuple(f"{one['metadata']['name']}: {_counts(one)}" for one in deployments)
    return of_parts(total - len(faults), faults, f"All {total} deployments are complete.", total, details)


def _fault(one: dict[str, Any]) -> str:
    """What keeps a deployment from being complete; empty where nothing does."""
    name, spec, status = one["metadata"]["name"], one["spec"], one.get("status", {})
    stuck = [c for c in status.get("conditions", []) if c.get("reason") == "ProgressDeadlineExceeded"]
    if not spec.get("replicas", 1):
        return f"{name} is scaled to 0."
    if spec.get("paused"):
        return f"{name} is paused; `kubectl rollout resume deployment/{name}` lets it go on."
    if stuck:
        return f"{name} exceeded its progress deadline: {_counts(one)}."
    if status.get("observedGeneration", 0) < one["metadata"].get("generation", 0):
        return f"{name} has a change that nobody has taken up yet."
    wanted = spec.get("replicas", 1)
    done = all(status.get(n, 0) == wanted for n in ("updatedReplicas", "replicas", "availableReplicas"))
    return "" if done else f"{name} is not complete: {_counts(one)}."


def _counts(one: dict[str, Any]) -> str:
    status, wanted = one.get("status", {}), one["spec"].get("replicas", 1)
    new, available = status.get("updatedReplicas", 0), status.get("availableReplicas", 0)
    return f"{available} of {wanted} replicas are available, {new} are of the newest revision"
