"""What the calculators look through: settings, secrets, cluster, data, backups. Nothing is opened yet."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from nba_mcp_synthesis.connectors.kubectl import KubectlConnector, KubectlFailed
from nba_mcp_synthesis.doors import Managed
from nba_mcp_synthesis.operations.backup.desk import Backups
from nba_mcp_synthesis.operations.deploy.health import ingress_url
from nba_mcp_synthesis.operations.health.check import NotHere
from nba_mcp_synthesis.settings import Settings
from nba_mcp_synthesis.state.database import StateDatabase
from nba_mcp_synthesis.warehouse.engine import Warehouse

T = TypeVar("T")
MONITORING = "monitoring"  # the namespace of Prometheus


@dataclass
class Ground:
    """Where the checks look. Every function may be called from several threads."""

    settings: Settings
    manager: Managed
    warehouse: Callable[[], Warehouse]
    backups: Callable[[], Backups]
    state: Callable[[], StateDatabase]
    kubectl: KubectlConnector
    monitoring: KubectlConnector
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _reached: bool = False
    _fault: KubectlFailed | None = None

    @property
    def is_production(self) -> bool:
        """Whether what is not configured is a gap, and no choice."""
        return self.settings.context == "production"

    def cluster(self) -> KubectlConnector:
        """The cluster, once it has answered; raises KubectlFailed, or NotHere where none is chosen.

        It is asked once for all checks: where it is away, they all say so at once.
        """
        with self._lock:
            if not self._reached and self._fault is None:
                try:
                    self.kubectl.probe()
                    self._reached = True
                except KubectlFailed as error:
                    self._fault = error
            if self._fault:
                raise _told(self._fault)
        return self.kubectl

    def public_url(self) -> str | None:
        """The address that people use; None where neither a setting nor the ingress names one."""
        return self.settings.public_url or ingress_url(self.cluster())

    def close(self) -> None:
        """Ends what is still under way in the cluster."""
        self.kubectl.close()
        self.monitoring.close()


def once(make: Callable[[], T]) -> Callable[[], T]:
    """A function that makes something at its first call, also where several threads call it at a time."""
    lock, made = threading.Lock(), list[T]()

    def get() -> T:
        with lock:
            if not made:
                made.append(make())
            return made[0]

    return get


def _told(fault: KubectlFailed) -> Exception:
    """The same fault; without kubectl or a context it is that this machine knows no cluster."""
    if fault.fault.kind == "not installed" or "no context is chosen" in fault.message:
        return NotHere(fault.message)
    return fault
