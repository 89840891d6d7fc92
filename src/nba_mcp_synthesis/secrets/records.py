"""The records that levels, checks and manager hand to each other. Values are SecretStr in all of them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal, Protocol

from pydantic import SecretStr

Context = Literal["production", "development", "test", "workflow"]
Kind = Literal[
    "missing",
    "malformed",
    "expired",
    "world-readable",
    "duplicated",
    "conflicting",
    "unreadable",  # a file is there and cannot be read
    "unknown",  # something is there that the manifest does not know: a misspelt name, perhaps
    "unreachable",  # a level could not be asked, so nobody knows what it holds
    "settings",
]
Severity = Literal["error", "warning"]
Stamp = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Held:
    """A secret where it was found.

    `place` says where in words; `version` and `since` are None where the place keeps none. `file` and `stamp`
    tell later whether the file has changed.
    """

    name: str
    value: SecretStr
    level: str
    place: str
    version: str | None = None
    since: datetime | None = None
    file: Path | None = None
    stamp: Stamp | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, in a sentence, and what to do about it. `name` is None for a whole level."""

    kind: Kind
    name: str | None
    message: str
    hint: str
    severity: Severity = "error"

    def __str__(self) -> str:
        return f"{self.message} {self.hint}"


@dataclass(frozen=True, slots=True)
class Reading:
    """What one level gave: secrets, possibly several of one name, and what was wrong there."""

    held: tuple[Held, ...] = ()
    findings: tuple[Finding, ...] = ()


class Level(Protocol):
    """A place that secrets come from. Reading never raises: what fails is a finding."""

    @property
    def name(self) -> str:
        """What people call it."""

    @property
    def costly(self) -> bool:
        """Whether it is asked only for what earlier levels lack."""

    def read(self, wanted: Collection[str]) -> Reading:
        """The secrets among `wanted` (short names) that are here now."""

    def tried(self, name: str) -> str:
        """Where it looked for a secret, and why it could not, in words."""
