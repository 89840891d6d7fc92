"""Encryption in the format of age (age-encryption.org), as a stream: any `age` program reads it."""

from pathlib import Path
from typing import Any, Protocol

from nba_mcp_synthesis.errors import BackupDamaged, SettingsError, UsageError
from nba_mcp_synthesis.extras import extra


class Reading(Protocol):
    """A file to read from."""

    def read(self, size: int = -1, /) -> bytes:
        """Up to so many bytes."""
        ...


class Writing(Protocol):
    """A file to write to."""

    def write(self, content: bytes, /) -> int:
        """Takes bytes."""
        ...

    def flush(self) -> None:
        """Sends them on."""
        ...


def check_recipients(keys: tuple[str, ...]) -> None:
    """SettingsError where there are none, or one is no public key."""
    if not keys:
        raise SettingsError(
            "NBA_MCP_BACKUP_RECIPIENTS is not set, and nothing is backed up unencrypted.",
            "`age-keygen -o KEY` makes a key; its public part, age1…, is what to set. Keep KEY elsewhere.",
        )
    _recipients(keys)


def encrypt(source: Reading, target: Writing, keys: tuple[str, ...]) -> None:
    """Reads to the end and writes what only the holders of these keys can read; in constant memory.

    OSError where source or target failed: both know why.
    """
    with extra("backup"):
        import pyrage

    try:
        pyrage.encrypt_io(source, target, _recipients(keys))
    except pyrage.EncryptError as error:
        raise OSError("the encryption was cut short") from error


def decrypt(source: Reading, target: Writing, identities: list[Any], what: str) -> None:
    """Reads to the end and writes the plain bytes, each 64 KiB when they are proven to be right.

    Raises:
        UsageError: none of the identities opens it.
        BackupDamaged: it was changed, or its end is missing.
    """
    import pyrage

    try:
        pyrage.decrypt_io(source, target, identities)
    except pyrage.DecryptError as error:
        if "No matching keys" in str(error):
            raise UsageError(
                f"The key in NBA_MCP_BACKUP_IDENTITY does not open {what}: it was encrypted for others.",
                "The manifest names the public keys; `age-keygen -y FILE` says which one a file belongs to.",
            ) from None
        raise BackupDamaged(f"{what} is no whole file of age: {error}.", "Take another backup.") from error


def read_identities(path: Path | None) -> list[Any]:
    """The private keys in a file of age-keygen; SettingsError where there is none. Never quotes the file."""
    with extra("backup"):
        import pyrage

    if path is None:
        raise SettingsError(
            "NBA_MCP_BACKUP_IDENTITY is not set, and backups are encrypted.",
            "Set it to the file with the private key that `age-keygen` wrote.",
        )
    try:
        lines = path.expanduser().read_text("utf-8").splitlines()
        keys = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
        found = [pyrage.x25519.Identity.from_str(key) for key in keys]
    except (OSError, UnicodeError, pyrage.IdentityError) as error:
        told = getattr(error, "strerror", None) or "it holds something else than keys of age"
        raise SettingsError(f"NBA_MCP_BACKUP_IDENTITY, {path}, cannot be read: {told}.") from None
    if not found:
        raise SettingsError(f"NBA_MCP_BACKUP_IDENTITY, {path}, has no key in it.")
    return found


def _recipients(keys: tuple[str, ...]) -> list[Any]:
    with extra("backup"):
        import pyrage

    try:
        return [pyrage.x25519.Recipient.from_str(key) for key in keys]
    except pyrage.RecipientError:
        raise SettingsError(
            "NBA_MCP_BACKUP_RECIPIENTS has a mistyped key: its checksum is wrong.",
            "Copy the line `# public key: age1…` of the key's file.",
        ) from None
