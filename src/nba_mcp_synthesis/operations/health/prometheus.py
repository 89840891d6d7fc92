"""Questions to the Prometheus of the cluster, by a port that is forwarded to it."""

from typing import Any

from nba_mcp_synthesis.connectors.faults import DoorClosed, Fault
from nba_mcp_synthesis.operations.health.ground import Ground
from nba_mcp_synthesis.operations.health.web import get

SERVICE, PORT = "monitoring-prometheus", 9090


def asked(ground: Ground, path: str) -> dict[str, Any]:
    """The data of an answer of its API; raises KubectlFailed or DoorClosed."""
    ground.cluster()
    with ground.monitoring.forwarded(SERVICE, PORT) as url:
        answer = get(url + path, "Prometheus")
    said = answer.json() if answer.status == 200 else None
    if not isinstance(said, dict) or not isinstance(said.get("data"), dict):
        raise DoorClosed(Fault("unknown", f"Prometheus answers {answer.status}, and not as its API does."))
    return dict(said["data"])
