"""Whether the service has addresses that take requests, and answers by them."""

from typing import Any

from nba_mcp_synthesis.errors import NbaMcpError
from nba_mcp_synthesis.operations.deploy.names import SERVICE, SERVICE_PORT
from nba_mcp_synthesis.operations.health.catalogue import Spec
from nba_mcp_synthesis.operations.health.check import Finding
from nba_mcp_synthesis.operations.health.failures import failure_of
from nba_mcp_synthesis.operations.health.ground import Ground
from nba_mcp_synthesis.operations.health.web import service_health


def check(_: Spec, ground: Ground) -> Finding:
    """Addresses that are ready, of all; then /health through the service."""
    kubectl = ground.cluster()
    if kubectl.find("service", SERVICE) is None:
        return Finding("fail", f"There is no service {SERVICE} in namespace {kubectl.namespace}.")
    slices = kubectl.items("endpointslices", f"kubernetes.io/service-name={SERVICE}")
    found = [one for part in slices for one in part.get("endpoints") or []]
    ready, total = sum(map(_is_ready, found)), len(found)
    if not ready:
        return Finding("fail", f"None of the {total} addresses of {SERVICE} takes requests.", 0, total or 1)
    counted = f"{ready} of {total} addresses take requests"
    try:
        with kubectl.forwarded(SERVICE, SERVICE_PORT) as url:
            health = service_health(url, f"service {SERVICE}")
    except NbaMcpError as error:
        failure = failure_of(error)
        return Finding("fail", f"{counted}, but: {failure.message}", ready, total, away=failure.away)
    is_well = health.status == "ok" and ready == total
    return Finding("pass" if is_well else "warn", f"{counted}; {health}.", ready, total)


def _is_ready(one: dict[str, Any]) -> bool:
    """By the API, an unknown state counts as ready."""
    return one.get("conditions", {}).get("ready") is not False
