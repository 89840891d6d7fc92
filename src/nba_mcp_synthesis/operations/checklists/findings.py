"""What a step of a checklist found."""

from dataclasses import dataclass, field
from typing import Any, Literal

from nba_mcp_synthesis.errors import NbaMcpError
from nba_mcp_synthesis.operations.reports.document import Table

Result = Literal["done", "warning", "failed", "away"]


class Away(NbaMcpError):
    """What a step needs is not there; the message says why, the other steps go on."""

    exit_code = 3


@dataclass(frozen=True, slots=True)
class Finding:
    """A sentence; what a person should do about it, where there is something; and rows to look at.

    `warning`: a person should look at it. `failed`: something is broken.
    """

    message: str
    result: Result = "done"
    person: str = ""
    table: Table | None = None
    figures: dict[str, Any] = field(default_factory=dict)


def judged(message: str, person: str, *, failed: bool = False, **more: Any) -> Finding:
    """Done where there is nothing for a person to do, else a warning or a failure."""
    result: Result = "failed" if failed else "warning" if person else "done"
    return Finding(message, result, person, **more)
