"""The parts of a backup as one file: each is compared with its SHA-256 before a byte of it is used."""

import hashlib
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from nba_mcp_synthesis.errors import BackupDamaged, BackupsDown
from nba_mcp_synthesis.operations.backup.manifest import Part
from nba_mcp_synthesis.operations.backup.store import BackupStore
from nba_mcp_synthesis.telemetry.logs import get_logger

PAUSES_SECONDS = (1.0, 5.0)  # before a part is read again


class PartReader:
    """A file to read from; at half of a part the next one is fetched. What it raises stays in `fault`."""

    def __init__(self, store: BackupStore, key: str, parts: Sequence[Part]) -> None:
        self._store, self._key, self._parts = store, key, parts
        self._next = 0
        self._ahead: Future[bytes] | None = None
        self._held, self._whole = memoryview(b""), 0
        self._threads = ThreadPoolExecutor(1, "download")
        self.fault: BaseException | None = None

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes; nothing at the end."""
        try:
            if not self._held:
                self._held = memoryview(self._part())
                self._whole = len(self._held)
        except BaseException as error:
            self.fault = error  # the library that reads words errors in its own way
            raise
        size = len(self._held) if size < 0 else size
        given, self._held = self._held[:size], self._held[size:]
        if 2 * len(self._held) <= self._whole and self._ahead is None and self._next < len(self._parts):
            self._ahead = self._threads.submit(self._fetch, self._parts[self._next])
        return bytes(given)

    def close(self) -> None:
        """Ends what was fetched ahead."""
        self._threads.shutdown(cancel_futures=True)

    def _part(self) -> bytes:
        if self._next == len(self._parts):
            return b""
        content = self._ahead.result() if self._ahead else self._fetch(self._parts[self._next])
        self._next, self._ahead = self._next + 1, None
        return content

    def _fetch(self, part: Part) -> bytes:
        """A part that is what was written; it is damaged only where a second look finds that as well."""
        try:
            return self._checked(part)
        except BackupDamaged as error:
            get_logger().warning("backup", step="download", part=part.number, reason=error.message)
            return self._checked(part)

    def _checked(self, part: Part) -> bytes:
        content = self._read(part)
        place = f"part {part.number} of {len(self._parts)} of {self._key}"
        if content is None:
            raise BackupDamaged(f"{self._key} is gone from {self._store.place}.", "Take another backup.")
        if len(content) != part.bytes:
            raise BackupDamaged(
                f"{place} has {len(content):,} bytes where {part.bytes:,} were written: it is cut off.",
                "Take another backup.",
            )
        if hashlib.sha256(content).hexdigest() != part.sha256:
            raise BackupDamaged(
                f"{place} is not what was written: its SHA-256 differs.", "Take another backup."
            )
        return content

    def _read(self, part: Part) -> bytes | None:
        """A part as it is there; a line that breaks does not end what took hours."""
        for pause in PAUSES_SECONDS:
            try:
                return self._store.read(self._key, part.offset, part.bytes)
            except BackupsDown as error:
                get_logger().warning("backup", step="download", part=part.number, reason=error.message)
                time.sleep(pause)
        return self._store.read(self._key, part.offset, part.bytes)


def check_size(store: BackupStore, key: str, parts: Sequence[Part]) -> None:
    """BackupDamaged where the object is gone, shorter or longer than its parts."""
    found, wanted = store.size(key), sum(part.bytes for part in parts)
    if found is None:
        raise BackupDamaged(f"{key} is gone from {store.place}.", "Take another backup.")
    if found != wanted:
        whole = sum(part.offset + part.bytes <= found for part in parts)
        raise BackupDamaged(
            f"{key} has {found:,} bytes where its manifest says {wanted:,}: "
            f"{whole} of {len(parts)} parts can be there in full.",
            "Take another backup.",
        )
