"""All rules, as the groups of a Prometheus rule file."""

from typing import Any

from nba_mcp_synthesis.operations.monitoring import slos
from nba_mcp_synthesis.operations.monitoring.sources import Sources


def groups(sources: Sources) -> list[dict[str, Any]]:
    """First what is recorded, then promises, then the alerts of each file."""
    promised = [rule for slo in sources.slos for rule in slos.recording(slo)]
    return [
        {"name": "nba-mcp.recording", "rules": sources.recording},
        {"name": "nba-mcp.slo", "rules": promised},
        *(
            {"name": f"nba-mcp.{file}", "rules": [rule(alert, sources.contacts["links"]) for alert in alerts]}
            for file, alerts in all_alerts(sources).items()
        ),
    ]


def all_alerts(sources: Sources) -> dict[str, list[dict[str, Any]]]:
    """The alerts by file, and those of promises as `burn`."""
    burning = [alert for slo in sources.slos for alert in slos.alerts(slo, sources.constants["pages"])]
    return {**sources.alerts, "burn": burning}


def rule(alert: dict[str, Any], links: dict[str, str]) -> dict[str, Any]:
    """An alerting rule: its labels decide where it goes, its annotations are what people read."""
    return {
        "alert": alert["alert"],
        "expr": alert["expr"],
        "for": alert["for"],
        "labels": {
            "severity": alert["severity"],
            "service": "nba-mcp-synthesis",
            "source": alert["source"],
            **alert.get("labels", {}),
        },
        "annotations": {
            "summary": alert["summary"],
            "description": alert["description"],
            "dashboard_url": f"{links['grafana']}/d/{alert['dashboard']}",
            "runbook_url": f"{links['runbooks']}/{alert['alert']}.md",
        },
    }
