"""Whether Prometheus reaches every server."""

from nba_mcp_synthesis.operations.deploy.names import SERVICE
from nba_mcp_synthesis.operations.health.catalogue import Spec
from nba_mcp_synthesis.operations.health.check import Finding, of_parts
from nba_mcp_synthesis.operations.health.ground import Ground
from nba_mcp_synthesis.operations.health.prometheus import asked


def check(_: Spec, ground: Ground) -> Finding:
    """Targets that are up, of all that the service has."""
    data = asked(ground, "/api/v1/targets?state=active")
    ours = [
        one
        for one in data.get("activeTargets", [])
        if one["labels"].get("namespace") == ground.kubectl.namespace
        and one["labels"].get("service") == SERVICE
    ]
    if not ours:
        told = f"Prometheus has no target behind {SERVICE}: apply k8s/servicemonitor.yaml."
        return Finding("fail", told, 0, 1)
    down = [one for one in ours if one.get("health") != "up"]
    faults = [
        f"{one['labels'].get('pod', one['labels'].get('instance', 'a target'))} is not reached: "
        f"{one.get('lastError') or one.get('health', 'unknown')}."
        for one in down
    ]
    return of_parts(len(ours) - len(down), faults, f"Prometheus reaches all {len(ours)} servers.", len(ours))
