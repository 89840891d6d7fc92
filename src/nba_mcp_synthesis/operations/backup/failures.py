"""What went wrong, kept beside the backups: a job that failed is gone, and the server has to tell of it."""

import json
import re
from datetime import UTC, datetime
from typing import NamedTuple

from nba_mcp_synthesis.errors import BackupsDown, NbaMcpError
from nba_mcp_synthesis.operations.backup.manifest import DatabaseName
from nba_mcp_synthesis.operations.backup.store import BackupStore
from nba_mcp_synthesis.telemetry.logs import get_logger

_FORM = "%Y%m%dT%H%M%S%fZ"
_NAME = re.compile(r"failures/(\w+)/(\d{8}T\d{12}Z)\.json")


class Failure(NamedTuple):
    """A step that failed, of which backup if it was one that there is, and why."""

    at: datetime
    database: str
    step: str
    backup: str
    reason: str

    @property
    def told(self) -> str:
        """As one line."""
        what = " ".join(word for word in (self.step, self.backup) if word) or "something"
        return f"{self.database}: {what} failed at {self.at:%Y-%m-%d %H:%M} UTC. {self.reason}".rstrip()


def note(
    store: BackupStore, database: DatabaseName, step: str, error: BaseException, backup: str = ""
) -> None:
    """Writes down that a step failed, and why; where the store is the reason, the log alone has it."""
    told = _reason(error)
    now = datetime.now(UTC)
    record = {"at": now.isoformat(), "step": step, "backup": backup, "reason": told}
    get_logger().warning("backup", database=database, **record)  # whoever ran it is told the same
    try:
        store.write(f"failures/{database}/{now.strftime(_FORM)}.json", json.dumps(record).encode())
    except BackupsDown as other:
        get_logger().error("backup", database=database, step="note", reason=other.message)


def _reason(error: BaseException) -> str:
    if isinstance(error, (KeyboardInterrupt, SystemExit)):
        return "It was ended from outside, by a signal."
    return error.message if isinstance(error, NbaMcpError) else type(error).__name__


def newest(store: BackupStore, most: int) -> list[Failure]:
    """The last few failures of all databases, the newest first."""
    last = sorted(noted(store), key=lambda one: one[2], reverse=True)[:most]
    return [read(store, *one) for one in last]


def noted(store: BackupStore) -> list[tuple[str, str, datetime]]:
    """(key, database, moment) of each, by key."""
    matches = [(one.key, _NAME.fullmatch(one.key)) for one in store.keys("failures/")]
    return [
        (key, told[1], datetime.strptime(told[2], _FORM).replace(tzinfo=UTC)) for key, told in matches if told
    ]


def read(store: BackupStore, key: str, database: str, at: datetime) -> Failure:
    """One of them, with its words; without where they cannot be read."""
    try:
        told = dict(json.loads(store.read(key) or b"{}"))
    except (ValueError, TypeError):  # of somebody else
        told = {}
    words = [str(told.get(name, "")) for name in ("step", "backup", "reason")]
    return Failure(at, database, *words)
