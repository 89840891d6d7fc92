"""Files that are there in whole or not at all, and that nobody else's work is lost by."""

import contextlib
import fcntl
import os
import secrets
from collections.abc import Iterator
from pathlib import Path


def write(path: Path, text: str) -> None:
    """Puts a text in the place of a file at one stroke."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with draft.open("w", encoding="utf-8", errors="replace") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def add(path: Path, line: str) -> None:
    """Adds a line at the end; two at once both stand there."""
    with path.open("a", encoding="utf-8", errors="replace") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.write(f"{line}\n")


def point(link: Path, target: Path) -> bool:
    """Has a name lead to the newest file; False where somebody keeps a file of his own under that name."""
    if link.exists() and not link.is_symlink():
        return False
    draft = link.with_name(f".{link.name}.{secrets.token_hex(4)}")
    draft.symlink_to(target.relative_to(link.parent))
    draft.replace(link)
    return True


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Nobody else changes what is in the folder while the block runs."""
    with (folder / ".lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
