"""Backups in a folder."""

import contextlib
import errno
import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from nba_mcp_synthesis.errors import BackupsDown
from nba_mcp_synthesis.lake.store import Stored, checked_key

_DRAFT = ".draft"


class FolderBackups:
    """Objects are files that their owner alone may read; see `store.BackupStore`."""

    def __init__(self, root: Path) -> None:
        self._root = root

    @property
    def place(self) -> str:
        """The folder."""
        return str(self._root)

    def begin(self, key: str) -> "FolderDraft":
        """See `store.BackupStore`."""
        with self._told("written"):
            return FolderDraft(self, self._prepared(key))

    def size(self, key: str) -> int | None:
        """See `store.BackupStore`."""
        with self._told("read"):
            path = self._path(key)
            return path.stat().st_size if path.is_file() else None

    def read(self, key: str, start: int = 0, size: int | None = None) -> bytes | None:
        """See `store.BackupStore`."""
        with self._told("read"):
            path = self._path(key)
            if not path.is_file():
                return None
            with path.open("rb") as file:
                file.seek(start)
                return file.read(-1 if size is None else size)

    def write(self, key: str, content: bytes) -> None:
        """See `store.BackupStore`."""
        draft = self.begin(key)
        try:
            draft.part(1, 0, content)
            draft.finish()
        finally:
            draft.abandon()

    def keys(self, prefix: str = "") -> list[Stored]:
        """See `store.BackupStore`."""
        with self._told("listed"):
            found = [path for path in self._files() if not path.name.endswith(_DRAFT)]
            named = [(path.relative_to(self._root).as_posix(), path.stat()) for path in found]
            return sorted(
                (
                    Stored(key, stat.st_size, datetime.fromtimestamp(stat.st_mtime, UTC))
                    for key, stat in named
                    if key.startswith(prefix)
                ),
                key=lambda one: one.key,
            )

    def delete(self, keys: list[str]) -> None:
        """See `store.BackupStore`; folders that are left empty go as well."""
        with self._told("tidied"):
            for key in keys:
                path = self._path(key)
                path.unlink(missing_ok=True)
                with contextlib.suppress(OSError):  # not empty, or gone already
                    path.parent.rmdir()

    def leftovers(self, seconds: float) -> list[str]:
        """See `store.BackupStore`."""
        with self._told("listed"):
            before = time.time() - seconds
            old = [p for p in self._files() if p.name.endswith(_DRAFT) and p.stat().st_mtime < before]
            return sorted(path.relative_to(self._root).as_posix() for path in old)

    def sweep(self, seconds: float) -> list[str]:
        """See `store.BackupStore`."""
        found = self.leftovers(seconds)
        self.delete(found)
        return found

    def _files(self) -> list[Path]:
        return [p for p in self._root.rglob("*") if p.is_file() and not p.is_symlink()]

    def _path(self, key: str) -> Path:
        return self._root / checked_key(key)

    def _prepared(self, key: str) -> Path:
        path = self._path(key)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        return path

    @contextlib.contextmanager
    def _told(self, done: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            full = error.errno in (errno.ENOSPC, errno.EDQUOT)
            raise BackupsDown(
                f"The backups in {self._root} could not be {done}: {error.strerror or 'input or output'}.",
                "Its disk is full: free some, or let `nba-mcp ops backup prune` do it."
                if full
                else "See to the folder and its rights, then try again.",
            ) from error


class FolderDraft:
    """A file that has another name until it is whole; see `store.Draft`."""

    def __init__(self, store: FolderBackups, path: Path) -> None:
        self._told, self._path = store._told, path  # noqa: SLF001 - one room, one way to word errors
        self._draft = path.with_name(f"{path.name}.{uuid4().hex}{_DRAFT}")
        self._file = os.open(self._draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)

    def part(self, number: int, offset: int, content: bytes) -> None:  # noqa: ARG002 - as the protocol
        """See `store.Draft`."""
        with self._told("written"):
            left = memoryview(content)
            while left:
                written = os.pwrite(self._file, left, offset)
                left, offset = left[written:], offset + written

    def finish(self) -> None:
        """See `store.Draft`; it is on the disk when this returns."""
        with self._told("written"):
            os.fsync(self._file)
            self._draft.replace(self._path)
            folder = os.open(self._path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        self._close()

    def abandon(self) -> None:
        """See `store.Draft`; after `finish` there is nothing to leave."""
        self._close()
        self._draft.unlink(missing_ok=True)

    def _close(self) -> None:
        if self._file >= 0:
            os.close(self._file)
            self._file = -1
