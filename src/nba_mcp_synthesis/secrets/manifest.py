"""The manifest: every secret that is known, and what it has to be. Its data are secrets.toml."""

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from nba_mcp_synthesis.errors import SettingsError, UsageError
from nba_mcp_synthesis.secrets.formats import KINDS, Format
from nba_mcp_synthesis.secrets.names import CONTEXTS

ROTATIONS = ("login", "overlap", "service key")
_KEYS = frozenset(
    {
        *("about", "administrator", "also", "beside", "kind", "looks_like", "opens", "overlap_days", "owner"),
        *("pattern", "plain_at", "required", "rotate_days", "rotation", "schemes"),
    }
)


@dataclass(frozen=True, slots=True)
class Spec:
    """What one secret has to be; the words are explained in secrets.toml."""

    name: str
    about: str
    owner: str
    format: Format
    required: tuple[str, ...] = ()
    rotate_days: int | None = None
    opens: str | None = None
    also: tuple[str, ...] = ()
    rotation: str | None = None
    beside: str = ""
    administrator: str = ""
    overlap_days: int = 0


@dataclass(frozen=True, slots=True)
class Manifest:
    """The specs by short name, in the order of the file."""

    specs: Mapping[str, Spec]

    def spec(self, name: str) -> Spec:
        """The spec of a secret; raises UsageError with the nearest name."""
        if name in self.specs:
            return self.specs[name]
        raise UsageError(
            f"No secret is called {name!r}.", self.nearest(name) or "`nba-mcp secrets list` has all."
        )

    def nearest(self, name: str) -> str:
        """A question with the name that was perhaps meant, or nothing."""
        near = difflib.get_close_matches(name, self.specs, n=1)
        return f"Did you mean {near[0]}?" if near else ""


@cache
def default_manifest() -> Manifest:
    """The product's own manifest."""
    return parse(files("nba_mcp_synthesis.secrets").joinpath("secrets.toml").read_text("utf-8"))


def read(path: Path) -> Manifest:
    """The manifest in a file; raises SettingsError."""
    return parse(path.read_text("utf-8"))


def parse(text: str) -> Manifest:
    """The manifest in a TOML text; raises SettingsError naming the entry at fault."""
    return Manifest({name: _spec(name, entry) for name, entry in tomllib.loads(text).items()})


def _spec(name: str, entry: dict[str, Any]) -> Spec:
    unknown = sorted(set(entry) - _KEYS)
    contexts = tuple(entry.get("required", ()))
    rotation = entry.get("rotation")
    right = entry.get("kind") in KINDS and (rotation is None or rotation in ROTATIONS)
    if unknown or not right or not set(contexts) <= set(CONTEXTS):
        raise SettingsError(
            f"The manifest's entry {name} has an unknown key, kind, rotation or context.", str(unknown or "")
        )
    form = Format(
        entry["kind"],
        entry.get("pattern", ""),
        entry.get("looks_like", ""),
        tuple(entry.get("schemes", ())),
        tuple(entry.get("plain_at", ())),
    )
    return Spec(
        name,
        entry["about"],
        entry["owner"],
        form,
        contexts,
        entry.get("rotate_days"),
        entry.get("opens"),
        tuple(entry.get("also", ())),
        entry.get("rotation"),
        entry.get("beside", ""),
        entry.get("administrator", ""),
        entry.get("overlap_days", 0),
    )
