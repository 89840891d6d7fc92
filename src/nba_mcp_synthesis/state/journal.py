"""The journal: rows on their way to the state database, a JSON line an entry, in files of HOME.

An entry is acknowledged when `append` has returned: it is in a file then, whatever becomes of this process.
`settle` makes it outlive the machine's power too. A file belongs to whoever holds its lock: one process
writes it, and when that one let go or died, any process may drain it or go on writing it.
"""

import contextlib
import errno
import fcntl
import os
import secrets
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

# A file is drained as a whole: a large one would be drained again from its start after a failure.
MOST_BYTES = 16_000_000
MOST_WAITING = 1_000_000_000
REFUSED = "refused.lines"


@dataclass(frozen=True, slots=True)
class Segment:
    """A file of the journal whose lock is held here."""

    path: Path
    file: BinaryIO

    def lines(self) -> Iterator[bytes]:
        """The whole lines; what a dying process left unfinished was never acknowledged."""
        self.file.seek(0)
        for line in self.file:
            if line.endswith(b"\n"):
                yield line
            else:
                # Loading the logs' library would cost every command as much as asking.
                from nba_mcp_synthesis.telemetry.logs import get_logger

                get_logger().warning("state", journal="unfinished line left out", bytes=len(line))

    def remove(self) -> None:
        """Its rows are in the database."""
        self.path.unlink(missing_ok=True)


class Journal:
    """The journal in one folder, which is made when it is first written. Safe to use from several threads.

    It takes no more where `most_waiting` bytes wait already; each process may add the rest of a file to that.
    """

    def __init__(self, folder: Path, most_waiting: int = MOST_WAITING) -> None:
        self.folder = folder
        self._most_waiting = most_waiting
        self._lock = threading.Lock()
        self._writing: BinaryIO | None = None

    def append(self, entry: bytes) -> None:
        """Writes one entry, which must hold no line break; OSError means that it was not acknowledged."""
        with self._lock:
            if self._writing is None:
                self._writing = self._take_over() or self._create()
            _write(self._writing.fileno(), entry + b"\n")

    def settle(self) -> None:
        """Brings what was appended to the disk itself, and lets go of the file."""
        with self._lock:
            file, self._writing = self._writing, None
        if file is None:
            return
        with file:
            os.fsync(file.fileno())
        _sync_folder(self.folder)

    def segments(self) -> Iterator[Segment]:
        """The files that nobody else holds, the oldest first, each held while it is looked at."""
        for path in self._paths():
            with _held(path) as file:
                if file:
                    yield Segment(path, file)

    def waiting(self) -> int:
        """Bytes that are not in the database yet."""
        return sum(_size(path) for path in self._paths())

    def set_aside(self, line: bytes) -> None:
        """Keeps an entry that the database does not take, for a person to look at."""
        with open(self.folder / REFUSED, "ab", opener=_private) as file:
            _write(file.fileno(), line)
            os.fsync(file.fileno())

    def _paths(self) -> list[Path]:
        return sorted(self.folder.glob("*.jsonl"))

    def _take_over(self) -> BinaryIO | None:
        """The newest file, where nobody holds it and it may grow: many short commands share one."""
        for path in self._paths()[-1:]:
            try:
                file = path.open("r+b")
            except FileNotFoundError:  # another process has just drained it
                return None
            if _lock(file) and file.seek(0, os.SEEK_END) < MOST_BYTES and _ends_whole(file):
                return file
            file.close()
        return None

    def _create(self) -> BinaryIO:
        """A new file, held before anyone can see it under its name."""
        if self.waiting() >= self._most_waiting:
            raise OSError(errno.EDQUOT, "the journal has all that may wait for the state database")
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self.folder / f"{time.time_ns():020d}-{secrets.token_hex(4)}.jsonl"
        draft = path.with_suffix(".new")
        # Path.open would make it readable for all.
        file = open(draft, "xb", opener=_private)  # noqa: SIM115
        try:
            _lock(file)
            draft.rename(path)
        except OSError:
            file.close()
            raise
        return file


@contextlib.contextmanager
def _held(path: Path) -> Iterator[BinaryIO | None]:
    try:
        file = path.open("r+b")
    except FileNotFoundError:  # another process has drained it
        yield None
        return
    with file:
        yield file if _lock(file) else None


def _lock(file: BinaryIO) -> bool:
    """Whether this process holds the file now, and the file is still the one of that name."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return os.fstat(file.fileno()).st_nlink > 0


def _write(descriptor: int, line: bytes) -> None:
    """Adds a line in whole or not at all, past every buffer of this process."""
    end = os.lseek(descriptor, 0, os.SEEK_END)
    left = memoryview(line)
    try:
        while left:
            left = left[os.write(descriptor, left) :]
    except OSError:
        os.ftruncate(descriptor, end)
        raise


def _ends_whole(file: BinaryIO) -> bool:
    if file.seek(0, os.SEEK_END) == 0:
        return True
    file.seek(-1, os.SEEK_END)
    return file.read(1) == b"\n"


def _private(path: str, flags: int) -> int:
    """Questions are their askers' own."""
    return os.open(path, flags, 0o600)


def _size(path: Path) -> int:
    with contextlib.suppress(FileNotFoundError):
        return path.stat().st_size
    return 0


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
