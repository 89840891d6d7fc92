"""What steps look at: doors, settings and folders; each is opened once, when the first step needs it."""

import contextlib
import functools
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from nba_mcp_synthesis.connectors.aws import aws_client, explain_aws
from nba_mcp_synthesis.connectors.faults import DoorClosed
from nba_mcp_synthesis.connectors.kubectl import KubectlConnector, KubectlFailed
from nba_mcp_synthesis.connectors.outcome import UNREACHABLE
from nba_mcp_synthesis.doors import Managed
from nba_mcp_synthesis.errors import NbaMcpError
from nba_mcp_synthesis.operations.checklists.findings import Away
from nba_mcp_synthesis.operations.deploy.names import APP
from nba_mcp_synthesis.operations.log_lines import lines_of
from nba_mcp_synthesis.operations.log_summary import LogSummary
from nba_mcp_synthesis.operations.reports.performance import Sources
from nba_mcp_synthesis.settings import Settings

MOST_LINES = 20_000  # of each pod; more would not fit in memory with certainty
_AWAY = UNREACHABLE | {"login", "missing secret", "not installed"}


@dataclass
class Ground:
    """Where a checklist is gone through."""

    settings: Settings
    manager: Managed
    sources: Sources
    kubectl: KubectlConnector
    reports: Path
    backups: Path
    now: datetime
    _logs: dict[str, LogSummary] = field(default_factory=dict)

    @functools.cached_property
    def cluster(self) -> KubectlConnector:
        """The cluster, after it has answered once; raises Away."""
        try:
            self.kubectl.probe()
        except KubectlFailed as error:
            raise Away(error.message) from None
        return self.kubectl

    def log(self, span: str) -> LogSummary:
        """What the pods of the server wrote in the last 24h or 168h, or its newest lines."""
        if span not in self._logs:
            self._logs[span] = self._summary(span)
        return self._logs[span]

    def _summary(self, span: str) -> LogSummary:
        arguments = [f"--since={span}", f"--tail={MOST_LINES}", "--prefix", "--max-log-requests=50"]
        text = self.cluster.run("logs", f"--selector=app={APP}", *arguments, seconds=60.0)
        return LogSummary().take(lines_of(io.BytesIO(text.encode())))

    def in_pod(self, *command: str, deployment: str = APP) -> str:
        """What a command prints in a pod of a deployment; raises KubectlFailed."""
        return self.cluster.run("exec", f"deployment/{deployment}", "--", *command, seconds=30.0)

    @contextlib.contextmanager
    def aws(self, service: str, what: str) -> Iterator[Any]:
        """A client of AWS; its errors in the block become Away or DoorClosed."""
        with worded(lambda error: explain_aws(error, what)):
            yield aws_client(service)


@contextlib.contextmanager
def worded(explain: Callable[[BaseException], Any]) -> Iterator[None]:
    """Errors of a driver in words: Away where the other side is not there, else DoorClosed."""
    try:
        yield
    except NbaMcpError:
        raise
    except Exception as error:
        fault = explain(error)
        if fault.kind in _AWAY:
            raise Away(fault.message) from None
        raise DoorClosed(fault) from error
