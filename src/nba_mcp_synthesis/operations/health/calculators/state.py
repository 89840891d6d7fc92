"""Whether the state database takes answers and audit records."""

import math
import time

from nba_mcp_synthesis.connectors.rds import RDSConnector
from nba_mcp_synthesis.doors import state_login
from nba_mcp_synthesis.errors import Unavailable
from nba_mcp_synthesis.operations.health.catalogue import Spec
from nba_mcp_synthesis.operations.health.check import Finding, judged
from nba_mcp_synthesis.operations.health.ground import Ground
from nba_mcp_synthesis.operations.health.verdicts import door_finding


def check(spec: Spec, ground: Ground) -> Finding:
    """The time until it has said that its tables are those of this version."""
    path = ground.settings.state_path()
    if path is None:
        login = state_login(ground.settings, ground.manager)
        found = door_finding(RDSConnector(login), "The state database", spec.limit("warn_ms"))
        if found.result == "fail":
            return found
    elif ground.is_production:
        return Finding("warn", f"Answers are kept in a file ({path}), which no other pod sees.")
    elif not path.is_file():
        return Finding("skip", f"No answers are kept yet ({path}).")
    database = ground.state()
    try:
        database.check()
        started = time.perf_counter()
        database.check()
    except Unavailable as error:  # it answers, and its tables are not those of this version
        return Finding("fail", str(error))
    took = (time.perf_counter() - started) * 1_000
    told = f"The state database answers, in {took:.0f} ms."
    return judged(took, told, warn=spec.limit("warn_ms"), fail=math.inf)
