"""One drill: a fault begins, its page arrives, the runbook is followed, and it is over."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gameday.faults import Fault
from gameday.pages import Page, Step, read
from gameday.world import Stack

ROOT = Path(__file__).resolve().parents[1]
PAGES = ROOT / "docs" / "runbooks" / "alerts"
PAGE_SECONDS = 90.0  # within which an alert has to arrive
STEP_SECONDS = 20.0  # after which a step counts as having done nothing
COMMAND_SECONDS = 120.0  # after which a block of commands is ended
_ENDED = 124  # the exit code of a block that was ended, as timeout(1) has it
_TOLD = ("/v2/enqueue", "/slack/alerts", "/slack/incidents")
Tell = Callable[[str], None]


class DrillFailedError(Exception):
    """The drill came to no good end; the message says at what."""


@dataclass(frozen=True)
class Ran:
    """One block of commands that was run."""

    where: str  # diagnosis or mitigation
    command: str
    code: int
    seconds: float
    printed: str


@dataclass
class Outcome:
    """What became of a fault. Times are seconds since it began; None where it did not come to that."""

    fault: Fault
    severity: str
    waits: str  # the alert's own duration, for which HOLD stood here
    followed: bool  # by this program, or by somebody
    paged: float | None = None
    recovered: float | None = None
    resolved: float | None = None
    ran: list[Ran] = field(default_factory=list)
    others: list[str] = field(default_factory=list)  # alerts that came as well
    failure: str = ""

    @property
    def is_good(self) -> bool:
        """Detected, mended and said to be over."""
        return not self.failure and None not in (self.paged, self.recovered, self.resolved)


class Drill:
    """One fault on a running stack."""

    def __init__(self, stack: Stack, fault: Fault, tell: Tell, *, follow: bool) -> None:
        self.stack, self.fault, self.tell = stack, fault, tell
        self.rule = rule_of(fault.alert)
        self.page: Page = read(PAGES / f"{fault.alert}.md")
        self.outcome = Outcome(fault, self.rule["labels"]["severity"], self.rule["waits"], follow)
        self._began, self._heard = 0.0, 0
        self._seen: set[str] = set()  # all that fired

    def run(self) -> Outcome:
        """From calm to calm; what went wrong is in the outcome."""
        try:
            self._await(lambda: calm(self.stack, self.fault), 120, "the stack did not come to rest")
            before = firing(self.stack)
            self._heard = len(self.stack.pages.server.heard)
            self._began = time.monotonic()
            self.fault.begin(self.stack)
            self._detect()
            self._mend()
            self._end()
            self.outcome.others = sorted(self._seen - before - {self.fault.alert})
        except DrillFailedError as error:
            self.outcome.failure = str(error)
        except KeyboardInterrupt:
            self.outcome.failure = "it was cut short"
            raise
        return self.outcome

    def _seconds(self) -> float:
        return round(time.monotonic() - self._began, 1)

    def _await(self, holds: Callable[[], bool], seconds: float, otherwise: str) -> None:
        until = time.monotonic() + seconds
        while not holds():
            if self.stack.clock.error:
                raise self.stack.clock.error
            if time.monotonic() > until:
                raise DrillFailedError(f"{otherwise} within {seconds:.0f} seconds")
            self._seen |= firing(self.stack)
            time.sleep(0.2)

    def _detect(self) -> None:
        alert, summary = self.fault.alert, self.rule["annotations"]["summary"]
        self._await(
            lambda: paged(self.stack, alert, summary, self._heard), PAGE_SECONDS, f"no page of {alert} came"
        )
        self.outcome.paged = self._seconds()
        self.tell(f"{self.outcome.severity} {alert}: {summary}")
        self.tell(self.page.text)

    def _mend(self) -> None:
        if self.outcome.followed:
            self._follow()
        else:
            self._await(self._is_over, 3_600, "it was not mended")
        self.outcome.recovered = self._seconds()

    def _follow(self) -> None:
        """Diagnosis, then the steps for what it printed, one at a time until it is over."""
        printed = "".join(self._ran("diagnosis", command).printed for command in self.page.diagnosis)
        for step in self.page.steps_for(printed):
            if self._helped(step):
                return
        raise DrillFailedError("the page's steps did not mend it")

    def _helped(self, step: Step) -> bool:
        """Runs a step's commands; True when it is over soon after."""
        if not step.commands:
            return False
        for command in step.commands:
            self._ran("mitigation", command)
        try:
            self._await(self._is_over, STEP_SECONDS, "")
        except DrillFailedError:
            return False
        return True

    def _ran(self, where: str, command: str) -> Ran:
        self.tell(f"$ {command}")
        began = time.monotonic()
        code, printed = _shell(command, self.stack.people)
        self.tell(printed.rstrip()[-2_000:])
        ran = Ran(where, command, code, round(time.monotonic() - began, 1), printed)
        self.outcome.ran.append(ran)
        return ran

    def _is_over(self) -> bool:
        return self.fault.is_over(self.stack)

    def _end(self) -> None:
        """The alert ends, and callers are served again."""
        alert, summary = self.fault.alert, self.rule["annotations"]["summary"]
        since = time.monotonic()
        served = self.fault.served
        serves = self.stack.traffic.is_served
        self._await(lambda: all(serves(kind, since) for kind in served), 90, "callers are not served")
        ended = f"the end of {alert} did not come"
        self._await(lambda: paged(self.stack, alert, summary, self._heard, ended=True), 120, ended)
        self.outcome.resolved = self._seconds()


