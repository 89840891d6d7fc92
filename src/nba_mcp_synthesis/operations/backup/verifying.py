"""A backup is proven by restoring it: into a database that is thrown away, compared with the manifest."""

import contextlib
import secrets
from datetime import UTC, datetime
from pathlib import Path

from nba_mcp_synthesis.operations.backup import failures, scratch
from nba_mcp_synthesis.operations.backup.databases import Server
from nba_mcp_synthesis.operations.backup.feeding import Dump
from nba_mcp_synthesis.operations.backup.manifest import VERIFIED, Verified
from nba_mcp_synthesis.operations.backup.restoring import Restored, Say, Target, restore


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
        failures.note(dump.store, dump.manifest.database, "verify", error)
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
