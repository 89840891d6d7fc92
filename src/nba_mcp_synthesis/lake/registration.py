"""What a Glue database says of the state that its tables are in, so that readers see one state throughout.

Tables and partitions change one after the other. Before the first change the database is marked, and after
the last one it says which state it has: a reader who finds the same state before and after, and no mark, has
read that state and no other.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from nba_mcp_synthesis.lake.manifest import About, Manifest

_PREFIX = "nba_mcp_"
_CHANGING = f"{_PREFIX}changing"


@dataclass(frozen=True, slots=True)
class Registration:
    """The state that a catalogue has: the manifest that it came from, and what that is called."""

    manifest: str
    about: About
    is_changing: bool


def parameters(manifest: Manifest) -> dict[str, str]:
    """What the database says when its tables are as the manifest says."""
    about = manifest.about
    return {
        f"{_PREFIX}manifest": manifest.key,
        f"{_PREFIX}snapshot": about.snapshot,
        f"{_PREFIX}layout_version": str(about.layout_version),
        f"{_PREFIX}data_as_of": about.data_as_of or "",
        f"{_PREFIX}simulated": str(about.simulated).lower(),
    }


def changing(before: Mapping[str, str]) -> dict[str, str]:
    """The same, marked: its tables are about to change."""
    return {**before, _CHANGING: "true"}


def settled(before: Mapping[str, str], manifest: Manifest) -> dict[str, str]:
    """What the database says afterwards; what others keep there stays."""
    kept = {name: value for name, value in before.items() if name != _CHANGING}
    return {**kept, **parameters(manifest)}


def registration(told: Mapping[str, str]) -> Registration | None:
    """The state that a database says it has; None where it says nothing."""
    manifest, version = told.get(f"{_PREFIX}manifest"), told.get(f"{_PREFIX}layout_version", "")
    is_changing = _CHANGING in told
    if manifest is None or not version.isdecimal():
        return Registration("", About("", 0, None, simulated=False), is_changing) if is_changing else None
    about = About(
        told.get(f"{_PREFIX}snapshot", ""),
        int(version),
        told.get(f"{_PREFIX}data_as_of") or None,
        told.get(f"{_PREFIX}simulated") == "true",
    )
    return Registration(manifest, about, is_changing)
