"""All that an incident looks at."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

from nba_mcp_synthesis.connectors.alertmanager import AlertmanagerConnector
from nba_mcp_synthesis.connectors.kubectl import KubectlConnector
from nba_mcp_synthesis.connectors.prometheus import PrometheusConnector
from nba_mcp_synthesis.connectors.rds import RDSConnector
from nba_mcp_synthesis.doors import rds_login
from nba_mcp_synthesis.errors import Unavailable
from nba_mcp_synthesis.operations.incidents import cluster_parts, database_part, other_parts
from nba_mcp_synthesis.operations.incidents.collecting import Part
from nba_mcp_synthesis.secrets.manager import UnifiedSecretsManager
from nba_mcp_synthesis.settings import Settings

_OF_SECRETS = ("ages of secrets", "health checks", "database activity")


def all_parts(
    settings: Settings, manager: UnifiedSecretsManager | None, changelog: Path, at: datetime
) -> list[Part]:
    """The parts by the settings. Without secrets, those that need them say so."""
    found = cluster_parts.parts(
        KubectlConnector(settings.kube_namespace, settings.kube_context),
        manager.peek("METRICS_TOKEN") if manager else None,
    )
    found.append(other_parts.alerts_part(AlertmanagerConnector(settings.alertmanagers())))
    found.append(other_parts.changes_part(changelog, at))
    if settings.prometheus_url:
        found.append(other_parts.metrics_part(PrometheusConnector(settings.prometheus_url), at))
    else:
        found.append(Part("metrics of the last hour", _refusing("NBA_MCP_PROMETHEUS_URL is not set.")))
    if manager is None:
        return [
            *found,
            *(Part(name, _refusing("The secrets could not be read in time.")) for name in _OF_SECRETS),
        ]
    return [
        *found,
        other_parts.secrets_part(manager),
        other_parts.doors_part(manager),
        database_part.part(RDSConnector(partial(rds_login, lambda: manager))),
    ]


def _refusing(why: str) -> Callable[[], str]:
    def refuse() -> str:
        raise Unavailable(why)

    return refuse
