"""The key by which the service's own jobs call it: a new one is made, and the old one gets an end."""

import contextlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Protocol

from nba_mcp_synthesis.errors import RotationFailed
from nba_mcp_synthesis.secrets.manifest import Spec
from nba_mcp_synthesis.secrets.rotation.item import Step
from nba_mcp_synthesis.secrets.versions import Version


class Keys(Protocol):
    """Where keys of callers are made and kept."""

    def text(self) -> str:
        """The text of a new key, which nobody knows yet."""
        ...

    def admit(self, text: str, like: str) -> None:
        """Lets a key in, with name, scopes and end of another that is in force; twice is once."""
        ...

    def opens(self, text: str) -> bool:
        """Whether a key is in force."""
        ...

    def end(self, but: str, at: datetime) -> None:
        """Ends all other keys of this key's name at that moment, those that end earlier excepted."""
        ...


class ServiceKeyItem:
    """That key."""

    def __init__(self, spec: Spec, keys: Keys) -> None:
        self.name, self._spec, self._keys = spec.name, spec, keys

    def steps(self) -> Mapping[Step, str]:
        """The sentences."""
        return {
            "create": f"Stage a new {self.name}",
            "set": "Let the new key in, with name, scopes and end of the one in use",
            "test": "See that the new key is in force",
            "retire": f"Let the other keys of its name end in {self._spec.overlap_days} days",
        }

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """None: a key too many does no harm, and ends by itself."""
        yield

    def changes(self, current: Version) -> dict[str, str]:  # noqa: ARG002 - as all items
        """A new key."""
        return {self.name: self._keys.text()}

    def set(self, current: Version, pending: Version) -> None:
        """Lets it in."""
        self._keys.admit(pending.values[self.name], current.values[self.name])

    def test(self, current: Version, pending: Version) -> None:  # noqa: ARG002 - as all items
        """It is in force."""
        if not self._keys.opens(pending.values[self.name]):
            raise RotationFailed("The new key is not in force.", "Look at `nba-mcp keys list`.")

    def retire(self, pending: Version) -> None:
        """Ends the others, later."""
        end = datetime.now(UTC) + timedelta(days=self._spec.overlap_days)
        self._keys.end(pending.values[self.name], end)
