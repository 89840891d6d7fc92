"""Whether a rollout that is ready answers: inside the cluster, and through the ingress."""

import http.client
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

from nba_mcp_synthesis.connectors.kubectl import KubectlConnector, KubectlFailed
from nba_mcp_synthesis.errors import NbaMcpError
from nba_mcp_synthesis.operations.deploy.interruption import Interruption
from nba_mcp_synthesis.operations.deploy.names import INGRESS, SERVICE, SERVICE_PORT

_SECONDS = 5.0
_PAUSE = 1.0
_MOST_BYTES = 1_000_000
# A forwarded port is on this machine, where no proxy finds it.
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class NotHealthy(NbaMcpError):
    """Pods are ready, and what they answer is not well."""


def inside(kubectl: KubectlConnector, seconds: float, interruption: Interruption) -> str:
    """A sentence about /health by way of a port-forward to the service; raises NotHealthy.

    Raises KubectlFailed where the cluster is away: then nothing is known of the service.
    """

    def ask() -> str:
        with kubectl.forwarded(SERVICE, SERVICE_PORT) as url:
            return _health(url, _DIRECT.open)

    return _until_healthy(ask, f"service {SERVICE}", seconds, interruption)


def through(url: str, seconds: float, interruption: Interruption) -> str:
    """A sentence about /health at the address that people use; raises NotHealthy."""
    return _until_healthy(lambda: _health(url), url, seconds, interruption)


def ingress_url(kubectl: KubectlConnector) -> str | None:
    """The address that the ingress serves; None where there is no ingress, or it names no host."""
    ingress = kubectl.find("ingress", INGRESS)
    spec = (ingress or {}).get("spec", {})
    hosts = [rule["host"] for rule in spec.get("rules", []) if rule.get("host")]
    secured = {host for one in spec.get("tls", []) for host in one.get("hosts", [])}
    annotations = (ingress or {}).get("metadata", {}).get("annotations", {})
    if not hosts:
        return None
    by_load_balancer = "alb.ingress.kubernetes.io/certificate-arn" in annotations
    by_load_balancer |= "HTTPS" in annotations.get("alb.ingress.kubernetes.io/listen-ports", "")
    return f"{'https' if hosts[0] in secured or by_load_balancer else 'http'}://{hosts[0]}"


def _until_healthy(ask: Callable[[], str], what: str, seconds: float, interruption: Interruption) -> str:
    deadline = time.monotonic() + seconds
    while True:
        try:
            return f"{what}: {ask()}"
        except (OSError, ValueError, http.client.HTTPException, KubectlFailed, NotHealthy) as error:
            if time.monotonic() > deadline:
                if isinstance(error, KubectlFailed) and error.is_away:
                    raise
                raise NotHealthy(f"{what} was not healthy within {seconds:g} s: {_told(error)}") from None
        interruption.wait(_PAUSE)


def _health(base: str, ask: Callable[..., Any] = urllib.request.urlopen) -> str:
    """The status that /health tells; raises NotHealthy, OSError, HTTPException or ValueError."""
    request = urllib.request.Request(f"{base.rstrip('/')}/health", headers={"Accept": "application/json"})  # noqa: S310
    try:
        with ask(request, timeout=_SECONDS) as answer:
            said = json.loads(answer.read(_MOST_BYTES))
    except urllib.error.HTTPError as error:
        with error:
            raise NotHealthy(f"/health answers {error.code}.") from None
    status = said.get("status") if isinstance(said, dict) else None
    if status not in ("ok", "degraded"):
        raise NotHealthy("/health answers, and is not of this service.")
    return f"/health says {status}"


def _told(error: Exception) -> str:
    if isinstance(error, NbaMcpError):
        return error.message
    if isinstance(error, ValueError):
        return "/health answers no JSON."
    if isinstance(error, http.client.HTTPException):
        return f"/health answers no whole HTTP ({type(error).__name__})."
    reason = getattr(error, "reason", error)
    return f"{getattr(reason, 'strerror', None) or type(reason).__name__}."
