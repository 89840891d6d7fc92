"""How old the data are, and whether they are real."""

from datetime import UTC, datetime

from nba_mcp_synthesis.operations.health.catalogue import Spec
from nba_mcp_synthesis.operations.health.check import Finding, judged
from nba_mcp_synthesis.operations.health.ground import Ground
from nba_mcp_synthesis.warehouse.status import newest_load


def check(spec: Spec, ground: Ground) -> Finding:
    """Hours since the newest load."""
    warehouse = ground.warehouse()
    state = warehouse.state()
    newest = newest_load(warehouse)
    if newest is None:
        return Finding("fail", f"{warehouse.place} has no load that succeeded.")
    hours = max((datetime.now(UTC) - newest).total_seconds() / 3_600, 0.0)
    told = f"The newest load was {hours:.1f} h ago, the newest game is of {state.data_as_of or 'no day'}."
    if state.simulated:
        told = f"The data are those of the invented league. {told}"
        return Finding("fail" if ground.is_production else "pass", told, hours)
    return judged(hours, told, warn=spec.limit("warn_hours"), fail=spec.limit("fail_hours"))
