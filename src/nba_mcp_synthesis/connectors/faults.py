"""What an error of a connection means: a reason and a sentence, by the errors beneath it, not by its text."""

import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass

from nba_mcp_synthesis.connectors.outcome import UNREACHABLE, Reason
from nba_mcp_synthesis.errors import NbaMcpError, NotInstalled, SecretMissing


@dataclass(frozen=True, slots=True)
class Fault:
    """A reason, None for success, and a sentence that quotes no value."""

    kind: Reason | None
    message: str


class DoorClosed(NbaMcpError):
    """The other side answered, and its answer means this fault."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message)
        self.fault = fault
        if fault.kind in UNREACHABLE:
            self.exit_code = 3


# The kinds of error beneath a failed connection, the most telling first.
_BENEATH: tuple[tuple[type[BaseException], Reason, str], ...] = (
    (socket.gaierror, "name", "The host name of {} does not resolve."),
    (ssl.SSLError, "tls", "TLS with {} failed: its certificate is not trusted, or it speaks no TLS."),
    (TimeoutError, "timeout", "{} did not answer in time."),
    (ConnectionError, "network", "Nothing accepts connections at the address of {}, or it hung up."),
    (OSError, "network", "There is no way to the address of {}."),
)


def fault_of(error: BaseException, what: str) -> Fault:
    """What an error means, for errors of every library that keeps the socket's own error beneath."""
    known = getattr(error, "fault", None)
    if isinstance(known, Fault):
        return known
    if isinstance(error, SecretMissing):
        return Fault("missing secret", str(error))
    if isinstance(error, NotInstalled):
        return Fault("not installed", str(error))
    beneath = list(_chain(error))
    for kind, reason, sentence in _BENEATH:
        if any(isinstance(one, kind) for one in beneath):
            return Fault(reason, sentence.format(what))
    return Fault("unknown", f"{what} could not be used: {type(error).__name__}.")


def _chain(error: BaseException) -> Iterator[BaseException]:
    """An error and all that it was made from, wherever libraries keep that."""
    seen: set[int] = set()
    waiting: list[object] = [error]
    while waiting:
        one = waiting.pop()
        if not isinstance(one, BaseException) or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        kept = getattr(one, "kwargs", None)
        waiting += [one.__cause__, one.__context__, getattr(one, "reason", None)]
        waiting += [kept.get("error")] if isinstance(kept, dict) else []
