"""A whole run: first the turn that was begun and is not over, then all that is planned, one after another."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from nba_mcp_synthesis.errors import Busy, NbaMcpError, RotationFailed, Unavailable
from nba_mcp_synthesis.secrets.manifest import Manifest
from nba_mcp_synthesis.secrets.rotation.item import Item, Step
from nba_mcp_synthesis.secrets.rotation.plan import Kinds, Plan, plan_of
from nba_mcp_synthesis.secrets.rotation.turn import Done, Turn, Witness
from nba_mcp_synthesis.secrets.versions import VersionedSecret

OnStep = Callable[[str, Step], None]
_OUTCOMES = {True: "unfinished", False: "failed", None: "unknown"}


@dataclass(frozen=True, slots=True)
class Failed:
    """A turn that did not go through.

    `switched` tells whether the new secret is in use, or the old one; None where nobody knows, because AWS's
    answer was lost.
    """

    name: str
    error: NbaMcpError
    switched: bool | None = False

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "secret": self.name,
            "outcome": _OUTCOMES[self.switched],
            "error": self.error.code,
            "message": self.error.message,
            "hint": self.error.hint,
        }


@dataclass(frozen=True, slots=True)
class Run:
    """What a run did, and what it left to people."""

    plan: Plan
    done: tuple[Done, ...]
    failed: tuple[Failed, ...]

    @property
    def exit_code(self) -> int:
        """0 where all went well, else that of the worst failure."""
        return max((one.error.exit_code for one in self.failed), default=0)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "aws_secret": self.plan.secret,
            "rotations": [*(one.as_dict() for one in self.done), *(one.as_dict() for one in self.failed)],
            "by_hand": [one.as_dict() for one in self.plan.by_hand],
        }


class Rotations:
    """All that can be rotated in one context."""

    def __init__(
        self,
        secret: VersionedSecret,
        manifest: Manifest,
        kinds: Kinds,
        witness: Witness,
    ) -> None:
        self._secret, self._manifest, self._kinds, self._witness = secret, manifest, kinds, witness

    def plan(self, only: Collection[str] = (), *, due_only: bool = False) -> Plan:
        """What `run` with the same arguments would do now; nothing is changed."""
        current, pending = self._secret.require(), self._secret.pending()
        unattended, by_hand = plan_of(
            current, self._manifest, self._kinds, datetime.now(UTC), only=only, due_only=due_only
        )
        # One that was made from a version which is not in use any more is taken away by the next turn.
        is_open = pending and current.id in (pending.id, pending.turn.get("base"))
        begun = pending.turn.get("item") if pending and is_open else None
        is_current = begun is not None and pending is not None and pending.id == current.id
        return Plan(self._secret.name, unattended, by_hand, begun, is_current)

    def run(
        self, only: Collection[str] = (), *, due_only: bool = False, on_step: OnStep = lambda _, __: None
    ) -> Run:
        """Rotates. What fails is told, and the others have their turn, unless AWS or a lock is at fault.

        Raises:
            UsageError: there is no such secret, here or in AWS.
            RotationFailed: a turn was begun that this process cannot complete.
        """
        plan = self.plan(only, due_only=due_only)
        done: list[Done] = []
        failed: list[Failed] = []
        for item in self._in_order(plan):
            turn = Turn(self._secret, item, self._manifest, self._witness, on_step)
            try:
                done.append(turn.run())
            except NbaMcpError as error:
                was_switched = plan.begun_is_current and item.name == plan.begun  # by the process that died
                failed.append(Failed(item.name, error, was_switched or turn.switched))
                # an open turn goes on at the next run; another one now would take its place
                if isinstance(error, Busy) or (isinstance(error, Unavailable) and self._is_open()):
                    break
        return Run(plan, tuple(done), tuple(failed))

    def _in_order(self, plan: Plan) -> list[Item]:
        """The turn that was begun, then what is planned."""
        begun = [] if plan.begun is None else [self._of_begun(plan.begun)]
        return begun + [one.item for one in plan.unattended if one.item and one.name != plan.begun]

    def _of_begun(self, name: str) -> Item:
        if name not in self._kinds.items:
            raise RotationFailed(
                f"A change called {name} was begun and is not over; no rotation completes it.",
                "Run the command that began it again: `nba-mcp secrets migrate` for a migration.",
            )
        return self._kinds.items[name]

    def _is_open(self) -> bool:
        """Whether a turn is not over; also where that cannot be told."""
        try:
            return self._secret.pending() is not None
        except NbaMcpError:
            return True
