"""Random values that this service checks itself: the old one stays good, under another name, for a turn."""

import contextlib
import secrets
from collections.abc import Iterator, Mapping

from nba_mcp_synthesis.errors import RotationFailed
from nba_mcp_synthesis.secrets.manifest import Manifest, Spec
from nba_mcp_synthesis.secrets.rotation.item import Step
from nba_mcp_synthesis.secrets.versions import Version

_BYTES = 48


class OverlapItem:
    """One such value. Two who make one at once are told apart by AWS, which lets one of them switch."""

    def __init__(self, spec: Spec, manifest: Manifest) -> None:
        self.name, self._spec, self._manifest = spec.name, spec, manifest

    def steps(self) -> Mapping[Step, str]:
        """The sentences."""
        return {
            "create": f"Stage a new {self.name}, and the one in use as {self._spec.beside}",
            "test": "Compare both with what the manifest says they have to look like",
        }

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """None: nothing is changed outside of AWS."""
        yield

    def changes(self, current: Version) -> dict[str, str]:
        """A new value, and the old one beside it."""
        return {self._spec.beside: current.values[self.name], self.name: secrets.token_urlsafe(_BYTES)}

    def set(self, current: Version, pending: Version) -> None:
        """Nothing: whoever checks it reads it."""

    def test(self, current: Version, pending: Version) -> None:
        """Both have their form, and the old one is still there."""
        fault = self._spec.format.fault(pending.values[self.name])
        if fault or pending.values[self._spec.beside] != current.values[self.name]:
            raise RotationFailed(f"The staged {self.name} {fault or 'does not keep the one in use'}.")

    def retire(self, pending: Version) -> None:
        """Nothing: the old one is replaced at the next turn."""
