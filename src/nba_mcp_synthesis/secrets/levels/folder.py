"""The hierarchical folder: `.env.PROJECT.CONTEXT/NAME.env`, one value a file, for its owner's eyes only."""

import os
import stat
from collections.abc import Collection
from pathlib import Path

from nba_mcp_synthesis.secrets.levels.files import read_secret
from nba_mcp_synthesis.secrets.manifest import Manifest
from nba_mcp_synthesis.secrets.names import Naming
from nba_mcp_synthesis.secrets.records import Finding, Held, Reading

_SUFFIX = ".env"
_OTHERS = stat.S_IROTH | stat.S_IWOTH


class FolderLevel:
    """The folder of one context; its name says the context, so that short names are always its own."""

    name = "folder"
    costly = False

    def __init__(self, naming: Naming, manifest: Manifest, base: Path) -> None:
        self._naming, self._manifest = naming, manifest
        self.path = base / naming.folder

    def read(self, wanted: Collection[str]) -> Reading:
        """The files that are there now, with findings on their modes and on names that nobody knows."""
        held: list[Held] = []
        findings: list[Finding] = []
        for file in self._files():
            name = self._naming.short(file.name.removesuffix(_SUFFIX))
            if name is None or name not in self._manifest.specs:
                findings.append(self._unknown(file))
            elif name in wanted:
                one = read_secret(name, file, self.name)
                held += [one] if isinstance(one, Held) else []
                findings += [one] if isinstance(one, Finding) else []
                findings += _open_to_others(name, file)
        return Reading(tuple(held), tuple(findings))

    def tried(self, name: str) -> str:
        """The files, and whether the folder is there."""
        there = "" if self.path.is_dir() else " (no such folder)"
        return f"files {self._naming.long(name)}{_SUFFIX} or {name}{_SUFFIX} in {self.path}{there}"

    def _files(self) -> list[Path]:
        """The whole names first, as they win over short ones."""
        try:
            names = [name for name in os.listdir(self.path) if name.endswith(_SUFFIX)]  # noqa: PTH208
        except OSError:
            return []  # no such folder, as on most machines; `tried` says so
        own = self._naming.long("")
        return [self.path / name for name in sorted(names, key=lambda n: (own not in n, n))]

    def _unknown(self, file: Path) -> Finding:
        word = file.name.removesuffix(_SUFFIX)
        return Finding(
            "unknown",
            None,
            f"{file} is no secret of this context.",
            self._manifest.nearest(self._naming.short(word) or word) or "Rename or remove it.",
            "warning",
        )


def _open_to_others(name: str, file: Path) -> list[Finding]:
    """A file that other users of the machine may read or replace, by its own mode and its folder's."""
    try:
        if not file.stat().st_mode & _OTHERS or not file.parent.stat().st_mode & (_OTHERS | stat.S_IXOTH):
            return []
    except OSError:
        return []  # it went meanwhile
    message = f"{name}: every user of this machine may read or write {file}."
    return [Finding("world-readable", name, message, f"chmod 600 {file}, then replace the secret.")]
