"""Whether every secret that is needed or held is as the manifest says."""

from nba_mcp_synthesis.operations.health.catalogue import Spec
from nba_mcp_synthesis.operations.health.check import Finding
from nba_mcp_synthesis.operations.health.ground import Ground
from nba_mcp_synthesis.operations.health.verdicts import secrets_verdict


def check(_: Spec, ground: Ground) -> Finding:
    """Faults of secrets; there should be none."""
    report = ground.manager().refresh()
    errors, others = report.errors, [f for f in report.findings if f.severity != "error"]
    if errors:
        away = secrets_verdict(report) == "down"
        return Finding("fail", " ".join(map(str, errors)), len(errors), 0, away=away)
    held = sum(entry.held for entry in report.entries)
    if others:
        return Finding("warn", " ".join(map(str, others)), len(others), 0)
    return Finding("pass", f"{held} secrets are held, and nothing is wrong with them.", 0, 0)
