"""What is wrong with the secrets of one context: one finding for each fault, in words that quote no value."""

import hmac
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import combinations
from pathlib import Path

from nba_mcp_synthesis.secrets.gathering import Gathered
from nba_mcp_synthesis.secrets.manifest import Manifest, Spec
from nba_mcp_synthesis.secrets.names import Naming
from nba_mcp_synthesis.secrets.records import Finding, Held


def findings_of(
    gathered: Gathered, manifest: Manifest, naming: Naming, base: Path, now: datetime
) -> tuple[Finding, ...]:
    """All findings, those of the levels first, then secret by secret in the manifest's order.

    `base` is where the folders of all contexts lie.
    """
    found = list(gathered.findings)
    for spec in manifest.specs.values():
        held = gathered.held.get(spec.name)
        if held is None:
            found += _missing(spec, naming, base)
        else:
            found += [*_malformed(spec, held), *_expired(spec, held, now), *_elsewhere(held, gathered)]
    return (*found, *_shared(gathered, manifest))


def _missing(spec: Spec, naming: Naming, base: Path) -> Iterator[Finding]:
    if naming.context in spec.required:
        message = f"{spec.name} is missing, which {naming.context} requires: {spec.about}."
        yield Finding("missing", spec.name, message, how_to_set(spec.name, naming, base))


def how_to_set(name: str, naming: Naming, base: Path) -> str:
    """What to do about a secret that is not there."""
    return (
        f"Set the variable {naming.long(name)}, write {base / naming.folder / name}.env, "
        f"or add the key {name} to the AWS secret {naming.aws}."
    )


def _malformed(spec: Spec, held: Held) -> Iterator[Finding]:
    value = held.value.get_secret_value()
    named = value.startswith((f"{spec.name}=", f"export {spec.name}"))
    fault = f"begins with {spec.name}=; only the value belongs there" if named else spec.format.fault(value)
    if fault:
        message = f"{spec.name} is malformed: the value in {held.place} {fault}."
        yield Finding("malformed", spec.name, message, f"Its owner is {spec.owner}.")


def _expired(spec: Spec, held: Held, now: datetime) -> Iterator[Finding]:
    if spec.rotate_days is None or held.since is None:
        return
    age = now - held.since
    if age > timedelta(days=spec.rotate_days):
        message = f"{spec.name} is {age.days} days old; its period is {spec.rotate_days} days."
        yield Finding("expired", spec.name, message, f"Rotate it; its owner is {spec.owner}.")


def _elsewhere(held: Held, gathered: Gathered) -> Iterator[Finding]:
    """The same secret in a second place: with another value it is a trap, with the same a chore."""
    others = [one for one in gathered.shadowed if one.name == held.name]
    differing = [one for one in others if not _same(one, held)]
    if differing:
        # Two names side by side contradict each other; over levels, the earlier one may be meant to win.
        beside = any(one.level == held.level for one in differing)
        message = f"{held.name} has different values: {held.place} is used, {_places(differing)} is not."
        hint = "Remove the one that is out of date."
        yield Finding("conflicting", held.name, message, hint, "error" if beside else "warning")
    elif others:
        message = (
            f"{held.name} is kept more than once: {held.place} is used, {_places(others)} holds the same."
        )
        yield Finding(
            "duplicated", held.name, message, "Keep one, or replace all of them together.", "warning"
        )


def _shared(gathered: Gathered, manifest: Manifest) -> Iterator[Finding]:
    """Two secrets with one value: who gets one of them has both."""
    specs = [spec for spec in manifest.specs.values() if spec.format.guarded]
    guarded = [gathered.held[spec.name] for spec in specs if spec.name in gathered.held]
    for one, other in combinations(guarded, 2):
        if _same(one, other):
            message = f"{one.name} and {other.name} have the same value."
            yield Finding(
                "duplicated", other.name, message, f"Give {other.name} a value of its own.", "warning"
            )


def _same(one: Held, other: Held) -> bool:
    return hmac.compare_digest(one.value.get_secret_value().encode(), other.value.get_secret_value().encode())


def _places(held: list[Held]) -> str:
    return " and ".join(one.place for one in held)
