"""The report that people read and change: filled from the template, and only ever added to."""

import re
from datetime import UTC, datetime, timedelta

from nba_mcp_synthesis.errors import UsageError
from nba_mcp_synthesis.operations.incidents.record import Entry, Incident

TO_FILL = "_To be written._"
_NAME = re.compile(r"<<(\w+)>>")


def begun(template: str, incident: Incident) -> str:
    """The template with the facts of an incident; raises UsageError for a name that it does not know."""
    opened = incident.opened_at.astimezone(UTC)
    facts = {
        "id": incident.id,
        "title": incident.title,
        "severity": incident.severity,
        "date": f"{opened:%Y-%m-%d}",
        "time": f"{opened:%H:%M:%S} UTC",
        "answer_by": stamp(incident.answer_by)
        if incident.answer_by
        else "unknown: there are no contacts here",
        "postmortem_due": stamp(incident.postmortem_due),
    }
    if unknown := set(_NAME.findall(template)) - set(facts):
        raise UsageError(
            f"template.md has <<{min(unknown)}>>, which is nothing that is known of an incident.",
            f"There are {', '.join(facts)}.",
        )
    text = _NAME.sub(lambda match: facts[match[1]], template)
    for entry in incident.entries:
        text = with_entry(text, entry)
    return text


def with_entry(text: str, entry: Entry) -> str:
    """The report with one more line in its timeline."""
    return _added(text, "timeline", line(entry))


def with_collected(text: str, lines: list[str]) -> str:
    """The report with what was collected."""
    return _added(text, "collected", "\n".join(lines))


def with_resolution(text: str, sentence: str, took: timedelta) -> str:
    """The report with its duration and its resolution, where nobody has written them yet."""
    text = text.replace(f"- **Duration**: {TO_FILL}", f"- **Duration**: {span(took)}", 1)
    return text.replace(f"## Resolution\n\n{TO_FILL}", f"## Resolution\n\n{sentence}", 1)


def line(entry: Entry) -> str:
    """An entry of the timeline."""
    told = entry.text.replace("\n", "\n  ")
    return f"- {stamp(entry.at)}, {entry.by}: {told}"


def stamp(at: datetime) -> str:
    """A moment as reports have it."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def span(length: timedelta) -> str:
    """A length of time in words."""
    minutes = int(length.total_seconds() // 60)
    days, hours, minutes = minutes // 1_440, minutes // 60 % 24, minutes % 60
    parts = [(days, "d"), (hours, "h"), (minutes, "min")]
    return " ".join(f"{number} {unit}" for number, unit in parts if number) or "less than a minute"


def _added(text: str, place: str, lines: str) -> str:
    """Adds before the end of a place; where somebody has removed it, at the end of the report."""
    end = f"<!-- end of {place} -->"
    if end in text:
        head, _, tail = text.rpartition(end)
        return f"{head.rstrip(chr(10))}\n{lines}\n{end}{tail}"
    return f"{text.rstrip()}\n\n## {place.capitalize()}, continued\n\n<!-- {place} -->\n{lines}\n{end}\n"
