"""A snapshot of RDS is proven: an instance is made of it, every table is read, and it is removed again."""

import contextlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from nba_mcp_synthesis.errors import BackupDamaged
from nba_mcp_synthesis.operations.backup.databases import Server
from nba_mcp_synthesis.operations.backup.manifest import Manifest
from nba_mcp_synthesis.operations.backup.rds import Rds
from nba_mcp_synthesis.operations.backup.restoring import found_in


@dataclass(frozen=True, slots=True)
class Looked:
    """What a snapshot has in it, and how long it took until that could be read."""

    snapshot: str
    instance: str
    seconds: float
    tables: int
    rows: int


def look_into(
    rds: Rds, snapshot: str, server: Server, newest: Manifest | None, say: Callable[[str], None]
) -> Looked:
    """Reads all of a snapshot, with the login of `server`; the instance made for that is removed in any case.

    Raises:
        UsageError: RDS has no such snapshot.
        BackupFailed: the instance did not come.
        BackupDamaged: it has no tables, or lacks some that the newest dump has.
        Unavailable: AWS or the instance does not answer.
    """
    target = f"{rds.instance[:40]}-look-{secrets.token_hex(4)}"
    with contextlib.ExitStack() as stack:
        made = rds.from_snapshot(snapshot, target, say, begun=lambda: stack.callback(rds.delete, target))
        place = {"host": made.host, "port": str(made.port)}
        digest = newest.contents.digest if newest else "columns"
        found = found_in(Server(lambda: {**server.parameters(), **place}), digest).tables
    missing = sorted((newest.contents.tables if newest else {}).keys() - found.keys())
    if missing or not found:
        told = (
            f"lacks {missing[0]}" + (f" and {len(missing) - 1} more" if missing[1:] else "")
            if missing
            else ""
        )
        raise BackupDamaged(
            f"The snapshot {snapshot} {told or 'has no tables'}.",
            "It may be older than these tables; look at its age, and verify another.",
        )
    rows = sum(table.rows for table in found.values())
    return Looked(snapshot, made.id, made.seconds, len(found), rows)