def _shell(command: str, environment: Mapping[str, str]) -> tuple[int, str]:
    """Exit code and output of a block of commands; one that hangs is ended with all that it started."""
    with subprocess.Popen(
        ["bash", "-c", command], env=environment, cwd=ROOT, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
    ) as shell:  # fmt: skip
        try:
            printed, _ = shell.communicate(timeout=COMMAND_SECONDS)
        except BaseException as error:
            os.killpg(shell.pid, signal.SIGKILL)
            if not isinstance(error, subprocess.TimeoutExpired):
                raise
            printed, _ = shell.communicate()
            return _ENDED, f"{printed}\nIt did not end within {COMMAND_SECONDS:.0f} seconds."
    return shell.returncode, printed


def rule_of(alert: str) -> dict[str, Any]:
    """The rule as Prometheus has it, and as `waits` the duration that the project gives it."""
    from nba_mcp_synthesis.operations.monitoring import rules, sources

    for group in rules.groups(sources.load(ROOT / "monitoring")):
        for rule in group["rules"]:
            if rule.get("alert") == alert:
                return {**rule, "waits": rule["for"]}
    raise LookupError(f"no rule {alert}")


def paged(stack: Stack, alert: str, summary: str, since: int, *, ended: bool = False) -> bool:
    """Whether PagerDuty or Slack was told of an alert, or of its end, after so many earlier messages."""
    for heard in stack.pages.server.heard[since:]:
        if heard.path not in _TOLD:
            continue
        body = heard.json()
        if heard.path == "/v2/enqueue":
            action = "resolve" if ended else "trigger"
            if body["event_action"] == action and body.get("payload", {}).get("class") == alert:
                return True
        else:
            told = body["attachments"][0]
            if summary in told["title"] and (told["color"] == "good") == ended:
                return True
    return False


def firing(stack: Stack) -> set[str]:
    """Alerts that fire now, those that always do aside."""
    expr = 'ALERTS{alertstate="firing",alertname!="NbaMcpWatchdog"}'
    return {sample["metric"]["alertname"] for sample in stack.prometheus.query(expr)}


def calm(stack: Stack, fault: Fault) -> bool:
    """Everybody is served, and the alert does not fire yet."""
    now = time.monotonic()
    served = all(stack.traffic.is_served(kind, now - 10) for kind in ("figures", "rows", "question"))
    return served and fault.alert not in firing(stack)
