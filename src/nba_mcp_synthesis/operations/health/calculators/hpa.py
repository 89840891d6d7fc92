"""Whether the autoscaler can scale, and has room left."""

from typing import Any

from nba_mcp_synthesis.operations.deploy.names import AUTOSCALER
from nba_mcp_synthesis.operations.health.catalogue import Spec
from nba_mcp_synthesis.operations.health.check import Finding
from nba_mcp_synthesis.operations.health.ground import Ground


def check(spec: Spec, ground: Ground) -> Finding:
    """Replicas now, of the most that there may be."""
    one = ground.cluster().find("horizontalpodautoscaler", AUTOSCALER)
    if one is None:
        return Finding(
            "fail", f"There is no autoscaler {AUTOSCALER} in namespace {ground.kubectl.namespace}."
        )
    status, most = one.get("status", {}), int(one["spec"]["maxReplicas"])
    current = int(status.get("currentReplicas", 0))
    measured = _measured(one)
    told = f"{current} of at most {most} replicas run ({measured})."
    conditions = {c["type"]: c for c in status.get("conditions", [])}
    if fault := _blind(conditions):
        return Finding("fail", f"The autoscaler does not scale: {fault}. {told}", current, most)
    if current >= most and (one["spec"].get("minReplicas", 1) < most or _is_limited(conditions)):
        return Finding(
            "fail", f"The autoscaler is at its limit: {told} More load finds no room.", current, most
        )
    warn = spec.limit("warn_share") * most
    if current >= warn and one["spec"].get("minReplicas", 1) < most:
        return Finding("warn", f"The autoscaler nears its limit: {told}", current, warn)
    return Finding("pass", told, current, most)


def _blind(conditions: dict[str, Any]) -> str:
    """Why it does not scale; empty where it does."""
    for kind in ("AbleToScale", "ScalingActive"):
        one = conditions.get(kind)
        if one is None:
            return "nothing is measured yet"
        if one["status"] != "True":
            return str(one.get("reason") or kind)
    return ""


def _is_limited(conditions: dict[str, Any]) -> bool:
    one = conditions.get("ScalingLimited", {})
    return bool(one.get("status") == "True" and one.get("reason") == "TooManyReplicas")


def _measured(one: dict[str, Any]) -> str:
    """What it measures, and what it aims at: cpu 40 % of 70 %."""
    targets = {
        m["resource"]["name"]: m["resource"]["target"].get("averageUtilization")
        for m in one["spec"].get("metrics", [])
        if m.get("type") == "Resource"
    }
    found = [
        f"{m['resource']['name']} {m['resource']['current'].get('averageUtilization')} % "
        f"of {targets.get(m['resource']['name'])} %"
        for m in one.get("status", {}).get("currentMetrics") or []
        if m.get("type") == "Resource"
    ]
    return ", ".join(found) or "nothing is measured"
