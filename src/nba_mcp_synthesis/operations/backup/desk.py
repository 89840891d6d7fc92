"""Backups put together from the settings: what the commands and the server's metrics call."""

import contextlib
import functools
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from nba_mcp_synthesis.connectors.kubectl import KubectlConnector
from nba_mcp_synthesis.doors import Managed
from nba_mcp_synthesis.errors import BackupDamaged, NbaMcpError, NoWarehouse, SettingsError, UsageError
from nba_mcp_synthesis.facts import Answer, BackupState
from nba_mcp_synthesis.lake.store import S3
from nba_mcp_synthesis.operations.backup import (
    archive,
    bucket,
    dumping,
    encryption,
    failures,
    inventory,
    listing,
    objects,
    pruning,
    reference,
    schedule,
    snapshots,
    versions,
)
from nba_mcp_synthesis.operations.backup.databases import Database, chosen, databases_of, scratch_server
from nba_mcp_synthesis.operations.backup.feeding import Dump
from nba_mcp_synthesis.operations.backup.manifest import DatabaseName, Manifest
from nba_mcp_synthesis.operations.backup.rds import Rds
from nba_mcp_synthesis.operations.backup.restoring import Restored, Say, Target, restore
from nba_mcp_synthesis.operations.backup.scratch import named
from nba_mcp_synthesis.operations.backup.store import BackupStore, open_store
from nba_mcp_synthesis.operations.backup.switching import switch
from nba_mcp_synthesis.operations.backup.verifying import verify
from nba_mcp_synthesis.settings import Settings
from nba_mcp_synthesis.telemetry.logs import get_logger

if TYPE_CHECKING:
    from nba_mcp_synthesis.operations.backup.drill import Report


class Switched(NamedTuple):
    """A restore: the database that has it now, and the name under which the former one is kept."""

    restored: Restored
    dbname: str
    kept: str | None


