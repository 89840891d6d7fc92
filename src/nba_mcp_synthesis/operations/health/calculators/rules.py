"""Whether Prometheus has loaded the alerts that the cluster has been given, and can compute them."""

from typing import Any

from nba_mcp_synthesis.connectors.kubectl import KubectlConnector
from nba_mcp_synthesis.operations.health.catalogue import Spec
from nba_mcp_synthesis.operations.health.check import Finding
from nba_mcp_synthesis.operations.health.ground import Ground
from nba_mcp_synthesis.operations.health.prometheus import asked

_OURS = "app=nba-mcp-synthesis"


def check(_: Spec, ground: Ground) -> Finding:
    """Alerts that are loaded and sound, of those in the PrometheusRule objects."""
    ground.cluster()
    given = _given(ground.monitoring)
    if not given:
        told = f"Namespace {ground.monitoring.namespace} has no prometheusrule with an alert of ours."
        return Finding("fail", f"{told} Apply k8s/monitoring.", 0, 1)
    loaded = _loaded(asked(ground, "/api/v1/rules?type=alert"))
    missing = sorted(given - loaded.keys())
    broken = sorted(name for name in given & loaded.keys() if loaded[name] == "err")
    faults = [f"Prometheus has not loaded {', '.join(missing)}."] if missing else []
    faults += [f"Prometheus cannot compute {', '.join(broken)}."] if broken else []
    good = len(given) - len(missing) - len(broken)
    told = " ".join(faults) or f"Prometheus has loaded all {len(given)} alerts."
    return Finding("fail" if faults else "pass", told, good, len(given))


def _given(monitoring: KubectlConnector) -> set[str]:
    """The names of the alerts in the cluster's objects."""
    objects = monitoring.items("prometheusrules.monitoring.coreos.com", _OURS)
    groups = [group for one in objects for group in one.get("spec", {}).get("groups", [])]
    return {rule["alert"] for group in groups for rule in group.get("rules", []) if "alert" in rule}


def _loaded(data: dict[str, Any]) -> dict[str, str]:
    """What Prometheus says of each alert by name: ok, err or unknown."""
    return {
        rule["name"]: str(rule.get("health", "unknown"))
        for group in data.get("groups", [])
        for rule in group.get("rules", [])
    }
