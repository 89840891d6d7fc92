"""Whether the warehouse's PostgreSQL answers; if not, whether name, network, TLS or login is at fault."""

from pydantic import SecretStr

from nba_mcp_synthesis.connectors.connector import Connector
from nba_mcp_synthesis.connectors.postgres_url import URLLogin
from nba_mcp_synthesis.connectors.rds import RDSConnector
from nba_mcp_synthesis.doors import door, warehouse_address
from nba_mcp_synthesis.operations.health.catalogue import Spec
from nba_mcp_synthesis.operations.health.check import Finding
from nba_mcp_synthesis.operations.health.ground import Ground
from nba_mcp_synthesis.operations.health.verdicts import door_finding


def check(spec: Spec, ground: Ground) -> Finding:
    """The time that a login and a query take."""
    connector = _door(ground)
    if connector is None:
        return Finding(
            "skip", "The warehouse is no PostgreSQL: NBA_MCP_WAREHOUSE_URL names none, and RDS_HOST lacks."
        )
    return door_finding(connector, "PostgreSQL", spec.limit("warn_ms"))


def _door(ground: Ground) -> Connector | None:
    """The door that the service itself uses; None where there is none."""
    if ground.settings.is_postgres:
        address = warehouse_address(ground.settings, ground.manager)
        return RDSConnector(lambda: URLLogin(SecretStr(address()), lambda: None))
    is_known = ground.is_production or ground.manager().peek("RDS_HOST") is not None
    return door("rds", ground.manager) if is_known else None
