"""A lake in a folder."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from nba_mcp_synthesis.errors import LakeDown, UsageError
from nba_mcp_synthesis.lake.store import Stored, checked_key

_DRAFT = ".draft"


class FolderStore:
    """Objects are files; see `store.Store`."""

    def __init__(self, root: Path) -> None:
        self._root = root

    @property
    def place(self) -> str:
        """The folder."""
        return str(self._root)

    def read(self, key: str) -> bytes | None:
        """See `store.Store`."""
        with self._told("read"):
            try:
                return self._path(key).read_bytes()
            except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
                return None

    def write(self, key: str, content: bytes) -> None:
        """See `store.Store`; it is on the disk when this returns."""
        with self._told("written"):
            path = self._path(key)
            path.parent.mkdir(parents=True, exist_ok=True)
            draft = path.with_name(f"{path.name}.{os.getpid()}{_DRAFT}")
            try:
                with draft.open("wb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
                draft.replace(path)
            finally:
                draft.unlink(missing_ok=True)

    def swap(self, key: str, content: bytes, before: bytes | None) -> bool:
        """See `store.Store`."""
        with self._told("written"):
            self._root.mkdir(parents=True, exist_ok=True)
            with (self._root / ".lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                if self.read(key) != before:
                    return False
                self.write(key, content)
        return True

    def keys(self, prefix: str, after: str = "", limit: int | None = None) -> list[Stored]:
        """See `store.Store`."""
        with self._told("listed"):
            found = sorted(one for one in self._below(prefix) if one[0] > after)[:limit]
            return [
                Stored(key, path.stat().st_size, datetime.fromtimestamp(path.stat().st_mtime, UTC))
                for key, path in found
            ]

    def delete(self, keys: list[str]) -> None:
        """See `store.Store`; folders that are left empty go as well."""
        with self._told("tidied"):
            for key in keys:
                path = self._path(key)
                path.unlink(missing_ok=True)
                for folder in path.parents:
                    if folder == self._root or not folder.is_dir() or any(folder.iterdir()):
                        break
                    folder.rmdir()

    def check(self) -> list[str]:
        """A folder is as open as whoever made it wants it to be."""
        return []

    def _below(self, prefix: str) -> Iterator[tuple[str, Path]]:
        for folder, _, names in os.walk(self._root):
            for name in names:
                path = Path(folder) / name
                key = path.relative_to(self._root).as_posix()
                if key.startswith(prefix) and not name.endswith(_DRAFT) and not path.is_symlink():
                    yield key, path

    def _path(self, key: str) -> Path:
        path = self._root / checked_key(key)
        if not path.resolve().is_relative_to(self._root.resolve()):
            raise UsageError("That path leads out of the lake.", "Name a path that the lake lists.")
        return path

    @contextlib.contextmanager
    def _told(self, done: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise LakeDown(
                f"The lake in {self._root} could not be {done}: {error.strerror}.",
                "See to the folder, its rights and its free space, then try again.",
            ) from error
