"""Mounted files: a Kubernetes secret as a volume, or Docker's secrets. One file a secret, named like it.

A file is as old as its volume, which is written anew when any secret changes. How old each value is stands in
`_history.json` beside them, where there is one.
"""

import json
import os
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from nba_mcp_synthesis.secrets.history import HISTORY_FILE, History
from nba_mcp_synthesis.secrets.levels.files import read_secret
from nba_mcp_synthesis.secrets.names import Naming
from nba_mcp_synthesis.secrets.records import Finding, Held, Reading


class MountedLevel:
    """Folders, the first of which wins. Their modes are the container's business and are not judged."""

    name = "mounted files"
    costly = False

    def __init__(self, naming: Naming, folders: Sequence[Path]) -> None:
        self._naming, self._folders = naming, folders

    def read(self, wanted: Collection[str]) -> Reading:
        """The files that are there now."""
        found = [one for folder in self._folders for one in self._of_folder(folder, wanted)]
        held = tuple(one for one in found if isinstance(one, Held))
        return Reading(held, tuple(one for one in found if isinstance(one, Finding)))

    def _of_folder(self, folder: Path, wanted: Collection[str]) -> Iterator[Held | Finding]:
        there, history = _listing(folder), _history(folder)
        for name in wanted:
            for alias in self._naming.aliases(name):
                found = read_secret(name, folder / alias, self.name) if alias in there else None
                if found:
                    yield _dated(found, history)

    def tried(self, name: str) -> str:
        """The files, and which folders are not there."""
        told = [f"{folder}{'' if folder.is_dir() else ' (no such folder)'}" for folder in self._folders]
        return (
            f"mounted files {' or '.join(self._naming.aliases(name))} in {', '.join(told)}{self._naming.note}"
        )


def _listing(folder: Path) -> frozenset[str]:
    try:
        return frozenset(os.listdir(folder))  # noqa: PTH208 - names, not paths
    except OSError:
        return frozenset()  # no such mount here, as on most machines; `tried` says so


def _history(folder: Path) -> History:
    """The dates that came along; none where nobody wrote them, or not as this product does."""
    found = read_secret(HISTORY_FILE, folder / HISTORY_FILE, MountedLevel.name)
    try:
        return History.of_json(
            json.loads(found.value.get_secret_value()) if isinstance(found, Held) else None
        )
    except (ValueError, RecursionError):  # the second for brackets without end
        return History()


def _dated(found: Held | Finding, history: History) -> Held | Finding:
    if isinstance(found, Held) and (entry := history.entry(found.name)):
        return replace(found, since=entry.since, version=entry.version or found.version)
    return found
