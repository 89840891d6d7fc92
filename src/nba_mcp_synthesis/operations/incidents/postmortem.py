"""The post-mortem: everything that is known, in one timeline, and the places that people fill in."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from nba_mcp_synthesis.deadlines import together, within
from nba_mcp_synthesis.errors import NbaMcpError, UsageError
from nba_mcp_synthesis.operations.alert_history import Spell
from nba_mcp_synthesis.operations.incidents import files
from nba_mcp_synthesis.operations.incidents.record import Incident, now
from nba_mcp_synthesis.operations.incidents.redaction import Redactor
from nba_mcp_synthesis.operations.incidents.report import TO_FILL, span, stamp
from nba_mcp_synthesis.operations.incidents.store import POSTMORTEM, Incidents
from nba_mcp_synthesis.operations.past import Sources

Moment = tuple[datetime, str]
_BEFORE, _AFTER, _SECONDS = timedelta(hours=6), timedelta(hours=1), 20.0


def write(
    incidents: Incidents, incident_id: str, sources: Sources, redact: Redactor
) -> tuple[str, list[str]]:
    """Writes the draft; gives its path, and what is not known. Raises UsageError where there is one."""
    incident = incidents.read(incident_id)
    file = incidents.path(incident_id) / POSTMORTEM
    with files.locked(incidents.path(incident_id)):
        if file.exists():
            raise UsageError(f"{file} is there already.", "Go on in that file; remove it to begin anew.")
        moments, faults = timeline(incident, sources)
        files.write(file, redact(text(incident, moments, faults)))
    return str(file), faults


def timeline(incident: Incident, sources: Sources) -> tuple[list[Moment], list[str]]:
    """What happened from six hours before until an hour after, by its time; and which sources are away."""
    begin, end = incident.opened_at - _BEFORE, min((incident.resolved_at or now()) + _AFTER, now())
    found: list[Moment] = [(entry.at, f"{entry.by}: {entry.text}") for entry in incident.entries]
    looks = {
        "Alerts": lambda: [moment for spell in sources.alerts(begin, end) for moment in _of_spell(spell)],
        "Deployments": lambda: [
            (one.at, f"Deployment: {one.text}") for one in sources.deployments(begin, end)
        ],
        "Rotations of secrets": lambda: [_of_rotation(row) for row in sources.rotations(begin, end)],
    }
    faults = []
    for moments, fault in together([partial(_asked, name, look) for name, look in looks.items()]):
        found += moments
        faults += [fault] if fault else []
    return sorted(found, key=lambda moment: moment[0]), faults


def _asked(name: str, look: Callable[[], list[Moment]]) -> tuple[list[Moment], str]:
    try:
        return within(_SECONDS, look), ""
    except TimeoutError:
        return [], f"{name} are not known: no answer in time."
    except NbaMcpError as error:
        return [], f"{name} are not known: {error.message}"


def _of_spell(spell: Spell) -> list[Moment]:
    about = f"{spell.alert} ({spell.severity or 'no severity'}{', ' + spell.labels if spell.labels else ''})"
    began = [(spell.began, f"Alert on: {about}")]
    return [*began, (spell.ended, f"Alert over: {about}")] if spell.ended else began


def _of_rotation(row: dict[str, Any]) -> Moment:
    return datetime.fromisoformat(
        row["at"]
    ), f"Secret: {row['action']} ({row['outcome']}), by {row['caller']}"


def text(incident: Incident, moments: list[Moment], faults: list[str]) -> str:
    """The draft."""
    rows = "\n".join(f"| {stamp(at)} | {told.replace('|', chr(92) + '|')} |" for at, told in moments)
    lacking = "".join(f"\n{fault}\n" for fault in faults)
    empty = "\n\n".join(
        f"## {title}\n\n{TO_FILL}{hint}"
        for title, hint in (
            ("Root cause", " Why could it happen, and why was it not noticed before?"),
            ("What went well", ""),
            ("What went badly", ""),
            ("Lessons learned", ""),
        )
    )
    return f"""# Post-mortem: {incident.title}

{_facts(incident, moments)}

Nobody is to blame: this is about what made it possible. It counts as written when no "To be written" is left.

## Summary

{TO_FILL} What happened, in three sentences.

## Impact

{TO_FILL} Who could not do what, and for how long?

## Timeline

| when | what |
| --- | --- |
{rows}
{lacking}
{empty}

## Actions

| what | who | by when |
| --- | --- | --- |
| {TO_FILL} | | |
"""


def _facts(incident: Incident, moments: list[Moment]) -> str:
    facts = {
        "Incident": incident.id,
        "Severity": incident.severity,
        "First sign": _first_sign(incident, moments),
        "Opened": f"{stamp(incident.opened_at)}, by {incident.opened_by}",
        "First answer": _answer(incident),
        "Resolved": stamp(incident.resolved_at) if incident.resolved_at else "not yet",
        "Duration": span(incident.resolved_at - incident.opened_at) if incident.resolved_at else "it lasts",
        "Due": stamp(incident.postmortem_due),
    }
    return "\n".join(f"- **{name}**: {told}" for name, told in facts.items())


def _first_sign(incident: Incident, moments: list[Moment]) -> str:
    alerts = [at for at, told in moments if told.startswith("Alert on: ") and at <= incident.opened_at]
    if not alerts:
        return "no alert is known from before it was opened"
    return f"{stamp(alerts[0])}, {span(incident.opened_at - alerts[0])} before it was opened"


def _answer(incident: Incident) -> str:
    if incident.answered_at is None:
        return "none"
    took = f"{stamp(incident.answered_at)}, after {span(incident.answered_at - incident.opened_at)}"
    if incident.answer_by is None:
        return took
    judged = "in time" if incident.answered_at <= incident.answer_by else "late"
    return f"{took}: {judged}, due {stamp(incident.answer_by)}"
