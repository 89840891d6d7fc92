"""What went wrong, kept beside the backups: a job that failed is gone, and the server has to tell of it."""

import json
import re
from datetime import UTC, datetime

from nba_mcp_synthesis.errors import BackupsDown, NbaMcpError
from nba_mcp_synthesis.operations.backup.manifest import DatabaseName
from nba_mcp_synthesis.operations.backup.store import BackupStore
from nba_mcp_synthesis.telemetry.logs import get_logger

_FORM = "%Y%m%dT%H%M%S%fZ"
_NAME = re.compile(r"failures/(\w+)/(\d{8}T\d{12}Z)\.json")


def note(store: BackupStore, database: DatabaseName, step: str, error: BaseException) -> None:
    """Writes down that a step failed, and why; where the store is the reason, the log alone has it."""
    told = error.message if isinstance(error, NbaMcpError) else type(error).__name__
    now = datetime.now(UTC)
    record = {"at": now.isoformat(), "step": step, "reason": told}
    get_logger().warning("backup", database=database, **record)  # whoever ran it is told the same
    try:
        store.write(f"failures/{database}/{now.strftime(_FORM)}.json", json.dumps(record).encode())
    except BackupsDown as other:
        get_logger().error("backup", database=database, step="note", reason=other.message)


def moments(store: BackupStore) -> dict[str, list[datetime]]:
    """When something failed, by database, oldest first."""
    found: dict[str, list[datetime]] = {}
    for stored in store.keys("failures/"):
        if told := _NAME.fullmatch(stored.key):
            at = datetime.strptime(told[2], _FORM).replace(tzinfo=UTC)
            found.setdefault(told[1], []).append(at)
    return found
