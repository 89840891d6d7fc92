"""What loading found: each secret's origin, its age and what is wrong with it. No value is in it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from nba_mcp_synthesis.facts import SecretState
from nba_mcp_synthesis.secrets.gathering import Gathered
from nba_mcp_synthesis.secrets.manifest import Manifest, Spec
from nba_mcp_synthesis.secrets.names import Naming
from nba_mcp_synthesis.secrets.records import Finding, Held


@dataclass(frozen=True, slots=True)
class SecretEntry:
    """One secret of the manifest; `level`, `place`, `version`, `age_seconds` are None if it is not held."""

    name: str
    required: bool
    level: str | None
    place: str | None
    version: str | None
    age_seconds: float | None
    rotate_days: int | None
    owner: str
    opens: str | None
    findings: tuple[Finding, ...]

    @property
    def held(self) -> bool:
        """Whether some level has it."""
        return self.level is not None

    @property
    def state(self) -> str:
        """In a word: the kind of its worst finding, else ok, or unset."""
        errors = [f.kind for f in self.findings if f.severity == "error"]
        return errors[0] if errors else "ok" if self.held else "unset"

    def as_state(self) -> SecretState:
        """What health and metrics show."""
        unjudged = not self.held and not self.required
        valid = None if unjudged else self.state == "ok"
        days = self.rotate_days if self.held else None
        most = None if days is None else days * 86_400.0
        return SecretState(self.name, self.state, valid, self.age_seconds, most)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "name": self.name,
            "state": self.state,
            "required": self.required,
            "level": self.level,
            "place": self.place,
            "version": self.version,
            "age_seconds": None if self.age_seconds is None else round(self.age_seconds),
            "rotate_days": self.rotate_days,
            "owner": self.owner,
            "opens": self.opens,
        }


@dataclass(frozen=True, slots=True)
class LoadReport:
    """The secrets of one context at one moment."""

    project: str
    context: str
    entries: tuple[SecretEntry, ...]
    findings: tuple[Finding, ...]
    levels: tuple[tuple[str, int], ...]
    seconds: float

    @property
    def errors(self) -> tuple[Finding, ...]:
        """Findings that have to be mended."""
        return tuple(f for f in self.findings if f.severity == "error")

    @property
    def lacking(self) -> tuple[str, ...]:
        """Required secrets that no level has."""
        return tuple(e.name for e in self.entries if e.required and not e.held)

    def states(self) -> tuple[SecretState, ...]:
        """What health and metrics show of each secret."""
        return tuple(entry.as_state() for entry in self.entries)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "project": self.project,
            "context": self.context,
            "secrets": [entry.as_dict() for entry in self.entries],
            "findings": [finding_dict(f) for f in self.findings],
            "levels": [{"name": name, "used": used} for name, used in self.levels],
            "seconds": round(self.seconds, 4),
        }


def finding_dict(finding: Finding) -> dict[str, Any]:
    """A finding for JSON."""
    return {
        "kind": finding.kind,
        "severity": finding.severity,
        "secret": finding.name,
        "message": finding.message,
        "hint": finding.hint,
    }


def entries_of(
    gathered: Gathered, findings: tuple[Finding, ...], manifest: Manifest, naming: Naming, now: datetime
) -> tuple[SecretEntry, ...]:
    """An entry for every secret of the manifest."""
    return tuple(
        _entry(spec, gathered.held.get(spec.name), findings, naming, now) for spec in manifest.specs.values()
    )


def _entry(
    spec: Spec, held: Held | None, findings: tuple[Finding, ...], naming: Naming, now: datetime
) -> SecretEntry:
    since = held.since if held else None
    return SecretEntry(
        spec.name,
        naming.context in spec.required,
        held.level if held else None,
        held.place if held else None,
        held.version if held else None,
        max((now - since).total_seconds(), 0.0) if since else None,
        spec.rotate_days,
        spec.owner,
        spec.opens,
        tuple(f for f in findings if f.name == spec.name),
    )
