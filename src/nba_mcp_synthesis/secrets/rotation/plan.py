"""What a rotation would do, before anything is done: secret by secret, step by step."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from nba_mcp_synthesis.errors import UsageError
from nba_mcp_synthesis.secrets.manifest import Manifest, Spec
from nba_mcp_synthesis.secrets.rotation.item import Item, Step
from nba_mcp_synthesis.secrets.rotation.turn import steps_of
from nba_mcp_synthesis.secrets.versions import Version


@dataclass(frozen=True, slots=True)
class Kinds:
    """The items by the name of their secret; `needs` says of those that need a person what it is.

    `others` are in other AWS secrets, and nothing here rotates them.
    """

    items: Mapping[str, Item]
    needs: Mapping[str, str]
    others: "tuple[Planned, ...]" = ()


@dataclass(frozen=True, slots=True)
class Planned:
    """One secret. Where a person has to act, `why` says so."""

    name: str
    owner: str
    since: datetime
    due_on: datetime | None
    due: bool
    item: Item | None
    why: str = ""

    @property
    def steps(self) -> dict[Step, str]:
        """What would be done."""
        return {} if self.why or self.item is None else steps_of(self.item)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "secret": self.name,
            "owner": self.owner,
            "since": self.since.isoformat(timespec="seconds"),
            "due_on": self.due_on.date().isoformat() if self.due_on else None,
            "due": self.due,
            "needs": self.why or None,
            "steps": [{"step": step, "what": what} for step, what in self.steps.items()],
        }


@dataclass(frozen=True, slots=True)
class Plan:
    """What goes by itself, in order, and what needs a person; `begun` is a turn that is not over.

    `begun_is_current` tells whether that turn has been switched to.
    """

    secret: str
    unattended: tuple[Planned, ...]
    by_hand: tuple[Planned, ...]
    begun: str | None = None
    begun_is_current: bool = False

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "aws_secret": self.secret,
            "begun": self.begun,
            "unattended": [one.as_dict() for one in self.unattended],
            "by_hand": [one.as_dict() for one in self.by_hand],
        }


def plan_of(
    current: Version,
    manifest: Manifest,
    kinds: Kinds,
    now: datetime,
    *,
    only: Collection[str] = (),
    due_only: bool = False,
) -> tuple[tuple[Planned, ...], tuple[Planned, ...]]:
    """(what goes by itself, what needs a person) of the secrets that are held and have a period.

    Raises:
        UsageError: one of `only` is not there to be rotated.
    """
    for name in only:
        _there(manifest.spec(name), current, kinds)
    wanted = [
        manifest.specs[name]
        for name in manifest.specs
        if name in kinds.items and (name in only if only else current.values.get(name))
    ]
    found = [_planned(spec, current, kinds, now) for spec in wanted]
    kept = [one for one in (*found, *(() if only else kinds.others)) if one.due or not due_only]
    return tuple(one for one in kept if not one.why), tuple(one for one in kept if one.why)


def _there(spec: Spec, current: Version, kinds: Kinds) -> None:
    if spec.name not in kinds.items:
        raise UsageError(
            f"{spec.name} is not rotated by itself.", "It changes with what it belongs to, if at all."
        )
    if spec.rotation and not current.values.get(spec.name):
        raise UsageError(f"{spec.name} is not in the AWS secret, so there is nothing to replace.")
    if why := kinds.needs.get(spec.name):
        raise UsageError(f"{spec.name} was not rotated: {why}", "Nothing was changed.")


def _planned(spec: Spec, current: Version, kinds: Kinds, now: datetime) -> Planned:
    entry = current.history.entry(spec.name)
    since = entry.since if entry else current.created
    why = kinds.needs.get(spec.name, "")
    return Planned(spec.name, spec.owner, since, *due(spec, since, now), kinds.items[spec.name], why)


def due(spec: Spec, since: datetime, now: datetime) -> tuple[datetime | None, bool]:
    """(when a value of that age has to be replaced, whether that is past)."""
    on = since + timedelta(days=spec.rotate_days) if spec.rotate_days else None
    return on, on is not None and on <= now
