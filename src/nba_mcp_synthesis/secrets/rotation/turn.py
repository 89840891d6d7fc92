"""One turn of one secret: create, set, test, switch, retire, record, tell, clear.

What was done is in AWS: a version under AWSPENDING is a turn that is not over, and once the same version is
AWSCURRENT, it has been switched to. Each step may be done twice, so a turn that died is resumed at the
earliest step that may not have happened.
"""

import contextlib
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol, get_args

from nba_mcp_synthesis.errors import NbaMcpError, RotationFailed, Unavailable
from nba_mcp_synthesis.secrets.manifest import Manifest
from nba_mcp_synthesis.secrets.rotation.item import Item, Step
from nba_mcp_synthesis.secrets.versions import Version, VersionedSecret
from nba_mcp_synthesis.telemetry.logs import get_logger

_DIGEST = 16  # bytes
STEPS: tuple[Step, ...] = get_args(Step)
_COMMON: Mapping[Step, str] = {
    "switch": "Move AWSCURRENT to the staged version",
    "record": "Write it into the audit log",
    "tell": "Tell PagerDuty (a change event) and Slack",
    "clear": "Take AWSPENDING off the version",
}


@dataclass(frozen=True, slots=True)
class Rotation:
    """One turn as the audit log has it; `digests` tell later whether a value is still the one it brought."""

    name: str
    version: str
    outcome: str
    at: datetime
    digests: Mapping[str, str] = field(default_factory=dict)
    message: str = ""


class Witness(Protocol):
    """Who hears of turns."""

    def record(self, rotation: Rotation) -> None:
        """Writes a turn into the audit log, once; raises Unavailable where it cannot."""
        ...

    def tell(self, rotation: Rotation) -> list[str]:
        """Tells people; gives a sentence for each who could not be told."""
        ...


@dataclass(frozen=True, slots=True)
class Done:
    """What a turn did: its steps with their sentences, and who could not be told of it."""

    name: str
    version: str
    steps: tuple[tuple[Step, str], ...]
    untold: tuple[str, ...] = ()
    resumed: bool = False

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "secret": self.name,
            "outcome": "rotated",
            "version": self.version,
            "resumed": self.resumed,
            "steps": [{"step": step, "what": what} for step, what in self.steps],
            "not_told": list(self.untold),
        }


def steps_of(item: Item) -> dict[Step, str]:
    """The steps that a whole turn has, with their sentences, in order."""
    told = {**_COMMON, **item.steps()}
    return {step: told[step] for step in STEPS if step in told}


class Turn:
    """One item's turn. `on_step` hears of each step that is done.

    `switched` tells, also after an error, whether the new value is the one in use; None where AWS's answer
    to the switch was lost.
    """

    def __init__(
        self,
        secret: VersionedSecret,
        item: Item,
        manifest: Manifest,
        witness: Witness,
        on_step: Callable[[str, Step], None] = lambda _, __: None,
    ) -> None:
        self._secret, self._item, self._manifest = secret, item, manifest
        self._witness, self._on_step = witness, on_step
        self.switched: bool | None = False
        self._did: list[tuple[Step, str]] = []
        self._untold: list[str] = []

    def run(self) -> Done:
        """Takes the whole turn, or the rest of one that died.

        Raises:
            RotationFailed: a step failed; what was staged is withdrawn, and the old secret works.
            Busy: somebody else is at it.
            Unavailable: AWS, the database or the state database is away; the old or the new secret works.
        """
        with self._item.lock():
            current, pending = self._secret.require(), self._secret.pending()
            pending = self._own(current, pending)
            resumed = pending is not None
            if pending is None or pending.id != current.id:
                pending = self._prepared(current, pending)
            self.switched = True  # by this process or by the one that died
            return self._finished(pending, resumed=resumed)

    def _own(self, current: Version, pending: Version | None) -> Version | None:
        """The turn of this item that is not over, if there is one; a stale one is taken away."""
        if pending is None or (pending.id == current.id and not pending.turn):
            return None
        if not pending.turn:
            raise RotationFailed(
                "Another program has staged a version of this secret; nothing was changed.",
                "Let it finish, or take AWSPENDING off that version in AWS.",
            )
        if pending.id != current.id and pending.turn.get("base") != current.id:
            self._secret.clear(pending.id)  # made from a version that is no longer in use
            return None
        if pending.turn.get("item") != self._item.name:
            raise RotationFailed(
                f"A change of {pending.turn.get('item')} is not over yet; nothing was changed.",
                "Run the command again: it completes that one first.",
            )
        return pending

    def _prepared(self, current: Version, pending: Version | None) -> Version:
        """Up to the switch."""
        if pending is None:
            changes = self._item.changes(current)
            pending = self._secret.stage(current, changes, {"item": self._item.name})
            self._step("create")
        try:
            self._still(pending)
            self._item.set(current, pending)
            self._step("set")
            self._item.test(current, pending)
            self._step("test")
        except NbaMcpError as error:
            self._withdraw(pending, error)
            raise
        try:
            self._secret.switch(pending, current.id)
        except Unavailable:
            self.switched = None
            raise
        self.switched = True
        self._step("switch")
        return pending

    def _finished(self, pending: Version, *, resumed: bool) -> Done:
        """After the switch."""
        self._item.retire(pending)
        self._step("retire")
        rotation = Rotation(
            self._item.name, pending.id, "ok", datetime.now(UTC), digests(pending, self._manifest)
        )
        self._witness.record(rotation)
        self._step("record")
        self._untold = self._witness.tell(rotation)
        self._step("tell")
        self._secret.clear(pending.id)
        self._step("clear")
        get_logger().info("rotation", secret=self._item.name, outcome="ok", version=pending.id)
        return Done(self._item.name, pending.id, tuple(self._did), tuple(self._untold), resumed)

    def _still(self, pending: Version) -> None:
        """The last look before something outside of AWS changes."""
        found = self._secret.pending()
        if found is None or found.id != pending.id:
            raise RotationFailed(
                "Somebody else began another turn meanwhile; nothing was changed.", "Run the command again."
            )

    def _withdraw(self, pending: Version, error: NbaMcpError) -> None:
        """Ends a turn that failed. Where that fails too, the next run finds the turn and resumes it."""
        get_logger().error("rotation", secret=self._item.name, outcome="failed", message=str(error))
        failed = Rotation(self._item.name, pending.id, error.code, datetime.now(UTC), message=error.message)
        with contextlib.suppress(NbaMcpError):
            self._secret.clear(pending.id)
        with contextlib.suppress(NbaMcpError):
            self._witness.record(failed)
        self._witness.tell(failed)

    def _step(self, step: Step) -> None:
        what = steps_of(self._item).get(step)
        if what is not None:
            self._did.append((step, what))
            self._on_step(self._item.name, step)


def digests(version: Version, manifest: Manifest) -> dict[str, str]:
    """Digests of the values that a version brought, but for those short enough to be guessed from them."""
    brought = [
        name
        for name, value in version.values.items()
        if name in manifest.specs
        and manifest.specs[name].format.guarded
        and (entry := version.history.entry(name))
        and entry.version == version.id
        and value
    ]
    return {name: digest(version.values[name], version.id) for name in brought}


def digest(value: str, version: str) -> str:
    """Tells whether a value is one that was seen before; salted with the version that brought it.

    Slow, some tens of milliseconds and 16 MiB: what a person thought up may be in every list of passwords.
    """
    return hashlib.scrypt(value.encode(), salt=version.encode(), n=2**14, r=8, p=1, dklen=_DIGEST).hex()
