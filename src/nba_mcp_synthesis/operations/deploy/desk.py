"""What every kind of deployment works with, and how its end is told whatever happens."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from nba_mcp_synthesis.connectors.ecr import ECRConnector
from nba_mcp_synthesis.connectors.kubectl import KubectlConnector, KubectlFailed
from nba_mcp_synthesis.errors import NbaMcpError
from nba_mcp_synthesis.operations.deploy.interruption import Interrupted, Interruption
from nba_mcp_synthesis.operations.deploy.lock import Lock
from nba_mcp_synthesis.operations.deploy.notices import Notices
from nba_mcp_synthesis.operations.deploy.report import Report
from nba_mcp_synthesis.operations.deploy.rollout import ClusterAway, Patience
from nba_mcp_synthesis.settings_cluster import ClusterSettings

UNTOUCHED = "Nothing was changed."


@dataclass
class Desk:
    """The doors, the limits, the report. `left` is the state in which things are, were this to end now."""

    kubectl: KubectlConnector
    registry: ECRConnector
    notices: Notices
    limits: ClusterSettings
    report: Report
    overlay: Path
    public_url: str | None = None
    contacts: Path | None = None  # the file of contacts, which may have no placeholder
    ingress_is_checked: bool = True
    tell: Callable[[str], None] = lambda _: None
    interruption: Interruption = field(default_factory=Interruption)
    left: str = UNTOUCHED

    def __post_init__(self) -> None:
        seconds = self.limits.deploy_lock_seconds
        self.lock = Lock(self.kubectl, seconds, self._lock_told, self._lock_watched)

    def _lock_told(self, sentence: str) -> None:
        self.report.step("lock", "warning", sentence)

    def _lock_watched(self, seconds: float) -> None:
        self.tell(f"Looking for {seconds:g} s whether the holder of the lock is really gone")
        self.interruption.wait(seconds)

    @contextlib.contextmanager
    def locked(self, *, breaking: bool) -> Iterator[None]:
        """Nobody else deploys while the block runs."""
        with self.lock.held(breaking=breaking):
            self.report.step("lock", "done", f"held by {self.lock.holder}")
            yield

    def checkpoint(self, left: str | None = None) -> None:
        """Ends here if somebody wants that, or has taken the lock; notes what is left from now on."""
        self.interruption.check()
        self.lock.check()
        self.left = left or self.left

    def patience(self) -> Patience:
        """How long a rollout is waited for."""
        seconds, away = self.limits.deploy_rollout_seconds, self.limits.deploy_away_seconds
        return Patience(seconds, away, self.interruption, self.lock.check, self.tell)


def told_to_the_end(desk: Desk, work: Callable[[], Report]) -> Report:
    """The report of a piece of work that may fail or be interrupted anywhere."""
    with desk.interruption.heeded():
        try:
            return work()
        except Interrupted as signal:
            desk.report.step("interrupted", "failed", str(signal))
            return desk.report.end(
                "interrupted", f"Interrupted by {signal}. {desk.left}", 128 + signal.signal
            )
        except NbaMcpError as error:
            desk.report.step("failed", "failed", str(error))
            if desk.left != UNTOUCHED:
                desk.notices.alarm(desk.report, f"{error} {desk.left}")
            return desk.report.end("failed", f"{error} {desk.left}", error.exit_code)
        except Exception as error:
            # A fault of this program. Whoever is on call hears what is left; its traceback shows where.
            desk.report.step(
                "failed", "failed", f"A fault of this program: {type(error).__name__}. {desk.left}"
            )
            if desk.left != UNTOUCHED:
                told = f"The deployment broke off ({type(error).__name__}). {desk.left}"
                desk.notices.alarm(desk.report, told)
            raise


def is_away(error: NbaMcpError) -> bool:
    """Whether the cluster cannot be asked any more, so that nothing can be taken back now."""
    return isinstance(error, ClusterAway) or (isinstance(error, KubectlFailed) and error.is_away)
