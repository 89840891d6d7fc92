"""Reading one secret from one file."""

import os
import stat
from datetime import UTC, datetime
from pathlib import Path

from pydantic import SecretStr

from nba_mcp_synthesis.secrets.records import Finding, Held, Stamp

LARGEST = 65_536  # bytes, as in AWS Secrets Manager


def read_secret(name: str, path: Path, level: str) -> Held | Finding | None:
    """The secret in a file, a finding when it cannot be read as one, None when there is none in it.

    One line break at the end does not count; an empty file is an unset secret.
    """
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            return _unreadable(name, path, "is no plain file")
        if status.st_size > LARGEST:
            return _unreadable(name, path, f"has more than {LARGEST:,} bytes")
        text = path.read_bytes().decode("utf-8").removesuffix("\n").removesuffix("\r")
    except FileNotFoundError:
        return None  # it went between listing and reading: no secret, as if it had gone before
    except OSError as error:
        return _unreadable(name, path, f"cannot be read: {error.strerror}")
    except UnicodeDecodeError:
        return _unreadable(name, path, "is not UTF-8 text")
    since = datetime.fromtimestamp(status.st_mtime, UTC)
    version = f"{since:%Y-%m-%dT%H:%M:%SZ}"
    held = Held(name, SecretStr(text), level, str(path), version, since, path, _stamp_of(status))
    return held if text else None


def stamp(path: Path) -> Stamp | None:
    """What changes whenever the file does; None when it is not there."""
    try:
        return _stamp_of(path.stat())
    except OSError:
        return None


def _stamp_of(status: os.stat_result) -> Stamp:
    return (status.st_mtime_ns, status.st_ino, status.st_size)


def _unreadable(name: str, path: Path, why: str) -> Finding:
    return Finding(
        "unreadable", name, f"{name}: {path} {why}.", "Put the value alone into it, readable by this process."
    )
