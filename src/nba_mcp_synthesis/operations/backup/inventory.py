"""The lake by inventory: whether every file that its manifest names is there, whole, and as it was published.

The lake's files never change and are kept in versions, so that they need no copy: what has to be known is
that none is missing.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from nba_mcp_synthesis.lake.manifest import current
from nba_mcp_synthesis.lake.store import Store


@dataclass(frozen=True, slots=True)
class Inventory:
    """What was compared, and a sentence for each file that is not as it was published."""

    place: str
    snapshot: str
    files: int
    bytes: int
    read: bool
    faults: tuple[str, ...]


def take(store: Store, say: Callable[[str], None], *, read: bool) -> Inventory:
    """Compares names and sizes, and with `read` every byte.

    Raises:
        NoWarehouse: nothing is published there.
        SourceError, LakeDown: the manifest itself is not whole, or the lake does not answer.
    """
    manifest = current(store)
    there = {one.key: one.size for one in store.keys("")}
    faults = []
    for number, file in enumerate(manifest.files, start=1):
        if file.key not in there:
            faults.append(f"{file.key} is missing ({file.rows:,} rows).")
        elif there[file.key] != file.bytes:
            faults.append(f"{file.key} has {there[file.key]:,} bytes instead of {file.bytes:,}.")
        elif read and hashlib.sha256(store.read(file.key) or b"").hexdigest() != file.sha256:
            faults.append(f"{file.key} has the right size and not the right content.")
        if read:
            say(f"{number} of {len(manifest.files)} files read")
    size = sum(file.bytes for file in manifest.files)
    return Inventory(store.place, manifest.about.snapshot, len(manifest.files), size, read, tuple(faults))
