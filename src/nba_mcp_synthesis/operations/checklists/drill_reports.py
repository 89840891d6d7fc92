"""The newest report of a drill: of the folder of reports, or kept beside the backups by a cluster's job."""

import json
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from nba_mcp_synthesis.errors import BackupsDown
from nba_mcp_synthesis.operations.backup.manifest import DRILLS
from nba_mcp_synthesis.operations.backup.store import open_store
from nba_mcp_synthesis.operations.checklists.findings import Away
from nba_mcp_synthesis.operations.checklists.ground import Ground

_BEGIN = "backup-drill-"


class DrillReport(NamedTuple):
    """A report: its moment as its name has it, where it lies, and what its JSON says."""

    stamp: str
    place: str
    told: dict[str, Any]


def newest(ground: Ground) -> DrillReport | None:
    """The newest by name, of both places; None where neither has one. Raises Away."""
    try:
        found = [one for one in (_in_folder(ground), _in_store(ground)) if one]
    except BackupsDown as error:
        raise Away(error.message) from None
    return max(found, key=lambda one: one.stamp, default=None)


def _in_folder(ground: Ground) -> DrillReport | None:
    path = max(ground.reports.glob(f"{_BEGIN}*.md"), default=None)
    if path is None:
        return None
    try:
        content = path.with_suffix(".json").read_bytes()
    except OSError:
        content = b""
    return DrillReport(path.stem.removeprefix(_BEGIN), str(path), _told(content))


def _in_store(ground: Ground) -> DrillReport | None:
    if not ground.settings.backup_url:
        return None
    store = open_store(ground.settings.backup_url, ground.settings.backup_kms_key)
    begin = f"{DRILLS}{_BEGIN}"
    keys = [one.key for one in store.keys(DRILLS) if one.key.startswith(begin) and one.key.endswith(".md")]
    if not keys:
        return None
    path = PurePosixPath(max(keys))
    content = store.read(str(path.with_suffix(".json"))) or b""
    return DrillReport(path.stem.removeprefix(_BEGIN), f"{path} in {store.place}", _told(content))


def _told(content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
