"""How near the pods are to their limits of memory and processor time."""

import json
from typing import Any

from nba_mcp_synthesis.connectors.faults import Fault
from nba_mcp_synthesis.connectors.kubectl import KubectlConnector, KubectlFailed
from nba_mcp_synthesis.operations.health.catalogue import Spec
from nba_mcp_synthesis.operations.health.check import Finding, judged
from nba_mcp_synthesis.operations.health.ground import Ground
from nba_mcp_synthesis.operations.quantities import quantity

Limits = dict[tuple[str, str], dict[str, str]]


def check(spec: Spec, ground: Ground) -> Finding:
    """The largest share of a limit that a container uses, in percent."""
    kubectl = ground.cluster()
    used = _usage(kubectl)
    if not used:
        return Finding(
            "fail", "The metrics server measures no pod here: nothing is known, and nothing scales."
        )
    limits = _limits(kubectl)
    shares = [one for pod, container, usage in used for one in _shares(pod, container, usage, limits)]
    details = tuple(f"{pod}/{container}: {_shown(usage)}" for pod, container, usage in used)
    if not shares:
        return Finding("warn", f"None of {len(used)} containers has a limit.", details=details)
    share, what, where = max(shares)
    told = f"The most is {share:.0f} % of its {what} limit, in {where}; {len(used)} containers are measured."
    warn, fail = spec.limit("warn_percent"), spec.limit("fail_percent")
    return judged(share, told, warn=warn, fail=fail, details=details)


def _usage(kubectl: KubectlConnector) -> list[tuple[str, str, dict[str, str]]]:
    """(pod, container, usage) as `kubectl top` shows it."""
    path = f"/apis/metrics.k8s.io/v1beta1/namespaces/{kubectl.namespace}/pods"
    try:
        pods = json.loads(kubectl.run("get", "--raw", path))["items"]
    except KubectlFailed as error:
        if error.fault.kind != "not found":
            raise
        told = "kubectl: the cluster has no metrics server, so that nothing is known and nothing scales"
        raise KubectlFailed(Fault("not found", f"{told}.")) from None
    return [(p["metadata"]["name"], c["name"], c["usage"]) for p in pods for c in p["containers"]]


def _limits(kubectl: KubectlConnector) -> Limits:
    """The limits by pod and container."""
    return {
        (pod["metadata"]["name"], c["name"]): c.get("resources", {}).get("limits", {})
        for pod in kubectl.items("pods")
        for c in pod["spec"]["containers"]
    }


def _shares(pod: str, container: str, usage: dict[str, str], limits: Limits) -> list[tuple[float, str, str]]:
    """(percent, memory or cpu, where) for each limit that there is."""
    found = limits.get((pod, container), {})
    return [
        (100 * quantity(usage[what]) / most, what, pod)
        for what in ("memory", "cpu")
        if what in found and what in usage and (most := quantity(found[what]))
    ]


def _shown(usage: dict[str, Any]) -> str:
    cpu, memory = quantity(usage.get("cpu", "0")), quantity(usage.get("memory", "0"))
    return f"{cpu * 1_000:.0f}m cpu, {memory / 2**20:.0f} MiB memory"
