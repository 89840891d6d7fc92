"""What is done with incidents: opened, collected, updated, resolved. What is kept went by the redactor."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from nba_mcp_synthesis.errors import UsageError
from nba_mcp_synthesis.operations.incidents import collecting, files, report
from nba_mcp_synthesis.operations.incidents.collecting import File, Found, Part
from nba_mcp_synthesis.operations.incidents.notices import Notices
from nba_mcp_synthesis.operations.incidents.record import (
    MOST_TEXT,
    MOST_TITLE,
    SEVERITIES,
    Incident,
    now,
    one_line,
)
from nba_mcp_synthesis.operations.incidents.redaction import Redactor
from nba_mcp_synthesis.operations.incidents.store import Incidents
from nba_mcp_synthesis.operations.oncall.contacts import Contacts

_FILES: tuple[File, ...] = ("system-state", "logs")


@dataclass
class Desk:
    """The parts. `parts` gives what to look at, for the moment of an incident."""

    incidents: Incidents
    redact: Redactor
    notices: Notices
    parts: Callable[[datetime], list[Part]]
    by: str
    contacts: Contacts | None = None
    seconds: float = 45.0
    tell: Callable[[str], None] = lambda _: None
    found: list[Found] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    def open(self, severity: str, title: str, *, notify: bool) -> Incident:
        """Opens an incident and tells of it, before anything is looked at; raises UsageError."""
        known = next((one for one in SEVERITIES if one == severity.upper()), None)
        if known is None:
            raise UsageError(f"{severity} is no severity.", f"There are {', '.join(SEVERITIES)}.")
        told = self._words(title, MOST_TITLE, "title")
        at = now()
        due = self.contacts.answer_due(known, at) if self.contacts else None
        incident = Incident(id="", severity=known, title=told, opened_at=at, opened_by=self.by, answer_by=due)
        # Kept before anybody is told: whatever cuts the telling short, its end is told as well.
        incident.notified, incident.paged = notify, notify and self.notices.rings(known)
        incident.note("opened", self.by, f"{known} opened: {told}", at)
        self.incidents.open(incident)
        self.warnings += self.incidents.warnings
        if notify:
            for tell in (self.notices.page, self._say_opened):
                with self.incidents.changing(incident.id) as kept:
                    before = len(self.notices.told)
                    tell(kept)
                    self._note_told(kept, before)
        return self.incidents.read(incident.id)

    def collect(self, incident_id: str) -> None:
        """Looks at everything at once, and keeps what there was in the incident's folder."""
        started, at = time.monotonic(), now()
        self.found = collecting.collect(self.parts(at), self.redact, self.seconds, self.tell)
        head = f"Incident {incident_id}, {report.stamp(at)}, by {self.by}. Secrets are taken out."
        self.files = {name: self._keep(incident_id, name, head, at) for name in _FILES}
        lines = collecting.lines(self.found, self.files, at)
        lacking = [one.name for one in self.found if not one.ok]
        told = f"Collected {len(self.found) - len(lacking)} of {len(self.found)} parts"
        told += f" in {time.monotonic() - started:.0f} s." + (
            f" Not complete: {', '.join(lacking)}." if lacking else ""
        )
        with self.incidents.changing(incident_id) as incident:
            incident.note("collected", self.by, told)
            if incident.notified:
                self.notices.say(incident, told)
        self.incidents.edit(incident_id, lambda text: report.with_collected(text, lines))

    def update(self, incident_id: str, text: str, *, notify: bool) -> Incident:
        """Notes what is known or done, and tells it where the opening was told."""
        told = self._words(text, MOST_TEXT, "update")
        with self.incidents.changing(incident_id) as incident:
            incident.note("update", self.by, told)
            self._say(incident, f"{told} ({self.by})", notify=notify)
        return incident

    def resolve(self, incident_id: str, text: str, *, notify: bool) -> Incident:
        """Notes the end and how it came about; of one that ended, it only ends what rings still.

        Raises UsageError where it has ended and nothing rings.
        """
        told = self._words(text, MOST_TEXT, "resolution")
        with self.incidents.changing(incident_id) as incident:
            if incident.resolved_at:
                self._end_ringing(incident, incident.resolved_at)
                return incident
            entry = incident.note("resolved", self.by, f"Resolved: {told}")
            incident.resolved_at = entry.at
            self.notices.end(incident)
            self._say(incident, f"Resolved: {told} ({self.by})", notify=notify)
        took = entry.at - incident.opened_at
        self.incidents.edit(incident_id, lambda text: report.with_resolution(text, told, took))
        name = f"resolution-{entry.at:%Y%m%d}.txt"
        when = f"{report.stamp(entry.at)} after {report.span(took)}"
        line = f"{incident_id}: resolved at {when}, by {self.by}: {told}"
        files.add(self.incidents.path(incident_id) / name, line)
        files.add(self.incidents.folder / name, line)
        return incident

    def summary(self, incident: Incident) -> dict[str, Any]:
        """An incident for programs and for lists."""
        at = datetime.now(UTC)
        due, answered = incident.answer_by, incident.answered_at
        late = bool(due and (answered or at) > due)
        has = self.incidents.has_postmortem(incident.id)
        return {
            "id": incident.id,
            "severity": incident.severity,
            "state": self.incidents.state(incident),
            "title": incident.title,
            "opened_at": incident.opened_at.isoformat(),
            "answer_by": due.astimezone(UTC).isoformat() if due else None,
            "answered_at": answered.isoformat() if answered else None,
            "answer_is_late": late,
            "resolved_at": incident.resolved_at.isoformat() if incident.resolved_at else None,
            "postmortem_due": incident.postmortem_due.isoformat(),
            "postmortem_is_overdue": not has and incident.postmortem_due < at,
        }

    def _end_ringing(self, incident: Incident, resolved_at: datetime) -> None:
        if not incident.paged:
            raise UsageError(
                f"{incident.id} was resolved at {report.stamp(resolved_at)} already.",
                "`nba-mcp ops incident update` adds to it.",
            )
        before = len(self.notices.told)
        self.notices.end(incident)
        self._note_told(incident, before)

    def _say_opened(self, incident: Incident) -> None:
        self.notices.say(incident, f"Opened by {self.by}. State is being collected.")

    def _say(self, incident: Incident, text: str, *, notify: bool) -> None:
        if notify or incident.notified:
            incident.notified = True
            self.notices.say(incident, text)

    def _note_told(self, incident: Incident, since: int) -> None:
        for one in self.notices.told[since:]:
            incident.note("told", self.by, one.message)

    def _keep(self, incident_id: str, name: File, head: str, at: datetime) -> str:
        """Writes a file; a later one of a day has the time in its name. The newest is found above too."""
        folder, day = self.incidents.path(incident_id), f"{at:%Y%m%d}"
        file = folder / f"{name}-{day}.txt"
        if file.exists():
            file = folder / f"{name}-{at:%Y%m%d-%H%M%S}.txt"
        files.write(file, collecting.as_text(self.found, name, head))
        files.point(self.incidents.folder / f"{name}-{day}.txt", file)
        return file.name

    def _words(self, text: str, most: int, what: str) -> str:
        """A text as it is kept: one line, without secrets; raises UsageError where nothing is left."""
        # A comment of Markdown would hide what follows, and may be one of the report's own marks.
        told = one_line(self.redact(text).replace("<!--", "<! --"), most)
        if not told:
            raise UsageError(f"The {what} is empty.", "Say in a few words what happens.")
        return told
