"""Health checks: one small function a concern, each with a verdict and a sentence."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from nba_mcp_synthesis.connectors.outcome import UNREACHABLE, Outcome
from nba_mcp_synthesis.doors import door
from nba_mcp_synthesis.secrets.manager import UnifiedSecretsManager
from nba_mcp_synthesis.secrets.report import LoadReport

Verdict = Literal["ok", "failed", "down"]


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """What one check found. `down`: another system is away, so that nothing else can be told."""

    name: str
    verdict: Verdict
    message: str
    seconds: float


def secrets_health(manager: UnifiedSecretsManager) -> HealthCheck:
    """Whether every secret that is needed or held is as the manifest says."""
    started = time.perf_counter()
    report = manager.refresh()
    held = sum(entry.held for entry in report.entries)
    told = [str(finding) for finding in report.errors]
    message = " ".join(told) or f"{held} secrets are held, and nothing is wrong with them."
    return HealthCheck("secrets", secrets_verdict(report), message, time.perf_counter() - started)


def database_health(manager: UnifiedSecretsManager) -> HealthCheck:
    """Whether PostgreSQL answers; if not, whether name, network, TLS, login or permission is at fault."""
    outcome = door("rds", lambda: manager).check()
    prefix = f"{outcome.reason}: " if outcome.reason else ""
    return HealthCheck("database", door_verdict(outcome), prefix + outcome.message, outcome.seconds)


def secrets_verdict(report: LoadReport) -> Verdict:
    """`failed` where something has to be mended; `down` where a level is away and nothing else is wrong."""
    kinds = {finding.kind for finding in report.errors}
    away = "unreachable" in kinds
    kinds -= {"unreachable", "missing"} if away else set()  # what is missing may be there
    return "failed" if kinds else "down" if away else "ok"


def door_verdict(outcome: Outcome) -> Verdict:
    """`down` where the other side is away or busy."""
    return "ok" if outcome.ok else "down" if outcome.reason in UNREACHABLE else "failed"


CHECKS: Mapping[str, Callable[[UnifiedSecretsManager], HealthCheck]] = {
    "secrets": secrets_health,
    "database": database_health,
}
