"""Files that are there in whole or not at all, and that nobody else's work is lost by."""

import contextlib
import fcntl
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

from nba_mcp_synthesis.errors import Unavailable


@contextlib.contextmanager
def writing(path: Path) -> Iterator[None]:
    """Raises Unavailable, with the system's reason, where the block cannot write."""
    try:
        yield
    except OSError as error:
        raise Unavailable(
            f"{path} cannot be written: {error.strerror or type(error).__name__}.",
            "Is there room, and is the folder the right one?",
        ) from None


def write(path: Path, text: str) -> None:
    """Puts a text in the place of a file at one stroke; raises Unavailable."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with writing(path):
        try:
            with draft.open("w", encoding="utf-8", errors="replace") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)


def add(path: Path, line: str) -> None:
    """Adds a line at the end; two at once both stand there. Raises Unavailable."""
    with writing(path), path.open("a", encoding="utf-8", errors="replace") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.write(f"{line}\n")


def point(link: Path, target: Path) -> bool:
    """Has a name lead to the newest file; False where somebody keeps a file of his own under that name."""
    if link.exists() and not link.is_symlink():
        return False
    draft = link.with_name(f".{link.name}.{secrets.token_hex(4)}")
    with writing(link):
        draft.symlink_to(target.relative_to(link.parent))
        draft.replace(link)
    return True


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Nobody else changes what is in the folder while the block runs; raises Unavailable."""
    with writing(folder):
        file = (folder / ".lock").open("a")
    with file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
