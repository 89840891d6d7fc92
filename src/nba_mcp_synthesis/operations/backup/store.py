"""Where backups lie: a folder or a bucket, behind one shape."""

from pathlib import Path
from typing import Protocol

from nba_mcp_synthesis.errors import SettingsError
from nba_mcp_synthesis.lake.store import S3, Stored

__all__ = ["BackupStore", "Draft", "Stored", "open_store"]


class Draft(Protocol):
    """A large object that is being written. Nobody sees any of it before `finish`."""

    def part(self, number: int, offset: int, content: bytes) -> None:
        """Writes part `number` (from 1), whose bytes begin at `offset`; several threads may call."""
        ...

    def finish(self) -> None:
        """Makes it an object, all at once."""
        ...

    def abandon(self) -> None:
        """Leaves nothing of it behind."""
        ...


class BackupStore(Protocol):
    """Objects by key below one root.

    Every method raises BackupsDown where the place does not answer or does not let us in.
    """

    @property
    def place(self) -> str:
        """The root as a person would name it."""
        ...

    def begin(self, key: str) -> Draft:
        """Begins a large object."""
        ...

    def size(self, key: str) -> int | None:
        """Bytes of an object; None where there is none."""
        ...

    def read(self, key: str, start: int = 0, size: int | None = None) -> bytes | None:
        """An object, or `size` bytes of it from `start`; None where there is none."""
        ...

    def write(self, key: str, content: bytes) -> None:
        """Writes a small object; readers see all of it or nothing."""
        ...

    def keys(self, prefix: str = "") -> list[Stored]:
        """All objects below a prefix, by key."""
        ...

    def delete(self, keys: list[str]) -> None:
        """Removes objects; those that are gone already are no error."""
        ...

    def leftovers(self, seconds: float) -> list[str]:
        """Keys of drafts begun longer ago than that; their writers are gone."""
        ...

    def sweep(self, seconds: float) -> list[str]:
        """Removes those drafts, and gives their keys."""
        ...


def open_store(url: str | None, kms_key: str | None = None) -> BackupStore:
    """The store of the settings; nothing is looked at yet. SettingsError where no place is set."""
    if not url:
        raise SettingsError(
            "NBA_MCP_BACKUP_URL is not set, so there is no place for backups.",
            "Set it to s3://nba-mcp-synthesis-backups, or to a folder on another disk.",
        )
    if url.startswith(S3):
        from nba_mcp_synthesis.operations.backup.store_s3 import S3Backups

        bucket, _, prefix = url.removeprefix(S3).partition("/")
        return S3Backups(bucket, prefix.strip("/"), kms_key)
    from nba_mcp_synthesis.operations.backup.store_folder import FolderBackups

    return FolderBackups(Path(url).expanduser())
