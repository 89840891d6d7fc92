"""What the reports of secrets and doors come to: right, wrong, or not to be told."""

import math
from typing import Literal

from nba_mcp_synthesis.connectors.connector import Connector
from nba_mcp_synthesis.connectors.outcome import UNREACHABLE, Outcome
from nba_mcp_synthesis.operations.health.check import Finding, judged
from nba_mcp_synthesis.secrets.report import LoadReport

Verdict = Literal["ok", "failed", "down"]


def secrets_verdict(report: LoadReport) -> Verdict:
    """`failed` where something has to be mended; `down` where a level is away and nothing else is wrong."""
    kinds = {finding.kind for finding in report.errors}
    away = "unreachable" in kinds
    kinds -= {"unreachable", "missing"} if away else set()  # what is missing may be there
    return "failed" if kinds else "down" if away else "ok"


def door_verdict(outcome: Outcome) -> Verdict:
    """`down` where the other side is away or busy."""
    return "ok" if outcome.ok else "down" if outcome.reason in UNREACHABLE else "failed"


def door_finding(connector: Connector, what: str, warn_ms: float) -> Finding:
    """The time until a door opens; else whether name, network, TLS, login or permission is at fault.

    The first time also loads libraries, and many checks load theirs at once: what counts is the second.
    """
    outcome = connector.check()
    if outcome.ok or outcome.reason == "timeout":
        outcome = connector.check()
    if outcome.ok:
        took = outcome.seconds * 1_000
        return judged(took, f"{what} answers, in {took:.0f} ms.", warn=warn_ms, fail=math.inf)
    away = door_verdict(outcome) == "down"
    return Finding("fail", f"{outcome.reason}: {outcome.message}", None, warn_ms, away=away)
