"""The folder of incidents: one folder each, with its record, its report and what was collected.

incident-reports/template.md                     what a report begins as
incident-reports/2026-11-26-scores-late/
    incident.json                                for programs
    report.md                                    for people, who may change all of it
    postmortem.md                                once it is written
    system-state-20261126.txt, logs-20261126.txt, …
incident-reports/resolution-20261126.txt         a line for each that was resolved that day
"""

import contextlib
import secrets
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from importlib.resources import files as package_files
from pathlib import Path

from pydantic import ValidationError

from nba_mcp_synthesis.errors import NbaMcpError, Unavailable, UsageError
from nba_mcp_synthesis.operations.incidents import files, report
from nba_mcp_synthesis.operations.incidents.record import Incident, slug

RECORD, REPORT, POSTMORTEM, TEMPLATE = "incident.json", "report.md", "postmortem.md", "template.md"


class IncidentBroken(NbaMcpError):
    """The record of an incident cannot be read; whoever reads this mends or removes the file."""


@dataclass(frozen=True, slots=True)
class Broken:
    """A folder whose record cannot be read, and why."""

    id: str
    reason: str


class Incidents:
    """All incidents below one folder, which is made when the first is opened."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.warnings: list[str] = []

    def open(self, incident: Incident) -> Incident:
        """Gives an incident its id and its folder, which appears in whole; two at once get two."""
        with files.writing(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
        base = f"{incident.opened_at.astimezone(UTC):%Y-%m-%d}-{slug(incident.title)}"
        draft = self.folder / f".{base}.{secrets.token_hex(4)}"
        with files.writing(draft):
            draft.mkdir()
        try:
            for number in range(1, 1_000):
                incident.id = base if number == 1 else f"{base}-{number}"
                files.write(draft / RECORD, incident.model_dump_json(indent=1))
                files.write(draft / REPORT, self._begun(incident))
                if not self.path(incident.id).exists() and _moved(draft, self.path(incident.id)):
                    return incident
        finally:
            shutil.rmtree(draft, ignore_errors=True)
        raise UsageError(f"There are a thousand incidents {base} already.", "Give it another title.")

    def path(self, incident_id: str) -> Path:
        """The folder of an incident."""
        return self.folder / incident_id

    def read(self, incident_id: str) -> Incident:
        """The record of an incident; raises UsageError, IncidentBroken."""
        if not incident_id or "/" in incident_id or incident_id.startswith("."):
            raise UsageError(
                f"{incident_id!r} is no id of an incident.", "`nba-mcp ops incident list` has them."
            )
        file = self.path(incident_id) / RECORD
        try:
            found = Incident.model_validate_json(file.read_bytes())
        except FileNotFoundError:
            raise UsageError(f"There is no {file}.", "`nba-mcp ops incident list` has all ids.") from None
        except (ValidationError, OSError) as error:
            raise IncidentBroken(
                f"{file} cannot be read: {_reason(error)}.", "Mend it, or remove the folder."
            ) from None
        found.id = incident_id  # a folder may have been renamed
        return found

    def all(self) -> tuple[list[Incident], list[Broken]]:
        """The incidents, the newest first, and the folders that are none."""
        found, broken = [], []
        for path in sorted(self.folder.iterdir()) if self.folder.is_dir() else []:
            if path.is_dir() and not path.name.startswith("."):
                try:
                    found.append(self.read(path.name))
                except NbaMcpError as error:
                    broken.append(Broken(path.name, error.message))
        return sorted(found, key=lambda one: (one.opened_at, one.id), reverse=True), broken

    def the_open_one(self) -> str:
        """The id of the only incident that is not resolved; UsageError where there is none, or several."""
        unresolved = [one.id for one in self.all()[0] if one.resolved_at is None]
        if len(unresolved) == 1:
            return unresolved[0]
        told = (
            f"are {len(unresolved)} open incidents: {', '.join(unresolved)}"
            if unresolved
            else "is no open incident"
        )
        raise UsageError(f"There {told}.", "Name one with --id.")

    @contextlib.contextmanager
    def changing(self, incident_id: str) -> Iterator[Incident]:
        """The record, to be changed within the block, which nobody else does at the same time."""
        self.read(incident_id)
        with files.locked(self.path(incident_id)):
            incident = self.read(incident_id)
            before = len(incident.entries)
            yield incident
            files.write(self.path(incident_id) / RECORD, incident.model_dump_json(indent=1))
            for entry in incident.entries[before:]:
                self._edit(incident_id, partial(report.with_entry, entry=entry))

    def edit(self, incident_id: str, change: Callable[[str], str]) -> None:
        """Changes the report by a function of its text; a report that somebody removed is not made again."""
        with files.locked(self.path(incident_id)):
            self._edit(incident_id, change)

    def _edit(self, incident_id: str, change: Callable[[str], str]) -> None:
        file = self.path(incident_id) / REPORT
        with contextlib.suppress(FileNotFoundError):
            before = file.read_text("utf-8", "replace")
            after = change(before)
            if after != before:
                files.write(file, after)

    def has_postmortem(self, incident_id: str) -> bool:
        """Whether a post-mortem is written, with nothing in it that is still to be filled in."""
        file = self.path(incident_id) / POSTMORTEM
        return file.is_file() and report.TO_FILL not in file.read_text("utf-8", "replace")

    def overdue(self, at: datetime) -> list[Incident]:
        """Incidents older than 48 hours without a post-mortem."""
        return [one for one in self.all()[0] if one.postmortem_due < at and not self.has_postmortem(one.id)]

    def state(self, incident: Incident) -> str:
        """open, resolved (its post-mortem lacks), or closed."""
        if incident.resolved_at is None:
            return "open"
        return "closed" if self.has_postmortem(incident.id) else "resolved"

    def _begun(self, incident: Incident) -> str:
        """The report by the folder's template; by the package's own, and told, where that is unusable."""
        file = self.folder / TEMPLATE
        try:
            if not file.exists():
                files.write(file, default_template())
            return report.begun(file.read_text("utf-8"), incident)
        except (OSError, ValueError, UsageError) as error:
            told = error.message if isinstance(error, UsageError) else f"{file}: {_reason(error)}."
            self.warnings.append(f"The report is by the package's own template. {told}")
            return report.begun(default_template(), incident)


def default_template() -> str:
    """The template that a new folder gets."""
    return package_files("nba_mcp_synthesis.operations.incidents").joinpath(TEMPLATE).read_text("utf-8")


def _moved(draft: Path, path: Path) -> bool:
    try:
        draft.rename(path)
    except OSError as error:
        if path.exists():  # somebody else was first
            return False
        raise Unavailable(f"{path} cannot be made: {error.strerror}.") from None
    return True


def _reason(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors(include_input=False)[0]
        return f"{'.'.join(map(str, first['loc'])) or 'the file'}: {first['msg']}"
    return getattr(error, "strerror", None) or type(error).__name__
