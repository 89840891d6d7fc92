"""What a check of a door found."""

from dataclasses import dataclass
from typing import Any, Literal

Reason = Literal[
    "name",  # the host name does not resolve
    "network",  # nothing listens there, or the way is blocked
    "timeout",  # it listens and stays silent
    "tls",
    "login",
    "permission",
    "not found",  # the database, bucket or channel is not there
    "throttled",
    "conflict",  # somebody else was first
    "missing secret",
    "not installed",
    "unknown",
]
# The other side is away or busy: nothing is known about the secret.
UNREACHABLE: frozenset[str | None] = frozenset({"name", "network", "timeout", "tls", "throttled"})


@dataclass(frozen=True, slots=True)
class Outcome:
    """Whether a door opened (`reason` is None), and a sentence about it."""

    connector: str
    reason: Reason | None
    message: str
    seconds: float

    @property
    def ok(self) -> bool:
        """Whether it opened."""
        return self.reason is None

    def as_dict(self) -> dict[str, Any]:
        """The fields, for JSON and for logs."""
        return {
            "connector": self.connector,
            "ok": self.ok,
            "reason": self.reason,
            "message": self.message,
            "seconds": round(self.seconds, 3),
        }
