"""What can be rotated, as its turn sees it."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Literal, Protocol

from nba_mcp_synthesis.secrets.versions import Version

Step = Literal["create", "set", "test", "switch", "retire", "record", "tell", "clear"]


class Item(Protocol):
    """One secret with those that change together with it. Every method may be called again after a crash."""

    name: str  # the secret that people call it by

    def steps(self) -> Mapping[Step, str]:
        """What its own steps do, in sentences without a value; steps that it does not have are left out."""
        ...

    def lock(self) -> AbstractContextManager[None]:
        """Keeps others off for the time of the block; Busy where one is at it. Ends with the process."""
        ...

    def changes(self, current: Version) -> dict[str, str]:
        """New values by the names of their secrets, made of nothing that is known; nothing is changed yet."""
        ...

    def set(self, current: Version, pending: Version) -> None:
        """Makes the new values valid where they are checked. The ones in use are not touched."""
        ...

    def test(self, current: Version, pending: Version) -> None:
        """Uses the new values; RotationFailed where they do not work as the old ones do."""
        ...

    def retire(self, pending: Version) -> None:
        """After the switch: gives older values their end, where they have one."""
        ...
