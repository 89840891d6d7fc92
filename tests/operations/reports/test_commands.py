"""Every command of the daily, weekly, monthly, performance and security parts has a step for its work."""

from pathlib import Path
from typing import Any

import yaml

from nba_mcp_synthesis.operations.checklists.checks import CHECKS
from nba_mcp_synthesis.operations.checklists.running import checklists

COMMANDS: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).resolve().parents[3] / "docs/operations-commands.yaml").read_text("utf-8")
)
# The headings of the guide from "Daily Operations" to "Security Operations", and its daily check.
PARTS = {
    "Access Audit",
    "Access Monitoring",
    "Access Review",
    "Backup Verification",
    "Capacity Planning",
    "Compliance Check",
    "Cost Optimization",
    "Daily Health Checks",
    "Disaster Recovery Testing",
    "Historical Analysis",
    "Performance Metrics",
    "Performance Monitoring Setup",
    "Performance Tuning",
    "Real-time Monitoring",
    "Resource Optimization",
    "Resource Utilization Trends",
    "Security Audit",
    "Security Monitoring",
    "System Health Review",
    "Threat Detection",
    "Vulnerability Assessment",
    "Vulnerability Scanning",
}
SOURCES = {
    "aws",
    "cluster",
    "costs",
    "database",
    "incidents",
    "packages",
    "prometheus",
    "redis",
    "reports",
    "service",
    "state",
    "trivy",
}


def test_every_command_of_these_parts_has_a_step() -> None:
    asked = [
        one for one in COMMANDS if any(place == f"guide, {part}" for place in one["from"] for part in PARTS)
    ]
    assert len(asked) > 55
    assert [one["id"] for one in asked if not one.get("checklist")] == []


def test_every_step_that_is_named_is_there() -> None:
    steps = {f"{name}/{step}" for name, found in checklists().items() for step in found}
    named = {step for one in COMMANDS for step in one.get("checklist", ())}
    assert named - steps == set()


def test_steps_and_checks_are_the_same_both_ways() -> None:
    assert list(checklists()) == ["morning", "afternoon", "performance", "security", "recovery", "monthly"]
    told = [(key, step) for found in checklists().values() for key, step in found.items()]
    assert {step.get("check", key) for key, step in told} == set(CHECKS)
    assert {step["source"] for _, step in told} == SOURCES
    assert all(set(step) <= {"title", "source", "check"} for _, step in told)
    # An identity that may not see costs is no reason to leave out all else in AWS.
    assert [key for key, step in told if step["source"] == "costs"] == ["costs"]
