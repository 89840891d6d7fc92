"""The shape that all doors share."""

import time
from abc import ABC, abstractmethod

from nba_mcp_synthesis.connectors.faults import Fault, fault_of
from nba_mcp_synthesis.connectors.outcome import Outcome
from nba_mcp_synthesis.deadlines import within
from nba_mcp_synthesis.telemetry.logs import get_logger


class Connector(ABC):
    """A door. Making one connects to nothing."""

    name: str
    what: str  # as sentences call it: "PostgreSQL"
    seconds: float = 4.0  # longest that a check may take, whatever the server does

    @abstractmethod
    def probe(self) -> None:
        """Opens the door and does the least that shows it is the right one; raises what goes wrong."""

    def explain(self, error: BaseException) -> Fault | None:
        """What an error of this door's library means; None where only the general rules apply."""
        del error
        return None

    def check(self) -> Outcome:
        """Whether the door opens, and if not, why, in words. Never raises."""
        started = time.perf_counter()
        try:
            within(self.seconds, self.probe)
            fault = Fault(None, f"{self.what} answers.")
        except Exception as error:  # noqa: BLE001 - whatever a driver raises is a reason, told below
            fault = self.fault(error)
        outcome = Outcome(self.name, fault.kind, fault.message, time.perf_counter() - started)
        log = get_logger().info if outcome.ok else get_logger().warning
        log("connection", **outcome.as_dict())
        return outcome

    def fault(self, error: BaseException) -> Fault:
        """What an error means, by the door's own rules first, then by the general ones."""
        return self.explain(error) or fault_of(error, self.what)

    def test_connection(self) -> bool:
        """Whether the door opens; the reason why not is logged. Never raises."""
        return self.check().ok
