"""A backup is proven by restoring it: into a database that is thrown away, compared with the manifest."""

import contextlib
import secrets
from datetime import UTC, datetime
from pathlib import Path

from nba_mcp_synthesis.errors import BackupDamaged, BackupsDown
from nba_mcp_synthesis.operations.backup import failures, scratch
from nba_mcp_synthesis.operations.backup.databases import Server
from nba_mcp_synthesis.operations.backup.feeding import Dump
from nba_mcp_synthesis.operations.backup.manifest import DAMAGED, VERIFIED, Damaged, Verified
from nba_mcp_synthesis.operations.backup.restoring import Restored, Say, Target, restore
from nba_mcp_synthesis.telemetry.logs import get_logger


def verify(dump: Dump, server: Server, folder: Path | None, say: Say) -> Restored:
    """Restores, compares, drops, and writes `verified.json` beside the manifest.

    Raises what `restore` raises, after it was noted beside the backups; Busy where another one runs.
    """
    dbname = scratch.named(f"{scratch.SCRATCH}{dump.manifest.database}", secrets.token_hex(4))
    try:
        with scratch.one_at_a_time(server), contextlib.ExitStack() as stack:
            stack.callback(scratch.drop, server, dbname)
            found = restore(dump, Target(server, dbname, folder), say)
    except BaseException as error:
        failed(dump, "verify", error)
        raise
    prove(dump, found)
    return found


def prove(dump: Dump, found: Restored) -> None:
    """Writes down that the backup was restored and found the same."""
    told = Verified(
        at=datetime.now(UTC),
        seconds=round(found.seconds, 3),
        tables=found.tables,
        rows=found.rows,
        server_version=found.server_version,
    )
    dump.store.write(dump.manifest.key(VERIFIED), told.model_dump_json(indent=1).encode())
    if dump.store.size(dump.manifest.key(DAMAGED)) is not None:  # what an earlier look found
        dump.store.delete([dump.manifest.key(DAMAGED)])


def failed(dump: Dump, step: str, error: BaseException, *, blamed: bool = True) -> None:
    """Notes that a step failed; where this backup itself is at fault (`blamed`), it no longer counts."""
    failures.note(dump.store, dump.manifest.database, step, error, dump.manifest.id)
    if not (blamed and isinstance(error, BackupDamaged)):
        return
    told = Damaged(at=datetime.now(UTC), id=dump.manifest.id, reason=error.message)
    try:
        dump.store.write(dump.manifest.key(DAMAGED), told.model_dump_json(indent=1).encode())
    except BackupsDown as other:
        get_logger().error("backup", database=dump.manifest.database, step="mark", reason=other.message)
