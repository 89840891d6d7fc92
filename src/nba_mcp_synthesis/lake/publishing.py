"""Publishing: what changed is written, then one pointer is swapped; readers have one state or the other."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote

import pyarrow as pa

from nba_mcp_synthesis.errors import Busy, SourceError, UsageError
from nba_mcp_synthesis.lake import parquet, tidying
from nba_mcp_synthesis.lake.manifest import (
    POINTER,
    About,
    File,
    Kind,
    Manifest,
    Pointer,
    manifest_of,
    pointer_of,
)
from nba_mcp_synthesis.lake.store import Store

# Uploads at one time, and partitions that may wait in memory for their turn.
_AT_ONCE, _WAITING = 4, 8


@dataclass(frozen=True, slots=True)
class Part:
    """One partition of a table: rows in the order in which they are to be kept."""

    kind: Kind
    table: str
    season: str | None
    season_type: str | None
    rows: pa.Table

    @property
    def folder(self) -> str:
        """Where its files lie, but for the digest."""
        names = [f"season={self.season}", f"season_type={quote(self.season_type or '')}"]
        return "/".join([self.kind, self.table, *(names if self.season else [])])


@dataclass(frozen=True, slots=True)
class Published:
    """What a publication did; `changed` is False where the lake held the same already."""

    place: str
    snapshot: str
    changed: bool
    files: int
    rows: dict[str, int]
    written_files: int
    written_bytes: int
    removed_files: int


def publish(
    store: Store, about: About, parts: Iterable[Part], on_part: Callable[[Part], None] = lambda _: None
) -> Published:
    """Publishes a state.

    Raises:
        SourceError: the place is not fit for data, in its words.
        Busy: another publication came first.
        LakeDown: the place does not answer, or does not let us in; readers have the state of before.
    """
    if faults := store.check():
        raise SourceError(" ".join(faults), "Nothing was written.")
    before = store.read(POINTER)
    held = _Held.of(store, before)
    writer = _Writer(store, held.keys)
    manifest = Manifest(about, tuple(writer.files(parts, on_part)))
    if held.manifest == manifest.key:
        return _told(store, manifest, writer, changed=False, removed=0)
    store.write(manifest.key, manifest.written())
    now = datetime.now(UTC)
    pointer = Pointer(manifest.key, held.manifest, now.isoformat(timespec="seconds"))
    if not store.swap(POINTER, pointer.written(), before):
        raise Busy(f"Another publication to {store.place} came first.", "Look at it, then publish again.")
    removed = tidying.tidy(store, manifest.key, held.manifest) if held.is_known else 0
    return _told(store, manifest, writer, changed=True, removed=removed)


@dataclass(frozen=True, slots=True)
class _Held:
    """The state that is in force before: its manifest and the keys of its files.

    Where its pointer or manifest is spoilt nobody knows what it has: publishing anew mends it, and nothing is
    removed that time.
    """

    manifest: str | None
    keys: frozenset[str]
    is_known: bool

    @classmethod
    def of(cls, store: Store, before: bytes | None) -> "_Held":
        """What the pointer that was read says."""
        if before is None:
            return cls(None, frozenset(), is_known=True)
        try:
            key = pointer_of(before, store.place).manifest
            content = store.read(key)
            files = manifest_of(content, store.place, key).files if content else None
        except (SourceError, UsageError):
            files = None
        if files is None:
            return cls(None, frozenset(), is_known=False)
        return cls(key, frozenset(file.key for file in files), is_known=True)


def _told(store: Store, manifest: Manifest, writer: "_Writer", *, changed: bool, removed: int) -> Published:
    return Published(
        store.place,
        manifest.about.snapshot,
        changed,
        len(manifest.files),
        manifest.rows(),
        writer.written_files,
        writer.written_bytes,
        removed,
    )


class _Writer:
    """Writes the files of partitions that are not there yet, some at a time."""

    def __init__(self, store: Store, held: frozenset[str]) -> None:
        self._store = store
        # What an earlier attempt left is used while nobody would take it for an orphan.
        young = datetime.now(UTC) - tidying.ORPHAN_AGE / 2
        found = [one for kind in ("tables/", "staged/") for one in store.keys(kind)]
        self._there = {one.key: one.size for one in found if one.key in held or one.at > young}
        self.written_files = self.written_bytes = 0

    def files(self, parts: Iterable[Part], on_part: Callable[[Part], None]) -> Iterator[File]:
        """The files of all partitions, each written when this has come to its end."""
        writing: set[Future[None]] = set()
        with ThreadPoolExecutor(_AT_ONCE) as threads:
            for part in parts:
                for file, content in _encoded(part):
                    yield file
                    if self._there.get(file.key) != file.bytes:
                        writing.add(threads.submit(self._store.write, file.key, content))
                        self.written_files += 1
                        self.written_bytes += file.bytes
                writing = _settled(writing, _WAITING)
                on_part(part)
            _settled(writing, 0)


def _settled(writing: set[Future[None]], most: int) -> set[Future[None]]:
    """Waits until no more than so many are left; raises what went wrong with one."""
    while len(writing) > most:
        done, writing = wait(writing, return_when=FIRST_COMPLETED)
        for one in done:
            one.result()
    return writing


def _encoded(part: Part) -> list[tuple[File, bytes]]:
    contents = list(parquet.pieces(part.rows))
    digests = [hashlib.sha256(content).hexdigest() for content in contents]
    name = hashlib.sha256("".join(digests).encode()).hexdigest()[:16]
    rows = [parquet.rows_of(content) for content in contents]
    return [
        (
            File(
                f"{part.folder}/{name}/part-{n:03}.parquet",
                part.kind,
                part.table,
                part.season,
                part.season_type,
                rows[n],
                len(content),
                digests[n],
            ),
            content,
        )
        for n, content in enumerate(contents)
    ]
