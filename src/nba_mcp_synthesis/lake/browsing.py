"""What a lake holds, a level at a time: tables, seasons, season types, files. Told by the manifest alone.

A path that a caller gives is only compared with what was published: there is no way to anything else.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from nba_mcp_synthesis.errors import UnknownName, UsageError
from nba_mcp_synthesis.lake.manifest import File, Manifest
from nba_mcp_synthesis.lake.store import checked_key

ROOT = "tables"
MOST = 500


@dataclass(frozen=True, slots=True)
class Entry:
    """A folder or a file, with what is in it."""

    path: str
    kind: Literal["folder", "file"]
    files: int
    rows: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a folder; `next` is the path to go on behind, None on the last page."""

    path: str
    snapshot: str
    entries: tuple[Entry, ...]
    next: str | None


def browse(manifest: Manifest, path: str = "", after: str = "", limit: int = 100) -> Listing:
    """A page of what lies in a folder.

    Raises:
        UnknownName: no folder or file was published under that path.
        UsageError: that is no path at all.
    """
    folder = checked_key(path.strip("/")) if path.strip("/") else ROOT
    if folder != ROOT and not folder.startswith(f"{ROOT}/"):
        raise UsageError("That is no path within the lake.", f"Paths begin with {ROOT}/.")
    if not 1 <= limit <= MOST:
        raise UsageError(f"A page has 1 to {MOST} entries.")
    found = sorted(_entries(manifest, folder), key=lambda one: one.path)
    if not found:
        raise UnknownName("path of the lake", path, [])
    left = [one for one in found if one.path > after]
    page = tuple(left[:limit])
    return Listing(folder, manifest.about.snapshot, page, page[-1].path if len(left) > limit else None)


def _entries(manifest: Manifest, folder: str) -> Iterator[Entry]:
    inside: dict[str, list[File]] = {}
    for file in manifest.of("tables"):
        if file.key == folder:
            yield _entry(file.key, [file], "file")
        elif file.key.startswith(f"{folder}/"):
            step = file.key[len(folder) + 1 :].split("/")[0]
            inside.setdefault(f"{folder}/{step}", []).append(file)
    for path, files in inside.items():
        yield _entry(path, files, "file" if path == files[0].key else "folder")


def _entry(path: str, files: list[File], kind: Literal["folder", "file"]) -> Entry:
    rows, size = sum(file.rows for file in files), sum(file.bytes for file in files)
    return Entry(path, kind, len(files), rows, size)
