"""Since when each value of a JSON secret is what it is: kept inside the document, beside the values.

AWS dates whole versions. Where one value is replaced and the others stay, only this tells their ages.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

# Keys of the document that are no secrets; their values are objects, which readers of secrets pass over.
HISTORY, TURN = "_history", "_turn"
# The first of them as a file beside mounted secrets, whose own dates are those of the whole volume.
HISTORY_FILE = "_history.json"


@dataclass(frozen=True, slots=True)
class Entry:
    """The moment of a value, and the version that a rotation brought it with, if one did."""

    since: datetime
    version: str | None = None


@dataclass(frozen=True, slots=True)
class History:
    """The entries by the short name of their secret."""

    entries: Mapping[str, Entry] = field(default_factory=dict)

    def entry(self, name: str) -> Entry | None:
        """What is kept of one secret."""
        return self.entries.get(name)

    def as_json(self) -> dict[str, dict[str, str | None]]:
        """For the document."""
        return {
            name: {"since": entry.since.isoformat(timespec="seconds"), "version": entry.version}
            for name, entry in self.entries.items()
        }

    @classmethod
    def of_json(cls, value: Any) -> "History":
        """From a document; what cannot be read was written by somebody else, and counts as not kept."""
        given = value if isinstance(value, dict) else {}
        return cls({name: entry for name, one in given.items() if (entry := _entry(one))})


def _entry(value: Any) -> Entry | None:
    try:
        since = datetime.fromisoformat(value["since"])
        version = value.get("version")
    except (TypeError, KeyError, ValueError, AttributeError):
        return None
    usable = since.tzinfo is not None and isinstance(version, str | None)
    return Entry(since, version) if usable else None
