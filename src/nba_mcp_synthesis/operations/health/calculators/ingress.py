"""Whether the service answers at the address that people use."""

import math
import time

from nba_mcp_synthesis.operations.deploy.names import INGRESS
from nba_mcp_synthesis.operations.health.catalogue import Spec
from nba_mcp_synthesis.operations.health.check import Finding, judged
from nba_mcp_synthesis.operations.health.ground import Ground
from nba_mcp_synthesis.operations.health.web import service_health


def check(spec: Spec, ground: Ground) -> Finding:
    """The time until /health has answered there."""
    url = ground.public_url()
    if url is None:
        told = f"Ingress {INGRESS} is not there or names no host, and NBA_MCP_PUBLIC_URL is not set."
        return Finding("fail", f"Nobody outside reaches the service. {told}")
    started = time.perf_counter()
    health = service_health(url, url)
    took = (time.perf_counter() - started) * 1_000
    told = f"{url}: {health}, in {took:.0f} ms."
    if health.status != "ok":
        return Finding("warn", told, took, spec.limit("warn_ms"))
    return judged(took, told, warn=spec.limit("warn_ms"), fail=math.inf)
