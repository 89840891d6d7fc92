"""What an error means for a check: something has to be mended, or another system is away."""

from nba_mcp_synthesis.connectors.faults import DoorClosed
from nba_mcp_synthesis.connectors.kubectl import KubectlFailed
from nba_mcp_synthesis.connectors.outcome import UNREACHABLE
from nba_mcp_synthesis.errors import (
    NbaMcpError,
    NotInstalled,
    NoWarehouse,
    SecretMissing,
    Unavailable,
    WarehouseOutdated,
)
from nba_mcp_synthesis.operations.health.check import Finding

_MENDABLE = (NoWarehouse, NotInstalled, SecretMissing, WarehouseOutdated)  # unavailable, and nobody is away


def failure_of(error: NbaMcpError) -> Finding:
    """The finding of a check that ended in an error."""
    return Finding("fail", str(error), away=_is_away(error))


def _is_away(error: NbaMcpError) -> bool:
    if isinstance(error, KubectlFailed):
        return error.is_away
    if isinstance(error, DoorClosed):
        return error.fault.kind in UNREACHABLE
    return isinstance(error, Unavailable) and not isinstance(error, _MENDABLE)
