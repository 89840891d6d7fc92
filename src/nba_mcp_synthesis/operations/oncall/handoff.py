"""What one on call hands over to the next: alerts, status, incidents, changes, rotated secrets."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Literal
from zoneinfo import ZoneInfo

from nba_mcp_synthesis.connectors.alertmanager import AlertmanagerConnector
from nba_mcp_synthesis.deadlines import together, within
from nba_mcp_synthesis.errors import NbaMcpError
from nba_mcp_synthesis.operations.alert_history import Spell, step_of
from nba_mcp_synthesis.operations.incidents.record import Incident
from nba_mcp_synthesis.operations.incidents.store import Incidents
from nba_mcp_synthesis.operations.monitoring.silences import listed
from nba_mcp_synthesis.operations.oncall.contacts import Contacts
from nba_mcp_synthesis.operations.oncall.rota import Rota, Shift
from nba_mcp_synthesis.operations.past import Sources

Kind = Literal["daily", "weekly"]
_SECONDS = 30.0
_CLOCK = "%a %Y-%m-%d %H:%M %Z"


@dataclass
class Section:
    """A heading, its lines, and why they are not all there is."""

    title: str
    lines: list[str] = field(default_factory=list)
    lacks: str = ""


@dataclass(frozen=True)
class Handoff:
    """The notes of one hand-over."""

    kind: Kind
    begin: datetime
    end: datetime
    zone: ZoneInfo
    sections: tuple[Section, ...]

    @property
    def lacks(self) -> list[str]:
        """What could not be found out."""
        return [section.lacks for section in self.sections if section.lacks]

    def as_dict(self) -> dict[str, Any]:
        """For programs."""
        sections = [{"title": one.title, "lines": one.lines, "lacks": one.lacks} for one in self.sections]
        span = {"from": self.begin.isoformat(), "until": self.end.isoformat()}
        return {"kind": self.kind, **span, "sections": sections, "not_known": self.lacks}

    def markdown(self) -> str:
        """For people, also as a message to a channel."""
        begin, end = (f"{at.astimezone(self.zone):{_CLOCK}}" for at in (self.begin, self.end))
        head = f"# On-call hand-over, {self.kind}\n\nFrom {begin} until {end}.\n"
        return "\n".join([head, *(_markdown(section) for section in self.sections)])


@dataclass(frozen=True)
class Desk:
    """Where everything is known from; `health` gives a sentence a check."""

    contacts: Contacts
    rota: Rota
    incidents: Incidents
    past: Sources
    alertmanager: AlertmanagerConnector
    health: Callable[[], Sequence[str]]

    def write(self, kind: Kind, at: datetime) -> Handoff:
        """The notes of a hand-over at a moment; what is away is said, and the rest is there."""
        begin = self.rota.hours_ended(at) if kind == "daily" else at - timedelta(days=7)
        looks: dict[str, Callable[[], list[str]]] = {
            "Who is on call": lambda: self._duty(kind, at),
            "Alerts that are on": self._on,
            f"Alerts since then (those of less than {step_of(begin, at):.0f} s may be missed)": partial(
                self._alerts, begin, at
            ),
            "Status": lambda: list(self.health()),
            "Incidents": partial(self._incidents, begin, at),
            "Changes": partial(self._changes, begin, at),
            "Rotated secrets": partial(self._rotations, begin, at),
        }
        sections = together([partial(_section, title, look) for title, look in looks.items()])
        return Handoff(kind, begin, at, self.contacts.zone, tuple(sections))

    def _duty(self, kind: Kind, at: datetime) -> list[str]:
        ahead = timedelta(days=7 if kind == "weekly" else 1)
        return [self._shift(shift) for shift in self.rota.shifts(at, at + ahead)]

    def _shift(self, shift: Shift) -> str:
        people, zone, duty = self.contacts.people, self.contacts.zone, shift.duty
        name = people[duty.person]["name"] if duty.person else "NOBODY"
        why = f", {duty.why}" if duty.why else ""
        span = f"{shift.begins.astimezone(zone):{_CLOCK}} until {shift.ends.astimezone(zone):{_CLOCK}}"
        return f"{span}: {name} ({duty.role}{why})"

    def _on(self) -> list[str]:
        found = sorted(
            (listed(alert) for alert in self.alertmanager.alerts()), key=lambda one: one["severity"] or "P9"
        )
        return [
            f"{one['severity']} {one['alert']}, {one['state']} since {one['since']}: {one['about']}"
            for one in found
        ]

    def _alerts(self, begin: datetime, end: datetime) -> list[str]:
        found = self.past.alerts(begin, end)
        return [self._spell(one) for one in found]

    def _spell(self, one: Spell) -> str:
        about = f" ({one.labels})" if one.labels else ""
        until = f"until {self._clock(one.ended)}" if one.ended else "and still on"
        return f"{one.severity} {one.alert}{about}: from {self._clock(one.began)} {until}"

    def _incidents(self, begin: datetime, end: datetime) -> list[str]:
        found, broken = self.incidents.all()
        overdue = {one.id for one in self.incidents.overdue(end)}
        told = [self._incident(one, overdue) for one in found if _concerns(one, begin) or one.id in overdue]
        return [*told, *(f"{one.id} cannot be read: {one.reason}" for one in broken)]

    def _incident(self, one: Incident, overdue: set[str]) -> str:
        ended = f", resolved {self._clock(one.resolved_at)}" if one.resolved_at else ", OPEN"
        late = ". Its post-mortem is OVERDUE" if one.id in overdue else ""
        return f"{one.severity} {one.title} ({one.id}): opened {self._clock(one.opened_at)}{ended}{late}"

    def _changes(self, begin: datetime, end: datetime) -> list[str]:
        return [f"{self._clock(one.at)}: {one.text}" for one in self.past.deployments(begin, end)]

    def _rotations(self, begin: datetime, end: datetime) -> list[str]:
        return [self._rotation(row) for row in self.past.rotations(begin, end)]

    def _rotation(self, row: dict[str, Any]) -> str:
        at = self._clock(datetime.fromisoformat(row["at"]))
        return f"{at}: {row['action']} ({row['outcome']}), by {row['caller']}"

    def _clock(self, at: datetime) -> str:
        return f"{at.astimezone(self.contacts.zone):{_CLOCK}}"


def _concerns(one: Incident, begin: datetime) -> bool:
    """Whether an incident was open at any time since."""
    return one.resolved_at is None or one.resolved_at >= begin


def _section(title: str, look: Callable[[], list[str]]) -> Section:
    try:
        return Section(title, within(_SECONDS, look))
    except TimeoutError:
        return Section(title, lacks=f"{title}: no answer in time.")
    except NbaMcpError as error:
        return Section(title, lacks=f"{title}: {error.message}")


def _markdown(section: Section) -> str:
    lines = [f"- {line}" for line in section.lines] or ([] if section.lacks else ["- None."])
    lacks = [f"- **Not known**: {section.lacks}"] if section.lacks else []
    return "\n".join([f"## {section.title}", "", *lines, *lacks, ""])


def file_name(found: Handoff) -> str:
    """Of its file: one a day and kind."""
    return f"handoff-{found.kind}-{found.end.astimezone(UTC):%Y%m%d}.md"
