"""Whether the buckets of lake and backups are there and let us in."""

from nba_mcp_synthesis.connectors.outcome import Outcome
from nba_mcp_synthesis.connectors.s3 import S3Connector
from nba_mcp_synthesis.operations.health.catalogue import Spec
from nba_mcp_synthesis.operations.health.check import Finding
from nba_mcp_synthesis.operations.health.ground import Ground
from nba_mcp_synthesis.operations.health.verdicts import door_verdict

_S3 = "s3://"


def check(_: Spec, ground: Ground) -> Finding:
    """Buckets that answer, of those that the settings name."""
    buckets = _buckets(ground)
    if not buckets:
        told = "Neither NBA_MCP_LAKE_URL nor NBA_MCP_BACKUP_URL names a bucket."
        return Finding("warn" if ground.is_production else "skip", told)
    outcomes = [_tried(S3Connector(bucket)) for bucket in buckets]
    failed = [one for one in outcomes if not one.ok]
    told = (
        " ".join(map(_told, failed)) or f"{_listed(buckets)} {'answers' if len(buckets) == 1 else 'answer'}."
    )
    away = bool(failed) and all(door_verdict(one) == "down" for one in failed)
    good = len(outcomes) - len(failed)
    return Finding("fail" if failed else "pass", told, good, len(outcomes), away=away)


def _buckets(ground: Ground) -> list[str]:
    places = (ground.settings.lake_url, ground.settings.backup_url)
    named = [place.removeprefix(_S3).partition("/")[0] for place in places if place and place.startswith(_S3)]
    return list(dict.fromkeys(named))


def _tried(connector: S3Connector) -> Outcome:
    """A first time that is too long may have been spent on loading libraries."""
    outcome = connector.check()
    return connector.check() if outcome.reason == "timeout" else outcome


def _told(outcome: Outcome) -> str:
    return f"{outcome.reason}: {outcome.message}"


def _listed(buckets: list[str]) -> str:
    return f"{'Bucket' if len(buckets) == 1 else 'Buckets'} {' and '.join(buckets)}"
