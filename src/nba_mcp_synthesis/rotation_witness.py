"""Who hears of rotations: the audit log, PagerDuty and Slack."""

import getpass
import os
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from nba_mcp_synthesis.connectors.connector import Connector
from nba_mcp_synthesis.connectors.faults import fault_of
from nba_mcp_synthesis.connectors.pagerduty import PagerDutyConnector
from nba_mcp_synthesis.connectors.slack import SlackConnector
from nba_mcp_synthesis.deadlines import together
from nba_mcp_synthesis.errors import NbaMcpError, Unavailable
from nba_mcp_synthesis.secrets.manager import UnifiedSecretsManager
from nba_mcp_synthesis.secrets.rotation.turn import Rotation

if TYPE_CHECKING:
    from nba_mcp_synthesis.state.database import StateDatabase


class LoggedWitness:
    """Writes turns into the audit log of the state database, and tells PagerDuty and Slack."""

    def __init__(self, state: "Callable[[], StateDatabase]", manager: UnifiedSecretsManager) -> None:
        self._state, self._manager = state, manager

    def record(self, rotation: Rotation) -> None:
        """One row a version and outcome, however often it is written."""
        from nba_mcp_synthesis.state.database import ROTATE  # noqa: PLC0415 - its library takes long to load
        from nba_mcp_synthesis.state.entries import written  # noqa: PLC0415

        row = {
            "record": f"rotation-{rotation.version}-{rotation.outcome}",
            "at": rotation.at.isoformat(),
            "caller": who(),
            "action": f"{ROTATE}{rotation.name}",
            "outcome": rotation.outcome,
            "request_id": rotation.version,
            "rows": None,
            "cost_usd": None,
            "seconds": None,
            "detail": {
                "door": "cli",
                "version": rotation.version,
                "digests": dict(rotation.digests),
                "message": rotation.message,
            },
        }
        try:
            self._state().store([written({"audit_log": [row]})])
        except Unavailable as error:
            raise Unavailable(
                f"{rotation.name} was rotated and works, but the audit log does not have it: {error.message}",
                "When that is mended, run the command again: it writes the entry and ends the turn.",
            ) from None

    def tell(self, rotation: Rotation) -> list[str]:
        """Tells those whose door is known; who cannot be told now is not waited for."""
        done = rotation.outcome == "ok"
        context = self._manager.report.context
        told = (
            f"{rotation.name} ({context}) was rotated."
            if done
            else (f"{rotation.name} ({context}) was not rotated: {rotation.message} The old one still works.")
        )
        details = {"secret": rotation.name, "context": context, "version": rotation.version, "by": who()}
        return self.say(told, details)

    def remind(self, text: str) -> list[str]:
        """Reminds people in Slack alone; gives a sentence if they were not told."""
        if not self._manager.peek("SLACK_WEBHOOK_URL"):
            return []
        slack = SlackConnector(self._manager.fetcher("SLACK_WEBHOOK_URL"))
        sentence = _told(
            slack, lambda: slack.send({"text": f"Secrets ({self._manager.report.context}): {text}"})
        )
        return [sentence] if sentence else []

    def say(self, text: str, details: dict[str, str]) -> list[str]:
        """Tells both; gives a sentence for each who was not told."""
        held, tasks = self._manager.peek, []
        if held("PAGERDUTY_ROUTING_KEY"):
            pages = PagerDutyConnector(self._manager.fetcher("PAGERDUTY_ROUTING_KEY"))
            tasks.append(partial(_told, pages, lambda: pages.change(text, "nba-mcp", details)))
        if held("SLACK_WEBHOOK_URL"):
            slack = SlackConnector(self._manager.fetcher("SLACK_WEBHOOK_URL"))
            tasks.append(partial(_told, slack, lambda: slack.send({"text": text})))
        return [sentence for sentence in together(tasks) if sentence]


def _told(door: Connector, send: Callable[[], None]) -> str:
    try:
        send()
    except (NbaMcpError, OSError) as error:
        return f"{door.what} was not told: {(door.explain(error) or fault_of(error, door.what)).message}"
    return ""


def who() -> str:
    """Who runs this, for the audit log."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # in a container the user often has no name
        return f"uid {os.getuid()}"
