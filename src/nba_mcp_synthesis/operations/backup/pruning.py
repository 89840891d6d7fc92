"""Which backups are kept: of days, weeks and months, the newest, and the last one that was proven.

Days, weeks and months are those that have backups, so that neither a pause nor a clock that jumps costs any.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from nba_mcp_synthesis.operations.backup.archive import DATABASES, Backup, backups
from nba_mcp_synthesis.operations.backup.clocks import check_store_clock
from nba_mcp_synthesis.operations.backup.manifest import DRILLS, MANIFEST
from nba_mcp_synthesis.operations.backup.schedule import ZONE
from nba_mcp_synthesis.operations.backup.store import BackupStore

_DAY_SECONDS = 86_400
_NOTES_KEPT = 50


@dataclass(frozen=True, slots=True)
class Policy:
    """How many days, weeks and months have a backup kept."""

    daily: int = 14
    weekly: int = 8
    monthly: int = 12

    @property
    def days(self) -> int:
        """How old the oldest backup may be that is kept, where there is one for each day, week and month."""
        return max(self.daily, 7 * self.weekly, 31 * self.monthly)


@dataclass(frozen=True, slots=True)
class Pruned:
    """What was removed, or would be: `backups` as DATABASE/ID with moment, `leftovers` of unfinished ones."""

    backups: tuple[tuple[str, datetime], ...]
    leftovers: tuple[str, ...]
    kept: int
    ignored: tuple[str, ...]
    dry_run: bool


def kept(found: Sequence[Backup], policy: Policy) -> set[str]:
    """Ids of the backups of one database that stay. Only those that count are looked at."""
    newest_first = sorted(found, key=lambda one: (one.at, one.id), reverse=True)
    stays = {one.id for one in newest_first[:1]}
    stays |= {one.id for one in [b for b in newest_first if b.verified][:1]}
    stays |= _of_periods(newest_first, policy.daily, lambda at: (at.year, at.month, at.day))
    stays |= _of_periods(newest_first, policy.weekly, lambda at: tuple(at.isocalendar()[:2]))
    return stays | _of_periods(newest_first, policy.monthly, lambda at: (at.year, at.month))


def _of_periods(
    newest_first: Iterable[Backup], most: int, period: Callable[[datetime], tuple[int, ...]]
) -> set[str]:
    """One backup of each of the newest periods: the newest verified one of it, or else the newest."""
    chosen: dict[tuple[int, ...], Backup] = {}
    for one in newest_first:
        when = period(one.at.astimezone(ZONE))
        before = chosen.get(when)
        if (before is None and len(chosen) < most) or (before and one.verified and not before.verified):
            chosen[when] = one
    return {one.id for one in chosen.values()}


def prune(store: BackupStore, policy: Policy, *, dry_run: bool) -> Pruned:
    """Removes what the policy does not keep, and what unfinished backups left more than a day ago.

    Raises:
        BackupFailed: the clock of this machine is not that of the store, so that ages mean nothing.
        BackupsDown: the store does not answer, or keeps what is to be removed; what is gone is gone.
    """
    check_store_clock(store)
    every = backups(store)
    sound = [one for one in every if one.counts]
    stays = {
        (name, id_)
        for name in DATABASES
        for id_ in kept([one for one in sound if one.database == name], policy)
    }
    oldest = {one.database: one.at for one in sound if (one.database, one.id) in stays}
    goes = [one for one in sound if (one.database, one.id) not in stays]
    goes += [one for one in every if _is_past(one, oldest)]
    unfinished = [one for one in every if one.manifest is None and _is_old(one) and one.unfinished]
    ignored = [one for one in every if not one.counts and one not in [*unfinished, *goes]]
    leftovers = [f"{one.database}/{one.id}" for one in unfinished]
    if not dry_run:
        for one in [*goes, *unfinished]:
            _remove(store, one)
        _tidy(store)
    leftovers += store.leftovers(_DAY_SECONDS) if dry_run else store.sweep(_DAY_SECONDS)
    return Pruned(
        tuple((f"{one.database}/{one.id}", one.at) for one in goes),
        tuple(leftovers),
        len(stays),
        tuple(f"{one.database}/{one.id}: {one.fault}" for one in ignored),
        dry_run,
    )


def _is_past(one: Backup, oldest: Mapping[str, datetime]) -> bool:
    """Whether a finished backup that does not count is older than the `oldest` that stays of its database."""
    return not one.counts and one.manifest is not None and one.at < oldest.get(one.database, one.at)


def _is_old(one: Backup) -> bool:
    return (datetime.now(UTC) - one.at).total_seconds() > _DAY_SECONDS


def _remove(store: BackupStore, one: Backup) -> None:
    """The manifest first: cut short, what is left does not count."""
    key = f"{one.database}/{one.id}/"
    store.delete([key + MANIFEST])
    store.delete([stored.key for stored in store.keys(key)])


def _tidy(store: BackupStore) -> None:
    """Notes of failures and reports of drills, of which the newest stay; their names are their times."""
    for prefix, most in {
        **{f"failures/{name}/": _NOTES_KEPT for name in DATABASES},
        DRILLS: 2 * _NOTES_KEPT,
    }.items():
        store.delete([one.key for one in store.keys(prefix)[:-most]])
