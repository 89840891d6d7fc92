"""The backups in a store: those with a manifest, which alone count, and what is left of others."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from nba_mcp_synthesis.errors import BackupDamaged, UsageError
from nba_mcp_synthesis.operations.backup.manifest import (
    DAMAGED,
    DUMP,
    MANIFEST,
    VERIFIED,
    Damaged,
    Manifest,
    Verified,
    parsed,
)
from nba_mcp_synthesis.operations.backup.store import BackupStore

_Note = TypeVar("_Note", bound=BaseModel)
DATABASES = ("warehouse", "state")


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup as the store has it. `fault` says why it does not count; then there may be no manifest.

    `damaged`: that it did not restore is the only fault, so that another verification may clear it.
    """

    database: str
    id: str
    at: datetime
    manifest: Manifest | None = None
    verified: Verified | None = None
    fault: str = ""
    unfinished: bool = False
    damaged: bool = False

    @property
    def counts(self) -> bool:
        """Whether it is complete, as far as can be seen without reading it."""
        return not self.fault


def backups(store: BackupStore, database: str | None = None) -> list[Backup]:
    """All of them, the newest first. What a list of the store shows is checked: objects and their sizes."""
    found = [one for name in DATABASES if database in (None, name) for one in _of(store, name)]
    return sorted(found, key=lambda one: (one.at, one.id), reverse=True)


def _of(store: BackupStore, database: str) -> Iterator[Backup]:
    objects: dict[str, dict[str, int]] = {}
    written: dict[str, datetime] = {}
    for stored in store.keys(f"{database}/"):
        _, id_, name = (*stored.key.split("/", 2), "")[:3]
        objects.setdefault(id_, {})[name] = stored.size
        written[id_] = stored.at
    for id_, sizes in objects.items():
        yield _one(store, database, id_, sizes, written[id_])


def _one(store: BackupStore, database: str, id_: str, sizes: dict[str, int], at: datetime) -> Backup:
    key = f"{database}/{id_}/"
    content = store.read(key + MANIFEST) if MANIFEST in sizes else None
    if content is None:
        return Backup(
            database, id_, at, fault="There is no manifest: it was never finished.", unfinished=True
        )
    try:
        manifest = parsed(content, key + MANIFEST)
    except BackupDamaged as error:
        return Backup(database, id_, at, fault=error.message)
    have, want = sizes.get(DUMP), manifest.stored_bytes
    fault = "" if have == want else f"The dump has {have or 0:,} bytes instead of {want:,}."
    if manifest.snapshot_at > datetime.now(UTC):
        fault = fault or "It is of the future: a clock jumped."
    verified = _noted(store, key + VERIFIED, Verified) if VERIFIED in sizes else None
    damaged = not fault and DAMAGED in sizes
    if damaged:
        told = _noted(store, key + DAMAGED, Damaged)
        fault = f"It did not restore: {told.reason}" if told else "It did not restore."
    return Backup(database, id_, manifest.snapshot_at, manifest, verified, fault, damaged=damaged)


def _noted(store: BackupStore, key: str, shape: type[_Note]) -> _Note | None:
    """What was written beside a manifest; None where nobody can read it, which says nothing of the dump."""
    content = store.read(key)
    try:
        return shape.model_validate_json(content) if content else None
    except ValidationError:
        return None


def choose(store: BackupStore, database: str, id_: str | None) -> Manifest:
    """The manifest of a backup, or of the newest that counts; says why where there is none.

    By its ID also one that did not restore: it may now, and nothing is replaced before it is proven.
    """
    found = backups(store, database)
    if id_ is None:
        sound = [one.manifest for one in found if one.counts and one.manifest]
        if not sound:
            raise UsageError(
                f"There is no complete backup of the {database} in {store.place}.",
                "`nba-mcp ops backup create` makes one.",
            )
        return sound[0]
    one = next((one for one in found if one.id == id_), None)
    if one is None:
        raise UsageError(
            f"There is no backup {id_} of the {database} in {store.place}.",
            "`nba-mcp ops backup list` has all.",
        )
    if one.manifest is None or (one.fault and not one.damaged):
        raise BackupDamaged(
            f"The backup {id_} of the {database} does not count. {one.fault}", "Take another one."
        )
    return one.manifest
