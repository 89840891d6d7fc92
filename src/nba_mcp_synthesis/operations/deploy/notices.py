"""Who hears of a deployment: the changelog, PagerDuty (a change event), and Slack where it failed."""

import contextlib
import fcntl
import os
import stat
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from nba_mcp_synthesis.connectors.connector import Connector
from nba_mcp_synthesis.connectors.pagerduty import PagerDutyConnector
from nba_mcp_synthesis.connectors.slack import SlackConnector
from nba_mcp_synthesis.operations.deploy.names import APP
from nba_mcp_synthesis.operations.deploy.report import Report

HEADING = "## Deployments"
_ABOUT = "Written by `nba-mcp ops deploy`, the newest first."


class Notices:
    """The places that are told. One that cannot be told is a warning, and changes nothing else."""

    def __init__(self, changelog: Path | None, slack: SlackConnector, pagerduty: PagerDutyConnector) -> None:
        self.changelog, self.slack, self.pagerduty = changelog, slack, pagerduty

    def record(self, report: Report, sentence: str, who: str) -> None:
        """What happened to the service: in the changelog, and as a change event."""
        at = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%SZ")
        if self.changelog is None or not self.changelog.is_file():
            report.step("changelog", "skipped", "There is no docs/changelog.md here to record this in.")
        else:
            self._write(report, self.changelog, f"- {at}: {sentence} By {who}.")
        self._tell(report, self.pagerduty, lambda: self.pagerduty.change(f"{APP}: {sentence}", who))

    def alarm(self, report: Report, sentence: str) -> None:
        """A deployment failed: Slack hears what was done about it."""
        self._tell(report, self.slack, lambda: self.slack.send({"text": f"{APP}: {sentence}"}))

    @staticmethod
    def _write(report: Report, changelog: Path, line: str) -> None:
        try:
            add_line(changelog, line)
        except (OSError, UnicodeError) as error:
            why = getattr(error, "strerror", None) or "it is no text in UTF-8"
            report.step("changelog", "warning", f"{changelog} could not be written ({why}). Add: {line}")
        else:
            report.step("changelog", "done", f"Recorded in {changelog}.")

    @staticmethod
    def _tell(report: Report, door: Connector, send: Callable[[], None]) -> None:
        try:
            send()
        except Exception as error:  # noqa: BLE001 - whatever a door raises has a reason, told in the report
            report.step(door.name, "warning", f"{door.what} was not told: {door.fault(error).message}")
        else:
            report.step(door.name, "done", f"{door.what} was told.")


def add_line(changelog: Path, line: str) -> None:
    """Adds a line to the section of deployments, which is made where it is not there.

    The file is whole at all times: a new one takes its place. Raises OSError, UnicodeError.
    """
    changelog = changelog.resolve()
    with _locked(changelog.parent):
        with changelog.open("r+", encoding="utf-8") as file:  # for writing: one that may not be is left alone
            text, mode = file.read(), os.fstat(file.fileno()).st_mode
        if HEADING not in text.splitlines():
            text = f"{text.rstrip()}\n\n{HEADING}\n\n{_ABOUT}\n\n"
        head, _, rest = text.partition(f"{HEADING}\n\n{_ABOUT}\n\n")
        _replace(changelog, f"{head}{HEADING}\n\n{_ABOUT}\n\n{line}\n{rest}", mode)


def _replace(path: Path, text: str, mode: int) -> None:
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", dir=path.parent, prefix=f".{path.name}.", delete=False
    ) as draft:
        made = Path(draft.name)
        try:
            draft.write(text)
            draft.flush()
            os.fsync(draft.fileno())
            made.chmod(stat.S_IMODE(mode))
            made.replace(path)
        except OSError:
            made.unlink()
            raise


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """One at a time. The lock is that of the folder: the file in it is replaced."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(opened, fcntl.LOCK_EX)
        yield
    finally:
        os.close(opened)
