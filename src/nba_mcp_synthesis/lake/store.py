"""Where a lake lies: a folder or a bucket, behind one shape."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from nba_mcp_synthesis.errors import UsageError

S3 = "s3://"
# Signs that a key may have. No dots alone, no backslash, no empty part: nothing that leads elsewhere.
_PART = re.compile(r"(?!\.{1,2}$)[A-Za-z0-9_=.%-]{1,200}")
MOST_PARTS = 12


@dataclass(frozen=True, slots=True)
class Stored:
    """One object: its key below the root, its bytes, and when it was written (UTC)."""

    key: str
    size: int
    at: datetime


class Store(Protocol):
    """Objects by key below one root.

    Every method raises LakeDown where the place does not answer or does not let us in.
    """

    @property
    def place(self) -> str:
        """The root as a person would name it."""
        ...

    def read(self, key: str) -> bytes | None:
        """An object's content; None where there is none."""
        ...

    def write(self, key: str, content: bytes) -> None:
        """Writes an object; readers see all of it or nothing."""
        ...

    def swap(self, key: str, content: bytes, before: bytes | None) -> bool:
        """Writes an object that still has the content `before`; False where somebody else changed it."""
        ...

    def keys(self, prefix: str, after: str = "", limit: int | None = None) -> list[Stored]:
        """Objects below a prefix, by key, those behind `after`."""
        ...

    def delete(self, keys: list[str]) -> None:
        """Removes objects; those that are gone already are no error."""
        ...

    def check(self) -> list[str]:
        """What speaks against keeping data here, in sentences: readable by all, not encrypted."""
        ...


def checked_key(key: str) -> str:
    """The key, if it can only lead to something below a root; UsageError otherwise."""
    parts = key.split("/")
    if not key or len(parts) > MOST_PARTS or not all(_PART.fullmatch(part) for part in parts):
        raise UsageError(
            "That is no path within the lake.",
            "Paths look like tables/games/season=2025-26: letters, digits, = _ . - % and / between.",
        )
    return key
