"""What was deployed, read from the changelog, where `nba-mcp ops deploy` writes it."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from nba_mcp_synthesis.errors import Unavailable
from nba_mcp_synthesis.operations.deploy.notices import HEADING

_LINE = re.compile(r"- (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)Z: (.+)")


@dataclass(frozen=True, slots=True)
class Change:
    """A deployment or a way back, and when."""

    at: datetime
    text: str


def deployments(changelog: Path, begin: datetime, end: datetime) -> list[Change]:
    """The deployments of a span, the newest first; raises Unavailable where there is no changelog."""
    try:
        text = changelog.read_text("utf-8", "replace")
    except OSError as error:
        raise Unavailable(f"{changelog} cannot be read: {error.strerror}.") from None
    _, _, section = text.partition(f"{HEADING}\n")
    section = section.partition("\n## ")[0]
    found = [
        Change(datetime.fromisoformat(match[1]).replace(tzinfo=UTC), match[2])
        for match in _LINE.finditer(section)
    ]
    return sorted((one for one in found if begin <= one.at <= end), key=lambda one: one.at, reverse=True)
