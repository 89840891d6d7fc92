"""How old the newest backup of each database is, and the newest that was proven to restore."""

import time

from nba_mcp_synthesis.facts import BackupState
from nba_mcp_synthesis.operations.health.catalogue import Spec
from nba_mcp_synthesis.operations.health.check import Finding
from nba_mcp_synthesis.operations.health.ground import Ground

_HOUR, _DAY = 3_600.0, 86_400.0


def check(spec: Spec, ground: Ground) -> Finding:
    """Hours since the oldest of the newest backups."""
    if ground.settings.backup_url is None:
        told = "NBA_MCP_BACKUP_URL is not set, so nothing is known of backups here."
        return Finding("warn" if ground.is_production else "skip", told)
    states = ground.backups().states()
    if not states:
        return Finding("skip", "No database is in PostgreSQL, so there are no dumps.")
    now = time.time()
    limit = spec.limit("fail_hours")
    ages = {one.database: _hours(one.last_success, now) for one in states}
    details = tuple(f"{name}: {_told(hours)}" for name, hours in ages.items())
    known = [hours for hours in ages.values() if hours is not None]
    oldest = max(known, default=None)
    faults = [f"{name}: {_told(hours)}." for name, hours in ages.items() if hours is None or hours > limit]
    if faults:
        return Finding("fail", " ".join(faults), oldest, limit, details=details)
    doubts = [told for one in states for told in _doubts(one, now, spec)]
    told = " ".join(doubts) or f"The newest backups: {'; '.join(details)}."
    return Finding("warn" if doubts else "pass", told, oldest, limit, details=details)


def _doubts(one: BackupState, now: float, spec: Spec) -> list[str]:
    """What is not wrong yet, and will be."""
    found = []
    if one.last_failure and one.last_failure > (one.last_success or 0):
        found.append(
            f"{one.database}: the last attempt failed, {(now - one.last_failure) / _HOUR:.1f} h ago."
        )
    if (hours := _hours(one.last_success, now)) and hours > spec.limit("warn_hours"):
        found.append(f"{one.database}: {_told(hours)}.")
    if one.last_verified is None:
        found.append(f"{one.database}: none was ever proven to restore.")
    elif now - one.last_verified > spec.limit("verified_days") * _DAY:
        days = (now - one.last_verified) / _DAY
        found.append(f"{one.database}: the newest that was proven to restore is {days:.0f} days old.")
    return found


def _hours(moment: float | None, now: float) -> float | None:
    return None if moment is None else (now - moment) / _HOUR


def _told(hours: float | None) -> str:
    return "there is no backup" if hours is None else f"the newest backup is {hours:.1f} h old"
