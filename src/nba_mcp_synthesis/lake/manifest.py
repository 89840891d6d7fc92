"""The manifest: every file of one published state, with what it must hold."""

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any, Literal

from nba_mcp_synthesis.errors import LakeDown, NoWarehouse, SourceError
from nba_mcp_synthesis.lake.store import Store

FORMAT = 1
POINTER = "current.json"
Kind = Literal["tables", "staged"]


@dataclass(frozen=True, slots=True)
class File:
    """One Parquet file; a table that is not partitioned has no season."""

    key: str
    kind: Kind
    table: str
    season: str | None
    season_type: str | None
    rows: int
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class About:
    """The state that was published: its name, layout, newest game, and whether it is simulated."""

    snapshot: str
    layout_version: int
    data_as_of: str | None
    simulated: bool


@dataclass(frozen=True, slots=True)
class Manifest:
    """One published state."""

    about: About
    files: tuple[File, ...]

    def written(self) -> bytes:
        """As it is stored; the same state gives the same bytes."""
        told = {"format": FORMAT, **asdict(self.about), "files": [asdict(file) for file in self.files]}
        return json.dumps(told, indent=1, sort_keys=True).encode()

    @property
    def key(self) -> str:
        """Where it is stored: the name has a digest of its content."""
        return f"manifests/{self.about.snapshot}-{hashlib.sha256(self.written()).hexdigest()[:16]}.json"

    def of(self, kind: Kind, table: str | None = None) -> list[File]:
        """Files of a kind, of one table or of all."""
        return [file for file in self.files if file.kind == kind and table in (None, file.table)]

    def rows(self, kind: Kind = "tables") -> dict[str, int]:
        """Rows by table."""
        counts: dict[str, int] = {}
        for file in self.of(kind):
            counts[file.table] = counts.get(file.table, 0) + file.rows
        return counts


@dataclass(frozen=True, slots=True)
class Pointer:
    """Which manifest is in force, which was before, and when that changed."""

    manifest: str
    previous: str | None
    published_at: str

    def written(self) -> bytes:
        """As it is stored."""
        return json.dumps(asdict(self), indent=1).encode()


def pointer_of(content: bytes, place: str) -> Pointer:
    """A pointer as it was stored; SourceError where it is none."""
    return Pointer(**_fields(content, place, POINTER, ("manifest", "previous", "published_at")))


def current(store: Store) -> Manifest:
    """The manifest in force.

    Raises:
        NoWarehouse: nothing has been published here.
        SourceError: the manifest is not whole, or of another format.
    """
    for _ in range(2):  # between the two reads another publication may have removed it
        content = store.read(POINTER)
        if content is None:
            raise NoWarehouse(f"There is no lake in {store.place}.", "`nba-mcp data publish` makes one.")
        key = pointer_of(content, store.place).manifest
        found = store.read(key)
        if found is not None:
            return manifest_of(found, store.place, key)
    raise LakeDown(f"The lake in {store.place} lacks the manifest that is in force.", "Publish again.")


def manifest_of(content: bytes, place: str, key: str) -> Manifest:
    """A manifest as it was stored; SourceError where a part of it is missing or changed."""
    names = ("format", "snapshot", "layout_version", "data_as_of", "simulated", "files")
    told = _fields(content, place, key, names)
    if told.pop("format") != FORMAT:
        raise SourceError(f"{key} in {place} has a format of another version.", "Update nba-mcp-synthesis.")
    files = tuple(File(**file) for file in told.pop("files"))
    found = Manifest(About(**told), files)
    if found.key != key:
        raise SourceError(f"{key} in {place} is not as it was published.", "Publish again.")
    return found


def _fields(content: bytes, place: str, key: str, names: tuple[str, ...]) -> dict[str, Any]:
    try:
        told = json.loads(content)
        return {name: told[name] for name in names}
    except (ValueError, TypeError, KeyError) as error:
        raise SourceError(f"{key} in {place} cannot be read.", "Publish again.") from error
