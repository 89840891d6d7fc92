"""Secrets that somebody else issues: a person pastes the new one, which is tried, then switched to."""

import contextlib
from collections.abc import Callable, Iterator, Mapping

from pydantic import SecretStr

from nba_mcp_synthesis.connectors.outcome import UNREACHABLE, Outcome
from nba_mcp_synthesis.errors import RotationFailed, Unavailable, UsageError
from nba_mcp_synthesis.secrets.manifest import Spec
from nba_mcp_synthesis.secrets.rotation.item import Step
from nba_mcp_synthesis.secrets.versions import Version

# Opens the door of a secret with the values of a version; None for secrets that open none.
Try = Callable[[Mapping[str, str]], Outcome] | None


class ReplaceItem:
    """One such secret. `paste` asks the person for it; a turn that is resumed does not ask again."""

    def __init__(self, spec: Spec, paste: Callable[[], SecretStr], opens: Try) -> None:
        self.name, self._spec, self._paste, self._opens = spec.name, spec, paste, opens

    def steps(self) -> Mapping[Step, str]:
        """The sentences."""
        door = f"Try what it opens ({self._spec.opens})" if self._opens else "Compare it with its manifest"
        return {"create": f"Ask for the new {self.name}, and stage it", "test": door}

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """None: nothing is changed outside of AWS."""
        yield

    def changes(self, current: Version) -> dict[str, str]:
        """What was pasted, if it can be right."""
        new = self._paste().get_secret_value().strip()
        if fault := self._spec.format.fault(new):
            raise UsageError(f"What was given for {self.name} {fault}.", "Nothing was changed.")
        if new == current.values.get(self.name):
            raise UsageError(f"What was given for {self.name} is the one in use.", "Nothing was changed.")
        return {self.name: new}

    def set(self, current: Version, pending: Version) -> None:
        """Nothing: whoever issued it has made it valid."""

    def test(self, current: Version, pending: Version) -> None:  # noqa: ARG002 - as all items
        """Opens the door with it."""
        if self._opens is None:
            return
        outcome = self._opens(pending.values)
        if outcome.reason in UNREACHABLE:
            raise Unavailable(
                f"{self.name} could not be tried: {outcome.message}",
                "The old one still works. For what only the cluster reaches, see docs/rotation.md.",
            )
        if not outcome.ok:
            raise RotationFailed(
                f"The new {self.name} does not work: {outcome.message}", "The old one stays."
            )

    def retire(self, pending: Version) -> None:
        """Nothing here: the old one is revoked where it was issued."""
