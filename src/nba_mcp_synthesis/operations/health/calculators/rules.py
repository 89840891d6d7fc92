"""Whether Prometheus has loaded the alerts that the cluster has been given, and can compute them."""

from collections import Counter
from typing import Any

from nba_mcp_synthesis.connectors.kubectl import KubectlConnector
from nba_mcp_synthesis.operations.health.catalogue import Spec
from nba_mcp_synthesis.operations.health.check import Finding
from nba_mcp_synthesis.operations.health.ground import Ground
from nba_mcp_synthesis.operations.health.prometheus import asked

_OURS = "app=nba-mcp-synthesis"


def check(_: Spec, ground: Ground) -> Finding:
    """Rules of alerts that are loaded and sound, of those in the PrometheusRule objects."""
    ground.cluster()
    given = _given(ground.monitoring)
    if not given:
        told = f"Namespace {ground.monitoring.namespace} has no prometheusrule with an alert of ours."
        return Finding("fail", f"{told} Apply k8s/monitoring.", 0, 1)
    loaded = _loaded(asked(ground, "/api/v1/rules?type=alert"))
    missing = given - Counter({name: len(states) for name, states in loaded.items()})
    broken = sorted(name for name in given if "err" in loaded.get(name, ()))
    faults = [f"Prometheus has not loaded {', '.join(sorted(missing))}."] if missing else []
    faults += [f"Prometheus cannot compute {', '.join(broken)}."] if broken else []
    good = given.total() - missing.total() - sum(loaded[name].count("err") for name in broken)
    told = " ".join(faults) or f"Prometheus has loaded all {given.total()} rules of alerts."
    return Finding("fail" if faults else "pass", told, good, given.total())


def _given(monitoring: KubectlConnector) -> Counter[str]:
    """How many rules each alert has in the cluster's objects; several speeds of one promise share a name."""
    objects = monitoring.items("prometheusrules.monitoring.coreos.com", _OURS)
    groups = [group for one in objects for group in one.get("spec", {}).get("groups", [])]
    return Counter(rule["alert"] for group in groups for rule in group.get("rules", []) if "alert" in rule)


def _loaded(data: dict[str, Any]) -> dict[str, list[str]]:
    """What Prometheus says of the rules of each alert: ok, err or unknown."""
    found: dict[str, list[str]] = {}
    for group in data.get("groups", []):
        for rule in group.get("rules", []):
            found.setdefault(rule["name"], []).append(str(rule.get("health", "unknown")))
    return found
