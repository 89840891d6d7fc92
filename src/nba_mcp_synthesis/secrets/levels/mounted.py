"""Mounted files: a Kubernetes secret as a volume, or Docker's secrets. One file a secret, named like it."""

import os
from collections.abc import Collection, Sequence
from pathlib import Path

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
        found = [
            read_secret(name, folder / alias, self.name)
            for folder in self._folders
            for there in (_listing(folder),)
            for name in wanted
            for alias in self._naming.aliases(name)
            if alias in there
        ]
        held = tuple(one for one in found if isinstance(one, Held))
        return Reading(held, tuple(one for one in found if isinstance(one, Finding)))

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
