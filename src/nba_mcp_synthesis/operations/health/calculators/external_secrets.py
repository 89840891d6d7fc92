"""Whether the operator of external secrets brings in what AWS Secrets Manager has."""

from typing import Any

from nba_mcp_synthesis.connectors.kubectl import KubectlFailed
from nba_mcp_synthesis.operations.health.catalogue import Spec
from nba_mcp_synthesis.operations.health.check import Finding, of_parts
from nba_mcp_synthesis.operations.health.ground import Ground


def check(_: Spec, ground: Ground) -> Finding:
    """External secrets that are synchronised, of all."""
    kubectl = ground.cluster()
    try:
        found = kubectl.items("externalsecrets.external-secrets.io")
    except KubectlFailed as error:
        if error.fault.kind != "not found":
            raise
        return Finding("skip", "The cluster knows no external secrets: they come another way.")
    if not found:
        return Finding(
            "skip", f"Namespace {kubectl.namespace} has no external secrets: they come another way."
        )
    faults = [told for one in found if (told := _fault(one))]
    all_well = f"All {len(found)} external secrets are synchronised."
    return of_parts(len(found) - len(faults), faults, all_well, len(found))


def _fault(one: dict[str, Any]) -> str:
    name = one["metadata"]["name"]
    conditions = one.get("status", {}).get("conditions", [])
    ready = next((c for c in conditions if c["type"] == "Ready"), None)
    if ready is None:
        return f"{name} has never been synchronised."
    return "" if ready["status"] == "True" else f"{name}: {ready.get('reason', 'it is not ready')}."
