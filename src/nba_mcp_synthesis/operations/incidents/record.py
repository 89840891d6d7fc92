"""What is kept of an incident, for programs; people have the report beside it."""

import re
import unicodedata
from datetime import UTC, datetime, timedelta
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

Severity = Literal["P1", "P2", "P3", "P4"]
Kind = Literal["opened", "update", "collected", "told", "resolved"]
SEVERITIES: tuple[Severity, ...] = ("P1", "P2", "P3", "P4")
POSTMORTEM_WITHIN = timedelta(hours=48)
MOST_TITLE, MOST_TEXT = 200, 4_000
_SLUG = 50


class Entry(BaseModel):
    """One thing that happened."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    at: AwareDatetime
    kind: Kind
    by: str
    text: str


class Thread(BaseModel):
    """Where Slack has it: the channel and the message that answers hang below."""

    channel: str
    message: str


class Incident(BaseModel):
    """One incident; `id` is the name of its folder."""

    model_config = ConfigDict(extra="ignore")

    id: str
    severity: Severity
    title: str
    opened_at: AwareDatetime
    opened_by: str
    answer_by: AwareDatetime | None = None
    resolved_at: AwareDatetime | None = None
    thread: Thread | None = None
    notified: bool = False
    paged: bool = False
    entries: list[Entry] = Field(default_factory=list)

    @property
    def postmortem_due(self) -> datetime:
        """By when its post-mortem has to be written."""
        return self.opened_at + POSTMORTEM_WITHIN

    @property
    def answered_at(self) -> datetime | None:
        """When somebody first said something about it."""
        return next((entry.at for entry in self.entries if entry.kind in ("update", "resolved")), None)

    def note(self, kind: Kind, by: str, text: str, at: datetime | None = None) -> Entry:
        """Adds what happened."""
        entry = Entry(at=at or now(), kind=kind, by=by, text=text)
        self.entries.append(entry)
        return entry


def now() -> datetime:
    """This moment, to the second."""
    return datetime.now(UTC).replace(microsecond=0)


def slug(title: str) -> str:
    """The title as part of a folder's name; `incident` where it has no letter or digit of ASCII."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    return words[:_SLUG].rstrip("-") or "incident"


def one_line(text: str, most: int) -> str:
    """A text without line breaks and control characters, cut to so many characters."""
    plain = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return plain if len(plain) <= most else f"{plain[: most - 1]}…"
