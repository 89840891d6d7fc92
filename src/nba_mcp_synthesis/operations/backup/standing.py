"""Which failure still stands: none that the same step, or a later drill, has made good since."""

import json
import re
from datetime import UTC, datetime, timedelta

from nba_mcp_synthesis.operations.backup import failures
from nba_mcp_synthesis.operations.backup.archive import Backup
from nba_mcp_synthesis.operations.backup.failures import Failure
from nba_mcp_synthesis.operations.backup.manifest import DRILLS
from nba_mcp_synthesis.operations.backup.store import BackupStore

_REPORT = re.compile(rf"{DRILLS}backup-drill-(\d{{8}}-\d{{6}})\.json")
_SECOND = timedelta(seconds=1)  # names of reports have whole ones


def last_failure(store: BackupStore, database: str, found: list[Backup]) -> datetime | None:
    """When something failed last that was not made good; `found` are the backups of the database.

    A failure before the newest good backup is told as it is: whoever compares the two sees that it is over.
    """
    made = max((one.at for one in found if one.counts), default=None)
    for key, of, at in sorted(failures.noted(store), key=lambda one: one[2], reverse=True):
        if of != database:
            continue
        if (made and at <= made) or not _made_good(store, failures.read(store, key, of, at), found):
            return at
    return None


def _made_good(store: BackupStore, failure: Failure, found: list[Backup]) -> bool:
    if failure.step == "verify":
        return _proven(failure, found)
    return failure.step == "drill" and _drilled(store, failure)


def _proven(failure: Failure, found: list[Backup]) -> bool:
    """Whether that backup or a newer one was proven since; any one, where the failure was of none."""
    names = {one.id: one.at for one in found}
    if failure.backup and failure.backup not in names:
        return False
    least = names.get(failure.backup)
    proofs = [one for one in found if one.counts and one.verified and one.verified.at > failure.at]
    return any(least is None or one.at >= least for one in proofs)


def _drilled(store: BackupStore, failure: Failure) -> bool:
    """Whether a drill that was begun since found the database as it was."""
    matches = [(one.key, _REPORT.fullmatch(one.key)) for one in store.keys(DRILLS)]
    later = [key for key, told in matches if told and _moment(told[1]) > failure.at]
    return any(_holds(store.read(key), failure.database) for key in later)


def _moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y%m%d-%H%M%S").replace(tzinfo=UTC) + _SECOND


def _holds(content: bytes | None, database: str) -> bool:
    try:
        told = json.loads(content or b"{}").get("databases", [])
        return any(one["database"] == database and not one["faults"] for one in told)
    except (ValueError, TypeError, KeyError, AttributeError):  # of somebody else
        return False
