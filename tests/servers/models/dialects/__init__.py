"""The wire formats of the providers, one module each, all of the same shape."""

from collections.abc import Mapping
from typing import Any, Protocol

from servers.models.faults import WORDINGS
from servers.models.replies import Answer, Fault
from servers.models.seen import Seen, Talk


class Wire(Protocol):
    """What a module of this package offers."""

    STREAM_TYPE: str

    def read(self, body: Mapping[str, Any], path: str) -> Talk:
        """The conversation that a request holds."""

    def whole(self, answer: Answer, seen: Seen) -> dict[str, Any]:
        """The body of a reply that comes at once."""

    def stream(self, answer: Answer, seen: Seen) -> list[bytes]:
        """The same reply as events."""

    def error(self, fault: Fault, seen: Seen) -> tuple[dict[str, Any], dict[str, str]]:
        """The body and the headers of an error."""

    def error_event(self, fault: Fault, seen: Seen) -> bytes:
        """An error inside a stream that began well."""


def wording(fault: Fault, seen: Seen) -> tuple[int, str, str]:
    """Status, code and message of a fault, as this provider has them or as the test wants them."""
    status, code, message = WORDINGS[seen.vendor][fault.kind]
    return fault.status or status, code, fault.message or message.replace("{model}", seen.model)
