"""What a source hands over, whatever it is: rows of canonical tables, and what it left out."""

import csv
import hashlib
import json
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
import yaml

from nba_mcp_synthesis.errors import SourceError

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class SourceFile:
    """One file at the door.

    `label` is its path below the folder that was given; `season` the season that its folder is
    about, for formats that do not carry one themselves (None when that is unknown);
    `stated_season` the one that whoever loads it named, which what is found must not contradict.
    """

    path: Path
    label: str
    season: str | None = None
    stated_season: str | None = None

    @cached_property
    def content(self) -> bytes:
        """The bytes; SourceError when they cannot be read."""
        try:
            return self.path.read_bytes()
        except OSError as error:
            raise SourceError(f"{self.label} cannot be read: {error.strerror}.") from error

    @cached_property
    def sha256(self) -> str:
        """Checksum of the content, in hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()

    @cached_property
    def text(self) -> str:
        """The content as UTF-8; SourceError when it is in another encoding."""
        try:
            return self.content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise SourceError(f"{self.label} is not UTF-8 text (byte {error.start}).") from error

    @cached_property
    def csv_columns(self) -> tuple[str, ...]:
        """Names in the first line, when this is a CSV file; empty otherwise."""
        if self.path.suffix.lower() != ".csv":
            return ()
        try:
            return tuple(next(csv.reader([self.text.split("\n", 1)[0].rstrip("\r")]), ()))
        except csv.Error as error:
            raise SourceError(f"{self.label} is not valid CSV: {error}.") from error

    @cached_property
    def json(self) -> Any:
        """The parsed document, when this is a JSON file; None otherwise."""
        if self.path.suffix.lower() != ".json":
            return None
        try:
            return json.loads(self.text)
        except (ValueError, RecursionError) as error:
            raise SourceError(f"{self.label} is not valid JSON: {error}.") from error

    @cached_property
    def yaml(self) -> Any:
        """The parsed document, whatever the name; SourceError when it is not YAML."""
        try:
            return yaml.load(self.text, _Loader)  # noqa: S506 (both are safe loaders)
        except (yaml.YAMLError, RecursionError) as error:
            cause = " ".join(str(error).split())
            raise SourceError(f"{self.label} is not valid YAML: {cause}.") from error


@dataclass(frozen=True)
class Batch:
    """Rows for one canonical table; columns that the source does not know are left out."""

    table: str
    rows: pa.Table


@dataclass(frozen=True)
class Reading:
    """All that one file gave. `rejected` counts the rows left out, by reason."""

    source: str
    batches: tuple[Batch, ...]
    rows_read: int
    rejected: Counter[str] = field(default_factory=Counter)
    simulated: bool = False


@dataclass(frozen=True)
class Outside:
    """A file that is known and feeds no table; `name` says what it is, `why` why it is left."""

    name: str
    why: str


class Format(Protocol):
    """One way in which data are written down. Formats know each other only through this shape."""

    @property
    def name(self) -> str:
        """What load_history and the tables' precedence call it."""
        ...

    def recognises(self, file: SourceFile) -> bool:
        """True when the content (not only the name) is of this format."""
        ...

    def read(self, file: SourceFile) -> Reading:
        """The rows of the file; SourceError when it is broken beyond use."""
        ...
