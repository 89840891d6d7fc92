"""All backups in one list: dumps and snapshots of RDS with their ages, and what the schedule finds."""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from nba_mcp_synthesis.errors import NbaMcpError
from nba_mcp_synthesis.facts import BackupState
from nba_mcp_synthesis.operations.backup import failures, schedule, standing
from nba_mcp_synthesis.operations.backup.archive import Backup, backups
from nba_mcp_synthesis.operations.backup.failures import Failure
from nba_mcp_synthesis.operations.backup.rds import Rds, Snapshot
from nba_mcp_synthesis.operations.backup.store import BackupStore

_FAILURES_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Listing:
    """Lists, the newest first; `faults` by database; `rds_note` says why there are no snapshots.

    `failures` are the last few, whether or not a later run went well.
    """

    dumps: tuple[Backup, ...]
    snapshots: tuple[Snapshot, ...]
    faults: dict[str, tuple[str, ...]]
    rds_note: str = ""
    failures: tuple[Failure, ...] = ()

    def notes(self) -> list[str]:
        """What the newest backup of each database lacks."""
        newest = {one.database: one.manifest for one in reversed(self.dumps) if one.manifest}
        return [f"{name}: {made.id}: {made.note}" for name, made in newest.items() if made.note]

    def as_dict(self, now: datetime | None = None) -> dict[str, Any]:
        """For JSON."""
        at = now or datetime.now(UTC)
        return {
            "dumps": [dump_row(one, at) for one in self.dumps],
            "snapshots": [{**asdict(one), "age_hours": _hours(one.at, at)} for one in self.snapshots],
            "faults": {name: list(told) for name, told in self.faults.items()},
            "rds_note": self.rds_note,
            "failures": [{**one._asdict(), "at": one.at.isoformat()} for one in self.failures],
        }


def listing(store: BackupStore, databases: tuple[str, ...], rds: Rds | None) -> Listing:
    """Everything there is; `databases` are those that should have backups."""
    found = backups(store)
    now = datetime.now(UTC)
    faults = {name: tuple(_faults([one for one in found if one.database == name], now)) for name in databases}
    try:
        snapshots, note = tuple(rds.snapshots()) if rds else (), ""
    except NbaMcpError as error:
        snapshots, note = (), error.message
    return Listing(tuple(found), snapshots, faults, note, tuple(failures.newest(store, _FAILURES_SHOWN)))


def _faults(found: list[Backup], now: datetime) -> list[str]:
    newest, proven = _newest(found)
    told = schedule.faults(newest.at if newest else None, proven.at if proven else None, now)
    return told + [f"{one.id} does not count. {one.fault}" for one in found if _still_matters(one, proven)]


def _still_matters(one: Backup, proven: Backup | None) -> bool:
    """Whether a backup that does not count is a fault: a damaged one until a newer one is proven."""
    return not one.counts and not (one.damaged and proven and one.at < proven.at)


def _newest(found: list[Backup]) -> tuple[Backup | None, Backup | None]:
    """(the newest that counts, the newest of these that is verified)."""
    sound = [one for one in found if one.counts]
    return next(iter(sound), None), next((one for one in sound if one.verified), None)


def dump_row(one: Backup, now: datetime) -> dict[str, Any]:
    """One dump as a list shows it."""
    made = one.manifest
    return {
        "database": one.database,
        "id": one.id,
        "at": one.at.isoformat(timespec="seconds"),
        "age_hours": _hours(one.at, now),
        "megabytes": round(made.stored_bytes / 1e6, 3) if made else None,
        "seconds": round(made.seconds, 1) if made else None,
        "tables": len(made.contents.tables) if made else None,
        "rows": sum(table.rows for table in made.contents.tables.values()) if made else None,
        "verified_at": one.verified.at.isoformat(timespec="seconds") if one.verified else None,
        "fault": one.fault,
        "note": made.note if made else "",
    }


def states(store: BackupStore, databases: tuple[str, ...]) -> list[BackupState]:
    """What the server's metrics say of each database's backups; times are seconds since 1970."""
    found = backups(store)
    return [_state(store, name, [one for one in found if one.database == name]) for name in databases]


def _state(store: BackupStore, name: str, found: list[Backup]) -> BackupState:
    newest, proven = _newest(found)
    made = newest.manifest if newest else None
    failed = standing.last_failure(store, name, found)
    return BackupState(
        name,
        newest.at.timestamp() if newest else None,
        proven.at.timestamp() if proven else None,
        failed.timestamp() if failed else None,
        made.stored_bytes if made else None,
        made.seconds if made else None,
    )


def _hours(at: datetime | None, now: datetime) -> float | None:
    return round((now - at).total_seconds() / 3_600, 2) if at else None
