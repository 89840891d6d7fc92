"""Whether /metrics of the server has what the alerts need."""

from prometheus_client.parser import text_string_to_metric_families

from nba_mcp_synthesis.connectors.faults import DoorClosed
from nba_mcp_synthesis.operations.health.catalogue import Spec
from nba_mcp_synthesis.operations.health.check import Finding, NotHere
from nba_mcp_synthesis.operations.health.ground import Ground
from nba_mcp_synthesis.operations.health.web import get


def check(spec: Spec, ground: Ground) -> Finding:
    """Metrics that have a sample, of those that are needed."""
    needed = list(spec.limits["needed"])
    base = ground.settings.server_url
    token = ground.settings.metrics_token or ground.manager().peek("METRICS_TOKEN")
    try:
        answer = get(f"{base}/metrics", base, token)
    except DoorClosed as error:
        if error.fault.kind == "network":
            raise NotHere(error.message, "NBA_MCP_SERVER_URL names it.") from None
        raise
    if answer.status != 200:
        why = "the token METRICS_TOKEN is refused" if answer.status in (401, 403) else "it is not served"
        return Finding("fail", f"{base}/metrics answers {answer.status}: {why}.", 0, len(needed))
    try:
        families = list(text_string_to_metric_families(answer.text))
    except ValueError:
        return Finding("fail", f"{base}/metrics is no page of metrics.", 0, len(needed))
    sampled = {sample.name for family in families for sample in family.samples}
    missing = [name for name in needed if name not in sampled]
    told = (
        f"/metrics lacks {', '.join(missing)}."
        if missing
        else f"/metrics has all {len(needed)} that alerts need."
    )
    return Finding("fail" if missing else "pass", told, len(needed) - len(missing), len(needed))
