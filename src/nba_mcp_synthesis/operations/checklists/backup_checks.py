"""Steps that look at backups: their bucket, the newest of each database, and drills."""

import itertools
import re
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from nba_mcp_synthesis.connectors.s3 import S3Connector
from nba_mcp_synthesis.doors import BACKUPS_BUCKET
from nba_mcp_synthesis.lake.store import S3
from nba_mcp_synthesis.operations.backup.archive import DATABASES
from nba_mcp_synthesis.operations.backup.databases import databases_of
from nba_mcp_synthesis.operations.backup.manifest import DAMAGED, DUMP, MANIFEST
from nba_mcp_synthesis.operations.checklists.drill_reports import newest
from nba_mcp_synthesis.operations.checklists.findings import Finding, judged
from nba_mcp_synthesis.operations.checklists.ground import Ground, worded
from nba_mcp_synthesis.operations.reports import words
from nba_mcp_synthesis.operations.reports.document import Table

_BACKUP_AGE = timedelta(hours=26)
_NEWEST, _MOST_PAGES = 10, 100
_DRILL_AGE = timedelta(days=35)
_OBJECT = re.compile(rf"(?P<id>[^/]+)/(?P<name>{re.escape(DUMP)}|{re.escape(MANIFEST)}|{re.escape(DAMAGED)})")


class _Backup(NamedTuple):
    at: datetime
    size: int
    database: str
    id: str


def storage(ground: Ground) -> Finding:
    """Whether the bucket of backups can be reached."""
    bucket, _ = _place(ground)
    door = S3Connector(bucket)
    with worded(door.fault):
        door.probe()
    return Finding(f"The bucket {bucket} answers.")


def backups(ground: Ground) -> Finding:
    """The newest backups in their bucket, and how old the newest of each database is.

    Those of the databases that the settings have in PostgreSQL; where they have none, of those found there.
    """
    bucket, prefix = _place(ground)
    place = f"{bucket}/{prefix}".rstrip("/")
    with ground.aws("s3", f"The bucket {bucket}") as client:
        found = sorted((one for name in DATABASES for one in _of(client, bucket, prefix, name)), reverse=True)
    rows = [
        (f"{one.at:%Y-%m-%d %H:%M}", words.size(one.size), f"{one.database}/{one.id}")
        for one in found[:_NEWEST]
    ]
    table = Table(("at (UTC)", "size", "backup"), rows, frozenset({1}), "There is none.")
    newest = {one.database: one.at for one in reversed(found)}
    expected: list[str] = [*databases_of(ground.settings, ground.manager)] or [*newest]
    missing = [name for name in expected if name not in newest]
    if missing or not newest:
        told = f"{place} has no whole backup of {' and '.join(missing) or 'any database'}."
        return judged(told, "nba-mcp ops backup create", failed=True, table=table)
    oldest = min(expected, key=lambda name: newest[name])
    ages = [f"{name} {_hours(ground.now - newest[name]):.1f} hours" for name in expected]
    told = f"The newest backups of {place} are of {', '.join(ages)} ago."
    is_late = ground.now - newest[oldest] > _BACKUP_AGE
    person = f"No backup of {oldest} for a day: nba-mcp ops backup list says why." if is_late else ""
    return judged(told, person, failed=is_late, table=table)


def _hours(age: timedelta) -> float:
    return max(age.total_seconds(), 0.0) / 3_600  # the clock of S3 may be ahead


def _of(client: Any, bucket: str, prefix: str, database: str) -> list[_Backup]:
    """The whole ones of a database, by what a list shows: dump and manifest, and not found to be damaged.

    Of very many objects, those of the first hundred thousand names.
    """
    start = f"{prefix}{database}/"
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=start)
    objects: dict[str, dict[str, dict[str, Any]]] = {}
    for page in itertools.islice(pages, _MOST_PAGES):
        for one in page.get("Contents", ()):
            if match := _OBJECT.fullmatch(one["Key"].removeprefix(start)):
                objects.setdefault(match["id"], {})[match["name"]] = one
    return [
        _Backup(parts[MANIFEST]["LastModified"], parts[DUMP]["Size"], database, id_)
        for id_, parts in objects.items()
        if parts.keys() == {DUMP, MANIFEST}
    ]


def _place(ground: Ground) -> tuple[str, str]:
    """The bucket of backups, and what the names of their objects begin with."""
    url = ground.settings.backup_url or ""
    if not url.startswith(S3):
        return BACKUPS_BUCKET, ""
    bucket, _, folder = url.removeprefix(S3).partition("/")
    return bucket, f"{folder.strip('/')}/" if folder.strip("/") else ""


def drill(ground: Ground) -> Finding:
    """When recovery was last tried, and whether everything came back, by the reports of drills."""
    last, person = newest(ground), "nba-mcp ops backup drill"
    if last is None:
        return judged(f"There is no report of a drill in {ground.reports}, or beside the backups.", person)
    try:
        at = datetime.strptime(f"{last.stamp}+0000", "%Y%m%d-%H%M%S%z")
    except ValueError:
        return judged(f"{last.place} is no report of a drill by its name.", person)
    told = f"The last drill was {(ground.now - at).days} days ago: {last.place}."
    is_old = ground.now - at > _DRILL_AGE
    holds = last.told.get("holds")
    if not isinstance(holds, bool):
        return judged(f"{told} Its JSON beside it does not say how it ended.", person)
    if not holds and last.told.get("verdict") == "not asked":
        why = f"{last.place} says why not every database was asked anything."
        person = f"{why} It is time for another: {person}" if is_old else why
        return judged(f"{told} Everything came back; not all of it was asked.", person)
    if not holds:
        return judged(
            f"{told} Not everything came back.", f"{last.place} says what did not; then {person}", failed=True
        )
    return judged(f"{told} Everything came back.", person if is_old else "")
