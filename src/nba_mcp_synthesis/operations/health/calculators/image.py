"""Whether all pods of the service run the image that the deployment names."""

from typing import Any

from nba_mcp_synthesis.operations.deploy.names import APP
from nba_mcp_synthesis.operations.health.catalogue import Spec
from nba_mcp_synthesis.operations.health.check import Finding
from nba_mcp_synthesis.operations.health.ground import Ground


def check(_: Spec, ground: Ground) -> Finding:
    """Images that run; there should be one."""
    kubectl = ground.cluster()
    deployment = kubectl.find("deployment", APP)
    if deployment is None:
        return Finding("fail", f"There is no deployment {APP} in namespace {kubectl.namespace}.", 0, 1)
    named = _image(deployment["spec"]["template"])
    pods = kubectl.items("pods", f"app={APP}")
    running = {_image(pod) for pod in pods if "deletionTimestamp" not in pod["metadata"]} - {""}
    others = sorted(running - {named})
    if others:
        told = f"Pods run {' and '.join(others)}; the deployment names {named}."
        return Finding("fail", told, len(running), 1)
    digest = "@sha256:" in named
    told = f"Every pod runs {named}" + ("." if digest else ", a tag: what it stands for may change.")
    if not running:
        return Finding("fail", f"No pod runs {named}.", 0, 1)
    return Finding("pass" if digest else "warn", told, 1, 1)


def _image(pod: dict[str, Any]) -> str:
    """The image of the service's container."""
    return next((str(c["image"]) for c in pod["spec"]["containers"] if c["name"] == APP), "")
