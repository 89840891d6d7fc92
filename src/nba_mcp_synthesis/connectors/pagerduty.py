"""The door to PagerDuty: the Events API v2."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from pydantic import SecretStr

from nba_mcp_synthesis.connectors.connector import Connector
from nba_mcp_synthesis.connectors.faults import DoorClosed, Fault
from nba_mcp_synthesis.connectors.web import closed, post

_EVENTS = "https://events.pagerduty.com"
_SUMMARY = 1_024  # characters that it takes


class PagerDutyConnector(Connector):
    """One service. PAGERDUTY_EVENTS_URL names another address, such as that of the EU."""

    name = "pagerduty"
    what = "PagerDuty"

    def __init__(self, routing_key: Callable[[], SecretStr]) -> None:
        self._routing_key = routing_key

    def send(self, event: dict[str, Any]) -> None:
        """Sends an event, all but its routing key; raises DoorClosed or OSError."""
        self._post("/v2/enqueue", event)

    def change(self, summary: str, source: str, details: dict[str, Any] | None = None) -> None:
        """Records that something was changed, which alerts nobody; raises as `send` does."""
        moment = datetime.now(UTC).isoformat(timespec="seconds")
        payload: dict[str, Any] = {"summary": summary[:_SUMMARY], "timestamp": moment, "source": source}
        if details:
            payload["custom_details"] = details
        self._post("/v2/change/enqueue", {"payload": payload})

    def _post(self, path: str, event: dict[str, Any]) -> None:
        base = os.environ.get("PAGERDUTY_EVENTS_URL", _EVENTS).rstrip("/")
        body = {**event, "routing_key": self._routing_key().get_secret_value()}
        reply = post(SecretStr(f"{base}{path}"), body)
        if reply.status == 400 and "routing" in reply.text.lower():
            raise DoorClosed(Fault("login", "PagerDuty refused the routing key (HTTP 400)."))
        if reply.status != 202:
            raise closed(self.what, reply.status)

    def probe(self) -> None:
        """Resolves an alert that was never raised: accepted, and without effect."""
        self.send({"event_action": "resolve", "dedup_key": "nba-mcp-secrets-probe"})
