"""Where the past is known from: Prometheus, the changelog and the audit log."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from nba_mcp_synthesis.connectors.prometheus import PrometheusConnector
from nba_mcp_synthesis.errors import Unavailable
from nba_mcp_synthesis.operations.alert_history import Spell, history
from nba_mcp_synthesis.operations.changes import Change, deployments
from nba_mcp_synthesis.settings import Settings

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Sources:
    """Where the past is known from; each is asked for a span, and may raise Unavailable."""

    alerts: Callable[[datetime, datetime], list[Spell]]
    deployments: Callable[[datetime, datetime], list[Change]]
    rotations: Callable[[datetime, datetime], list[dict[str, Any]]]


def sources_of(settings: Settings, changelog: Path, rotations: Callable[[datetime], Rows]) -> Sources:
    """The sources by the settings; `rotations` gives the rows of the audit log since a moment."""

    def alerts(begin: datetime, end: datetime) -> list[Spell]:
        if settings.prometheus_url is None:
            raise Unavailable("NBA_MCP_PROMETHEUS_URL is not set.")
        return history(PrometheusConnector(settings.prometheus_url), begin, end)

    def rotated(begin: datetime, end: datetime) -> Rows:
        return [row for row in rotations(begin) if datetime.fromisoformat(row["at"]) <= end]

    return Sources(alerts, lambda begin, end: deployments(changelog, begin, end), rotated)
