"""Steps that look at databases, Redis, secrets and Prometheus."""

from datetime import timedelta
from typing import Any

from nba_mcp_synthesis.connectors.redis import RedisConnector
from nba_mcp_synthesis.operations.backup.databases import Database, databases_of
from nba_mcp_synthesis.operations.checklists.findings import Away, Finding, judged
from nba_mcp_synthesis.operations.checklists.ground import Ground, worded
from nba_mcp_synthesis.operations.deploy.names import APP
from nba_mcp_synthesis.operations.reports import words
from nba_mcp_synthesis.operations.reports.database import review
from nba_mcp_synthesis.operations.reports.document import Table

_SECRET_AGE = timedelta(days=90)
_FEW_LOOKUPS, _FEW_HITS = 1_000, 0.5


def database_answers(ground: Ground) -> Finding:
    """Whether each PostgreSQL lets us in."""
    told = []
    for one in _databases(ground):
        with one.server.connected() as session:
            row = session.execute("SELECT count(*) FROM pg_stat_activity").fetchone()
            told.append(f"{one.name} answers ({words.plural(row[0] if row else 0, 'session')})")
    return Finding("; ".join(told) + ".")


def database_review(ground: Ground) -> Finding:
    """Figures of each PostgreSQL against their bounds."""
    reviews = [review(one) for one in _databases(ground)]
    rows = [(r.name, one.title, one.shown, one.bound) for r in reviews for one in r.figures]
    advice = [sentence for one in reviews for sentence in one.advice]
    table = Table(("database", "figure", "value", "wanted"), rows, frozenset({2}))
    figures = {one.name: {figure.name: figure.value for figure in one.figures} for one in reviews}
    told = f"{words.plural(len(reviews), 'database')}, {words.plural(len(advice), 'thing')} to look at."
    return judged(told, " ".join(advice), table=table, figures=figures)


def _databases(ground: Ground) -> list[Database]:
    found = list(databases_of(ground.settings, ground.manager).values())
    if not found:
        raise Away(
            "Neither warehouse nor state is in a PostgreSQL (NBA_MCP_WAREHOUSE_URL, NBA_MCP_STATE_URL)."
        )
    return found


def cache(ground: Ground) -> Finding:
    """How often Redis has what is looked for, and how full it is."""
    url = ground.settings.redis_url
    door = RedisConnector(lambda: url or ground.manager().require("REDIS_URL"))
    with worded(door.fault):
        client = door.client()
        try:
            told: dict[str, Any] = dict(client.info())
        finally:
            client.close()
    hits, misses = told["keyspace_hits"], told["keyspace_misses"]
    share = hits / (hits + misses) if hits + misses else None
    used, most = told["used_memory"], told["maxmemory"]
    people = []
    if share is not None and hits + misses >= _FEW_LOOKUPS and share < _FEW_HITS:
        people.append(
            "Less than half is found: are keys evicted, or kept too short (NBA_MCP_ANSWER_CACHE_SECONDS)?"
        )
    if told["evicted_keys"]:
        people.append(f"{told['evicted_keys']:,} keys were evicted: give Redis more memory.")
    bound = f" of {words.size(most)}" if most else ""
    figures = {"hits": hits, "misses": misses, "evicted": told["evicted_keys"], "used_bytes": used}
    found = (
        "Nothing was looked for"
        if share is None
        else f"{words.share(share)} of {hits + misses:,} look-ups found"
    )
    room = f"{words.size(used)}{bound} used, {words.plural(told['connected_clients'], 'client')}"
    return judged(f"{found}; {room}.", " ".join(people), figures=figures)


def secrets(ground: Ground) -> Finding:
    """Our own secrets by their manifest, and those in AWS with their ages; never a value."""
    report = ground.manager().report
    errors = [str(one) for one in report.errors]
    with ground.aws("secretsmanager", "AWS Secrets Manager") as client:
        pages = client.get_paginator("list_secrets").paginate(Filters=[{"Key": "name", "Values": [APP]}])
        found = [one for page in pages for one in page["SecretList"]]
    rows, old = [], []
    for one in found:
        changed = one.get("LastChangedDate") or one.get("CreatedDate")
        rotated = "yes" if one.get("RotationEnabled") else "no"
        rows.append((one["Name"], f"{changed:%Y-%m-%d}" if changed else "–", rotated))
        old += [one["Name"]] if changed and ground.now - changed > _SECRET_AGE else []
    people = [f"Mend: {told}" for told in errors]
    people += [f"Rotate {', '.join(old)}: unchanged for {_SECRET_AGE.days} days."] if old else []
    people += [] if found else [f"AWS has no secret named {APP}/…: nba-mcp secrets migrate."]
    held = sum(entry.held for entry in report.entries)
    told = f"{held} secrets are held here, {words.plural(len(errors), 'fault')}; {len(found)} in AWS."
    table = Table(("secret in AWS", "changed", "rotated by AWS"), rows, nothing="There are none in AWS.")
    return judged(told, " ".join(people), failed=bool(errors) or not found, table=table)


def metrics(ground: Ground) -> Finding:
    """Which targets of ours Prometheus reaches, and which alerts fire."""
    prometheus = ground.sources.prometheus
    if prometheus is None:
        raise Away("No Prometheus is configured (NBA_MCP_PROMETHEUS_URL).")
    targets = prometheus.query('up{job=~"nba-mcp.*"}', ground.now)
    firing = prometheus.query('ALERTS{alertstate="firing",alertname!="NbaMcpWatchdog"}', ground.now)
    down = [one.labels.get("instance", "") for one in targets if one.last == 0]
    names = sorted({one.labels["alertname"] for one in firing})
    people = [f"Prometheus does not reach {', '.join(down)}."] if down else []
    people += (
        [] if targets else ["Prometheus knows no target of ours: kubectl apply -f k8s/servicemonitor.yaml"]
    )
    people += [f"Firing: {', '.join(names)}; docs/runbooks/alerts has a page for each."] if names else []
    up = f"{len(targets) - len(down)} of {words.plural(len(targets), 'target')} up"
    told = f"{up}, {words.plural(len(names), 'alert')} firing."
    return judged(told, " ".join(people), failed=bool(people))
