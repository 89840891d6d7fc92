"""A stream into a store in parts of one size: each is hashed, and a few are on their way at a time."""

import hashlib
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor

from nba_mcp_synthesis.errors import BackupFailed
from nba_mcp_synthesis.operations.backup.manifest import Part
from nba_mcp_synthesis.operations.backup.pacing import Pace
from nba_mcp_synthesis.operations.backup.store import Draft

MOST_PARTS = 10_000  # of one object in S3
_ON_THEIR_WAY = 2


class PartWriter:
    """A file to write to. Memory is that of `_ON_THEIR_WAY` + 2 parts, however much is written."""

    def __init__(self, draft: Draft, part_bytes: int, pace: Pace) -> None:
        self._draft, self._size, self._pace = draft, part_bytes, pace
        self._buffer = bytearray()
        self._parts: list[Part] = []
        self._sending: deque[Future[None]] = deque()
        self._threads = ThreadPoolExecutor(_ON_THEIR_WAY, "upload")
        self.fault: BaseException | None = None

    def write(self, chunk: bytes) -> int:
        """Takes all of it; raises what went wrong with an earlier part."""
        try:
            self._pace.wait(len(chunk))
            self._buffer += chunk
            while len(self._buffer) >= self._size:
                self._send(self._size)
        except BaseException as error:
            self.fault = error  # the library that writes words errors in its own way
            raise
        return len(chunk)

    def flush(self) -> None:
        """Parts go when they are full."""

    def finish(self) -> tuple[Part, ...]:
        """Sends what is left, waits for all, and gives the parts in order."""
        if self._buffer or not self._parts:
            self._send(len(self._buffer))
        while self._sending:
            self._sending.popleft().result()
        return tuple(self._parts)

    def close(self) -> None:
        """Waits for parts on their way, whatever becomes of them; nothing is sent any more."""
        self._threads.shutdown(cancel_futures=True)

    def _send(self, size: int) -> None:
        if len(self._parts) == MOST_PARTS:
            raise BackupFailed(
                f"The dump is larger than {MOST_PARTS:,} parts of {self._size >> 20} MiB.",
                "Set NBA_MCP_BACKUP_PART_MB higher.",
            )
        while len(self._sending) >= _ON_THEIR_WAY:
            self._sending.popleft().result()
        content = bytes(self._buffer[:size])
        del self._buffer[:size]
        offset, digest = len(self._parts) * self._size, hashlib.sha256(content).hexdigest()
        part = Part(number=len(self._parts) + 1, offset=offset, bytes=size, sha256=digest)
        self._parts.append(part)
        self._sending.append(self._threads.submit(self._draft.part, part.number, offset, content))
