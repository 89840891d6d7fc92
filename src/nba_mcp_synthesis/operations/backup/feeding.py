"""A dump on its way back: fetched, proven, decrypted, and written to pg_restore, none of it on a disk."""

import contextlib
from collections.abc import Iterator
from typing import IO, Any, NamedTuple

from nba_mcp_synthesis.errors import BackupDamaged
from nba_mcp_synthesis.operations.backup import encryption
from nba_mcp_synthesis.operations.backup.downloading import PartReader, check_size
from nba_mcp_synthesis.operations.backup.manifest import Manifest
from nba_mcp_synthesis.operations.backup.programs import Running
from nba_mcp_synthesis.operations.backup.store import BackupStore


class Dump(NamedTuple):
    """A backup that can be opened."""

    manifest: Manifest
    store: BackupStore
    identities: list[Any]

    def check(self) -> None:
        """BackupDamaged where a look at the object's size shows that it is not whole."""
        check_size(self.store, self.manifest.key(), self.manifest.parts)

    def feed(self, run: Running) -> None:
        """Writes the dump to a program that may have enough before its end, and waits for that end.

        Raises:
            BackupDamaged, BackupsDown: the dump cannot be read; the program is then killed, not ended.
            UsageError: the key is the wrong one.
            BackupFailed: the program failed.
        """
        reader = PartReader(self.store, self.manifest.key(), self.manifest.parts)
        pipe = _Pipe(run.stdin)
        with contextlib.closing(reader):
            try:
                encryption.decrypt(reader, pipe, self.identities, self.manifest.key())
            except (OSError, BackupDamaged) as error:
                if fault := reader.fault or pipe.fault:
                    raise fault from None
                if not pipe.closed_by_reader:
                    raise _changed(self.manifest) from error
        with contextlib.suppress(BrokenPipeError):
            run.stdin.close()
        run.end()


class _Pipe:
    """The program's input; remembers that the program closed it, or what else went wrong, Ctrl-C included."""

    def __init__(self, pipe: IO[bytes]) -> None:
        self._pipe, self.closed_by_reader = pipe, False
        self.fault: BaseException | None = None

    def write(self, content: bytes) -> int:
        """See `encryption.Writing`."""
        with self._remembered():
            return self._pipe.write(content)

    def flush(self) -> None:
        """See `encryption.Writing`."""
        with self._remembered():
            self._pipe.flush()

    @contextlib.contextmanager
    def _remembered(self) -> Iterator[None]:
        try:
            yield
        except BrokenPipeError:
            self.closed_by_reader = True
            raise
        except BaseException as error:
            self.fault = error  # it is no fault of the dump
            raise


def _changed(manifest: Manifest) -> BackupDamaged:
    return BackupDamaged(
        f"{manifest.key()} was changed after it was encrypted, or its end is missing.",
        "Take another backup.",
    )
