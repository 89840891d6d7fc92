"""The checks of the service, run where it runs: in one of its pods, by `kubectl exec`, all by one command."""

import json
import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any

from nba_mcp_synthesis.errors import NbaMcpError
from nba_mcp_synthesis.operations.deploy.names import APP
from nba_mcp_synthesis.operations.health.catalogue import Spec
from nba_mcp_synthesis.operations.health.check import Finding, HealthCheck, Result
from nba_mcp_synthesis.operations.health.failures import failure_of
from nba_mcp_synthesis.operations.health.ground import Ground

_SECONDS = 45.0  # the deadlines of the checks inside, and time for a busy pod to start the command
_MOST_SHOWN = 300  # characters of what a pod says that is no report
_RESULTS: dict[str, Result] = {"pass": "pass", "warn": "warn", "fail": "fail", "skip": "skip"}


class NoReport(NbaMcpError):
    """The command in the pod ended without a report."""


class Inside:
    """One run in a pod, begun by whichever check asks first."""

    def __init__(self, ground: Ground, names: Sequence[str]) -> None:
        self._ground, self._names = ground, names
        self._lock = threading.Lock()
        self._found: Mapping[str, dict[str, Any]] | None = None
        self._error: NbaMcpError | None = None

    def check(self, spec: Spec) -> HealthCheck:
        """What that check found in the pod; a failure where the pod could not be asked."""
        started = time.perf_counter()
        try:
            told = self._report().get(spec.name)
            finding = _finding(told) if told else Finding("fail", "The pod has no such check: it is older.")
        except NbaMcpError as error:
            failure = failure_of(error)
            finding = Finding("fail", f"No pod could be asked. {failure.message}", away=failure.away)
        return spec.found(finding, "pod", started)

    def _report(self) -> Mapping[str, dict[str, Any]]:
        with self._lock:
            if self._found is None and self._error is None:
                try:
                    self._found = self._ask()
                except NbaMcpError as error:
                    self._error = error
        if self._found is None:
            raise self._error or NoReport("The pod was not asked.")
        return self._found

    def _ask(self) -> Mapping[str, dict[str, Any]]:
        chosen = [word for name in self._names for word in ("--only", name)]
        command = ["nba-mcp", "ops", "health", "--json", *chosen]
        done = self._ground.cluster().execute(f"deployment/{APP}", APP, command, seconds=_SECONDS)
        try:
            checks = json.loads(done.stdout)["checks"]
            return {str(one["name"]): dict(one) for one in checks}
        except (ValueError, TypeError, KeyError):
            said = (done.stderr.strip() or done.stdout.strip() or "nothing")[:_MOST_SHOWN]
            raise NoReport(
                f"`nba-mcp ops health` in the pod ended with {done.code} and said: {said}"
            ) from None


def _finding(told: Mapping[str, Any]) -> Finding:
    """A finding as a pod wrote it; NoReport where it has another form."""
    try:
        return Finding(
            _RESULTS[told["result"]],
            str(told["message"]),
            _number(told["number"]),
            _number(told["threshold"]),
            bool(told["away"]),
            tuple(str(line) for line in told["details"]),
        )
    except (KeyError, TypeError, ValueError):
        raise NoReport("The report of the pod has another form: it runs another version.") from None


def _number(told: Any) -> float | None:
    return None if told is None else float(told)
