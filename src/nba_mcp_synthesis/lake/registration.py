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
    """The state that a catalogue has: the lake and manifest that it came from, and what that is called."""

    place: str
    manifest: str
    about: About
    is_changing: bool


def parameters(place: str, manifest: Manifest) -> dict[str, str]:
    """What the database says when its tables are as the manifest says."""
    about = manifest.about
    return {
        f"{_PREFIX}place": place,
        f"{_PREFIX}manifest": manifest.key,
        f"{_PREFIX}snapshot": about.snapshot,
        f"{_PREFIX}layout_version": str(about.layout_version),
        f"{_PREFIX}data_as_of": about.data_as_of or "",
        f"{_PREFIX}simulated": str(about.simulated).lower(),
    }


def changing(before: Mapping[str, str], by: str) -> dict[str, str]:
    """The same, marked: its tables are about to change, by whoever chose `by` and nobody else has it."""
    return {**before, _CHANGING: by}


def ours(told: Mapping[str, str]) -> dict[str, str]:
    """What the database says of states and changes, without what others keep there."""
    return {name: value for name, value in told.items() if name.startswith(_PREFIX)}


def settled(before: Mapping[str, str], place: str, manifest: Manifest) -> dict[str, str]:
    """What the database says afterwards; what others keep there stays."""
    kept = {name: value for name, value in before.items() if name != _CHANGING}
    return {**kept, **parameters(place, manifest)}


def registration(told: Mapping[str, str]) -> Registration | None:
    """The state that a database says it has; None where it says nothing."""
    manifest, version = told.get(f"{_PREFIX}manifest"), told.get(f"{_PREFIX}layout_version", "")
    is_changing = _CHANGING in told
    if manifest is None or not version.isdecimal():
        nothing = Registration("", "", About("", 0, None, simulated=False), is_changing)
        return nothing if is_changing else None
    about = About(
        told.get(f"{_PREFIX}snapshot", ""),
        int(version),
        told.get(f"{_PREFIX}data_as_of") or None,
        told.get(f"{_PREFIX}simulated") == "true",
    )
    return Registration(told.get(f"{_PREFIX}place", ""), manifest, about, is_changing)