class Backups:
    """The backups of one deployment. Nothing is connected to before it is needed.

    `ask` answers a question from the warehouse that is backed up, without any model.
    """

    def __init__(self, settings: Settings, manager: Managed, ask: Callable[[str], Answer]) -> None:
        self._settings, self._manager, self._ask = settings, manager, ask

    @functools.cached_property
    def store(self) -> BackupStore:
        """Where they lie; SettingsError where no place is set."""
        return open_store(self._settings.backup_url, self._settings.backup_kms_key)

    @functools.cached_property
    def databases(self) -> dict[DatabaseName, Database]:
        """The databases that are in PostgreSQL."""
        return databases_of(self._settings, self._manager)

    @property
    def rds(self) -> Rds:
        """The instance in RDS."""
        return Rds(self._settings.rds_instance)

    @property
    def recipients(self) -> tuple[str, ...]:
        """The public keys that backups are encrypted for."""
        return self._settings.backup_recipients

    @property
    def identity(self) -> Path | None:
        """The file with the private key."""
        return self._settings.backup_identity

    def cluster(self) -> KubectlConnector:
        """Kubectl in the namespace of the service."""
        return KubectlConnector(self._settings.kube_namespace, self._settings.kube_context)

    def copied(self, saved: objects.Saved, folder: Path | None) -> Sequence[Path]:
        """Writes what was saved as files of a folder, the secrets as they are: encrypted."""
        return objects.copy(self.store, saved, folder) if folder else ()

    def chosen(self, name: str | None, id_: str | None = None) -> list[Database]:
        """The database of that name, or all that are in PostgreSQL; UsageError where there is none.

        With the ID of a backup, and no name, those that have a backup of that ID.
        """
        found = chosen(self.databases, name)
        if id_ is None or name is not None:
            return found
        having = [one for one in found if self.store.keys(f"{one.name}/{id_}/")]
        if not having:
            raise UsageError(
                f"There is no backup {id_} in {self.store.place}.", "`nba-mcp ops backup list` has all."
            )
        return having

    def is_due(self, database: Database) -> bool:
        """Whether there is no backup yet since the moment at which the last one should have begun."""
        with self._noting(database, "create"):
            newest = next((one for one in archive.backups(self.store, database.name) if one.counts), None)
        return newest is None or newest.at < schedule.last_due(datetime.now(UTC))

    def create(self, database: Database, say: Say) -> Manifest:
        """See `dumping.create`."""
        settings = self._settings
        taking = dumping.Taking(
            self.store,
            settings.backup_recipients,
            settings.backup_programs,
            settings.backup_part_mb << 20,
            settings.backup_mb_per_second * 1e6,
        )

        def ask(session: Any, data_snapshot: str | None) -> reference.Found:
            if database.name == "state":
                return reference.of_state(session)
            say("asking the reference questions")
            return reference.of_warehouse(self._ask, data_snapshot)

        return dumping.create(database, taking, ask, say)

    def listed(self) -> listing.Listing:
        """See `listing.listing`; RDS is asked where a database may be there."""
        return listing.listing(self.store, tuple(self.databases), self.rds if self._is_on_aws() else None)

    def states(self) -> list[BackupState]:
        """See `listing.states`."""
        return listing.states(self.store, tuple(self.databases))

    def dump(self, database: Database, id_: str | None) -> Dump:
        """A backup, or the newest that counts, with the key to it."""
        manifest = archive.choose(self.store, database.name, id_)
        return Dump(manifest, self.store, encryption.read_identities(self._settings.backup_identity))

    def verify(self, database: Database, id_: str | None, say: Say) -> tuple[Manifest, Restored]:
        """See `verifying.verify`. Without an ID it is a failure that there is none to verify, or no key."""
        with self._noting(database, "verify") if id_ is None else contextlib.nullcontext():
            dump = self.dump(database, id_)
            server = scratch_server(self._settings, database)
        return dump.manifest, verify(dump, server, self._settings.backup_programs, say)

    def verify_snapshot(self, snapshot: str, say: Say) -> snapshots.Looked:
        """See `snapshots.look_into`."""
        (warehouse,) = self.chosen("warehouse")
        made = [one.manifest for one in archive.backups(self.store, "warehouse") if one.counts]
        return snapshots.look_into(self.rds, snapshot, warehouse.server, next(iter(made), None), say)

    def restore_into(self, database: Database, id_: str | None, dbname: str, say: Say) -> Restored:
        """Restores into a database of that name, and leaves the one in use alone.

        Raises what `restore` raises. What came out of a backup that is damaged stays there for a look.
        """
        target = Target(database.server, dbname, self._settings.backup_programs, owned=True)
        dump = self.dump(database, id_)
        try:
            return restore(dump, target, say)
        except BackupDamaged as error:
            if not database.server.exists(dbname):
                raise
            hint = f"{dbname} has what came out of it: look there, and drop it then. Or take another backup."
            raise BackupDamaged(error.message, hint) from error

    def replace(
        self, database: Database, id_: str | None, confirmed: str | None, say: Say, *, older: bool
    ) -> Switched:
        """Restores beside the database in use, and gives the restored one its name.

        Raises:
            UsageError: the name was not typed, or the backup is of another layout than this program's.
        """
        dump = self.dump(database, id_)
        self._check_confirmed(dump.manifest, database, confirmed)
        versions.check(dump.manifest, older=older)
        dbname = named(database.dbname, "restore", dump.manifest.id)
        target = Target(database.server, dbname, self._settings.backup_programs, owned=True)
        restored = restore(dump, target, say)
        if restored.lost:  # told again at the end; there is no way back to before the switch then
            get_logger().warning("backup", step="settle", lost=list(restored.lost))
        say(f"{database.dbname}: switching")
        return Switched(restored, database.dbname, switch(database.server, dbname, database.dbname))

    @staticmethod
    def _check_confirmed(manifest: Manifest, database: Database, confirmed: str | None) -> None:
        if confirmed == database.dbname:
            return
        age = (datetime.now(UTC) - manifest.snapshot_at).total_seconds() / 3_600
        raise UsageError(
            f"This puts the {database.name} back to {manifest.snapshot_at:%Y-%m-%d %H:%M} UTC, {age:.1f} "
            "hours ago "
            f"(backup {manifest.id}), in place of {database.dbname} on {database.server.shown}. The "
            "database in use is "
            "kept under another name.",
            f"To do it, say --confirm {database.dbname}. To look at it first, say --into NAME.",
        )

    def drill(self, say: Say) -> "Report":
        """See `drill.drill`: the newest backup of each database."""
        from nba_mcp_synthesis.operations.backup.drill import drill

        dumps: dict[DatabaseName, Dump] = {}
        for one in self.chosen(None):
            with self._noting(one, "drill"):
                dumps[one.name] = self.dump(one, None)
        first = next(iter(self.databases.values()))
        return drill(dumps, scratch_server(self._settings, first), self._settings.backup_programs, say)

    @contextlib.contextmanager
    def _noting(self, database: Database, step: str) -> Iterator[None]:
        """Notes what fails in the block beside the backups: a key that is missing, for instance."""
        try:
            yield
        except BaseException as error:
            failures.note(self.store, database.name, step, error)
            raise

    def prune(self, *, dry_run: bool) -> pruning.Pruned:
        """See `pruning.prune`."""
        return pruning.prune(self.store, self._policy, dry_run=dry_run)

    @property
    def _policy(self) -> pruning.Policy:
        settings = self._settings
        return pruning.Policy(settings.backup_daily, settings.backup_weekly, settings.backup_monthly)

    def check_settings(self) -> list[str]:
        """What keeps every backup from being made; whether the key is there only its jobs can tell."""
        try:
            encryption.check_recipients(self.recipients)
        except SettingsError as error:
            return [str(error)]
        return []

    def check_buckets(self) -> dict[str, list[str]]:
        """What speaks against the buckets of backups and lake, by address; folders have nothing to check."""
        from nba_mcp_synthesis.connectors.aws import patient_client

        places = {
            self._settings.backup_url or self.store.place: self._policy.days,
            self._settings.lake_place(): None,
        }
        found = {}
        for place, days in places.items():
            if place.startswith(S3):
                name = place.removeprefix(S3).partition("/")[0]
                found[place] = bucket.faults(patient_client("s3"), name, keeps_days=days)
        return found

    def check_lake(self, say: Say, *, read: bool) -> inventory.Inventory | None:
        """See `inventory.take`; None where no lake is published."""
        from nba_mcp_synthesis.lake.opening import open_store as open_lake

        try:
            return inventory.take(
                open_lake(self._settings.lake_place(), self._settings.lake_kms_key), say, read=read
            )
        except NoWarehouse:
            return None

    def _is_on_aws(self) -> bool:
        """Whether backups lie in S3, or the warehouse is at an address of RDS."""
        warehouse = self.databases.get("warehouse")
        try:
            host = warehouse.server.parameters().get("host", "") if warehouse else ""
        except NbaMcpError:
            host = ""
        return self.store.place.startswith(S3) or host.endswith(".rds.amazonaws.com")


def default_reports() -> Path:
    """Folder of the reports of drills."""
    return Path("reports")
