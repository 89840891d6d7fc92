"""Whether Redis answers, through which the servers share answers and limits."""

from nba_mcp_synthesis.connectors.redis import RedisConnector
from nba_mcp_synthesis.operations.health.catalogue import Spec
from nba_mcp_synthesis.operations.health.check import Finding
from nba_mcp_synthesis.operations.health.ground import Ground
from nba_mcp_synthesis.operations.health.verdicts import door_finding


def check(spec: Spec, ground: Ground) -> Finding:
    """The time that it takes to answer."""
    given, secrets = ground.settings.redis_url, ground.manager()
    if given is None and secrets.peek("REDIS_URL") is None:
        told = "No Redis is set: each server process counts limits and keeps answers for itself."
        return Finding("warn" if ground.is_production else "skip", told)
    connector = RedisConnector(lambda: given or secrets.require("REDIS_URL"))
    return door_finding(connector, "Redis", spec.limit("warn_ms"))
