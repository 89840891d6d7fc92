"""The one manager of secrets: loads them, hands them out, and passes changes on to their users."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from pydantic import SecretStr

from nba_mcp_synthesis.errors import SecretMissing, SecretsInvalid
from nba_mcp_synthesis.secrets.findings import findings_of, how_to_set
from nba_mcp_synthesis.secrets.gathering import Gathered, gather
from nba_mcp_synthesis.secrets.levels.files import read_secret, stamp
from nba_mcp_synthesis.secrets.listeners import Listeners
from nba_mcp_synthesis.secrets.manifest import Manifest, default_manifest
from nba_mcp_synthesis.secrets.names import Naming, naming
from nba_mcp_synthesis.secrets.places import Places
from nba_mcp_synthesis.secrets.records import Held, Level
from nba_mcp_synthesis.secrets.report import LoadReport, entries_of
from nba_mcp_synthesis.telemetry.logs import get_logger


@dataclass(frozen=True, slots=True, repr=False)
class _Loaded:
    """One context as it was last gathered; replaced whole, so that readers need no lock."""

    naming: Naming
    levels: tuple[Level, ...]
    gathered: Gathered
    report: LoadReport


class UnifiedSecretsManager:
    """The secrets of one project. Safe to use from several threads."""

    def __init__(
        self,
        project: str = "nba-mcp-synthesis",
        *,
        manifest: Manifest | None = None,
        places: Places | None = None,
    ) -> None:
        self.project = project
        self.manifest = manifest or default_manifest()
        self._places = places or Places.of_process()
        self._listeners = Listeners()
        self._gathering, self._swapping = threading.RLock(), threading.RLock()
        self._loaded: _Loaded | None = None

    def __repr__(self) -> str:
        held = len(self._loaded.gathered.held) if self._loaded else 0
        return f"UnifiedSecretsManager({self.project!r}, {held} secrets)"

    def load_secrets_hierarchical(self, context: str | None = None) -> LoadReport:
        """Loads the secrets of a context, by default that of the settings; says what was found.

        What lacks is logged and in the report. UsageError is for a context that does not exist.
        """
        place = self._places
        called = naming(self.project, context or place.context, place.running_as)
        levels = place.levels(called, self.manifest)
        with self._gathering:
            before, after = self._loaded, self._gather(called, levels, Gathered())
            self._loaded = after
        _log(after.report)
        if before and before.naming == called:
            self._listeners.tell(before.gathered.held, after.gathered.held)
        return after.report

    def refresh(self) -> LoadReport:
        """Looks again, and tells the listeners of every secret that has changed."""
        with self._gathering:
            before = self._now()
            after = self._gather(before.naming, before.levels, before.gathered)
            with self._swapping:
                self._loaded = after
        self._listeners.tell(before.gathered.held, after.gathered.held)
        return after.report

    @property
    def report(self) -> LoadReport:
        """What was last found."""
        return self._now().report

    def get(self, name: str) -> SecretStr | None:
        """A secret by its short or whole name; None when no level has it."""
        held = self._current(self._short(name))
        return held.value if held else None

    def require(self, name: str) -> SecretStr:
        """A secret; raises SecretMissing with what was tried, in order, and what to set."""
        short = self._short(name)
        held = self._current(short)
        if held is None:
            now = self._now()
            tried = [level.tried(short) for level in now.levels]
            raise SecretMissing(short, tried, how_to_set(short, now.naming, self._places.folder))
        return held.value

    def peek(self, name: str) -> SecretStr | None:
        """A secret as it was last found, for callers that must not wait for files or networks."""
        held = self._now().gathered.held.get(self._short(name))
        return held.value if held else None

    def fetcher(self, name: str) -> Callable[[], SecretStr]:
        """A function that requires a secret anew at every call, for whoever logs in again and again."""
        short = self._short(name)
        return lambda: self.require(short)

    def on_change(self, name: str, callback: Callable[[SecretStr], None]) -> Callable[[], None]:
        """Calls back with the new value after each change that a refresh finds; gives what ends that."""
        return self._listeners.add(self._short(name), callback)

    def local(self) -> Mapping[str, Held]:
        """What the environment and files of this machine have, AWS left out: for whoever copies it there."""
        levels = [level for level in self._now().levels if not level.costly]
        return gather(levels, self.manifest).held

    def validate(self) -> LoadReport:
        """Looks again; raises SecretsInvalid when something has to be mended."""
        report = self.refresh()
        if report.errors:
            told = " ".join(str(finding) for finding in report.errors)
            raise SecretsInvalid(told, "`nba-mcp secrets list` shows all of them.")
        return report

    def _now(self) -> _Loaded:
        if self._loaded is None:
            self.load_secrets_hierarchical()
        assert self._loaded is not None  # noqa: S101 - loading has set it
        return self._loaded

    def _short(self, name: str) -> str:
        short = self._now().naming.short(name) or name
        return self.manifest.spec(short).name

    def _current(self, short: str) -> Held | None:
        """What is held now: what was not there is looked for, and a file that has changed is read again."""
        held = self._now().gathered.held.get(short)
        if held is None:
            self.refresh()
            return self._now().gathered.held.get(short)
        if held.file is None or stamp(held.file) == held.stamp:
            return held
        return self._read_again(held, held.file)

    def _read_again(self, held: Held, file: Path) -> Held:
        """One file alone, so that nobody waits for a level that is slow."""
        fresh = read_secret(held.name, file, held.level)
        if not isinstance(fresh, Held):
            return held  # it went or is being written: the next refresh judges it
        with self._swapping:  # what another thread has read meanwhile stays
            now = self._now()
            gathered = replace(now.gathered, held={**now.gathered.held, held.name: fresh})
            self._loaded = replace(now, gathered=gathered)
        self._listeners.tell(now.gathered.held, gathered.held)
        return fresh

    def _gather(self, called: Naming, levels: tuple[Level, ...], before: Gathered) -> _Loaded:
        started = time.perf_counter()
        gathered = gather(levels, self.manifest)
        now = datetime.now(UTC)
        findings = findings_of(gathered, self.manifest, called, self._places.folder, now)
        if self._places.fault:
            findings = (self._places.fault, *findings)
        report = LoadReport(
            self.project,
            called.context,
            entries_of(gathered, findings, self.manifest, called, now),
            findings,
            tuple((level.name, gathered.count(level.name)) for level in levels),
            time.perf_counter() - started,
        )
        # What vanished keeps its last value until the context is loaded anew: a level that is away, or a file
        # that is being written, ends no login. The report says that it is missing.
        kept = Gathered({**before.held, **gathered.held}, gathered.shadowed, gathered.findings)
        return _Loaded(called, levels, kept, report)


def _log(report: LoadReport) -> None:
    used = {name: count for name, count in report.levels if count}
    get_logger().info("secrets", context=report.context, used=used, seconds=round(report.seconds, 4))
    for finding in report.findings:
        log = get_logger().warning if finding.severity == "error" else get_logger().info
        log("secrets", context=report.context, kind=finding.kind, secret=finding.name, message=str(finding))
