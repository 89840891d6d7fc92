"""What a comparison of this machine with AWS found, secret by secret. No value is in it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

State = Literal[
    "same", "only here", "only there", "different", "rotated", "does not open", "not tried", "malformed"
]
Action = Literal["copy", "gather", "replace", "leave", "refuse"]


@dataclass(frozen=True, slots=True)
class Compared:
    """One secret. `here` and `there` are beginnings of digests, which mean something within one run only."""

    secret: str
    state: State
    here: str = ""
    there: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """What would be done with one secret."""

    secret: str
    action: Action
    state: State
    message: str = ""


@dataclass(frozen=True, slots=True)
class CopyPlan:
    """What a migration does. `adorned` says that description, tags or key of the AWS secret change too."""

    name: str
    steps: tuple[Step, ...]
    is_new: bool
    base: str | None

    @property
    def changing(self) -> list[str]:
        """The secrets that are written."""
        return [step.secret for step in self.steps if step.action in ("copy", "gather", "replace")]

    @property
    def exit_code(self) -> int:
        """1 where something that is here does not get there."""
        return int(any(step.action == "refuse" for step in self.steps))

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {"aws_secret": self.name, "secrets": [asdict(step) for step in self.steps]}

    def told(self, *, done: bool) -> str:
        """In a sentence."""
        count, refused = len(self.changing), sum(step.action == "refuse" for step in self.steps)
        verb = ("were" if done else "would be") + " written"
        more = f"; {refused} were refused and have to be mended" if refused else ""
        return f"{count} of {len(self.steps)} secrets {verb} to AWS secret {self.name}{more}."


@dataclass(frozen=True, slots=True)
class Verified:
    """The comparison as a whole."""

    name: str
    compared: tuple[Compared, ...]

    def of(self, *states: State) -> Sequence[Compared]:
        """Those in one of these states."""
        return [one for one in self.compared if one.state in states]

    @property
    def exit_code(self) -> int:
        """0 where AWS has all that it should, 1 where it has not, 3 where that cannot be told."""
        if self.of("only here", "different", "does not open", "malformed"):
            return 1
        return 3 if self.of("not tried") else 0

    @property
    def told(self) -> str:
        """In a sentence."""
        states = dict.fromkeys(one.state for one in self.compared)
        counts = ", ".join(f"{len(self.of(state))} {state}" for state in states) or "nothing is held"
        verdict = {0: "AWS has all of them", 1: "AWS does not have all of them", 3: "Not all could be tried"}
        return f"{verdict[self.exit_code]}: {counts} (AWS secret {self.name})."

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "aws_secret": self.name,
            "verified": self.exit_code == 0,
            "secrets": [asdict(one) for one in self.compared],
        }
