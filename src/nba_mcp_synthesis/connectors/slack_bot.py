"""The door to Slack as a bot: unlike a webhook it learns which message it wrote, and can answer below it."""

import json
import os
from collections.abc import Callable
from typing import Any

from pydantic import SecretStr

from nba_mcp_synthesis.connectors.connector import Connector
from nba_mcp_synthesis.connectors.faults import DoorClosed, Fault
from nba_mcp_synthesis.connectors.outcome import Reason
from nba_mcp_synthesis.connectors.web import closed, post

_API = "https://slack.com/api"
_LOGIN = ("invalid_auth", "not_authed", "token_revoked", "token_expired", "account_inactive")
_PERMISSION = ("missing_scope", "not_in_channel", "is_archived", "restricted_action", "no_permission")
_REASONS: dict[str, Reason] = {
    **dict.fromkeys(_LOGIN, "login"),
    **dict.fromkeys(_PERMISSION, "permission"),
    "channel_not_found": "not found",
    "ratelimited": "throttled",
}


class SlackBotConnector(Connector):
    """Messages of a bot with the scope chat:write. SLACK_API_URL names another address."""

    name = "slack"
    what = "Slack"

    def __init__(self, token: Callable[[], SecretStr]) -> None:
        self._token = token

    def send(self, channel: str, text: str, below: str | None = None) -> tuple[str, str]:
        """Posts to a channel, or below a message there; gives the ids of channel and message.

        Raises DoorClosed or OSError.
        """
        message = {"channel": channel, "text": text, **({"thread_ts": below} if below else {})}
        found = self._call("chat.postMessage", message)
        return str(found["channel"]), str(found["ts"])

    def probe(self) -> None:
        """Asks who the token is of."""
        self._call("auth.test", {})

    def _call(self, method: str, body: dict[str, Any]) -> dict[str, Any]:
        base = os.environ.get("SLACK_API_URL", _API).rstrip("/")
        login = {"Authorization": SecretStr(f"Bearer {self._token().get_secret_value()}")}
        reply = post(SecretStr(f"{base}/{method}"), body, login)
        if reply.status != 200:
            raise closed(self.what, reply.status)
        try:
            found = json.loads(reply.text)
            error = None if found["ok"] else str(found["error"])
        except (ValueError, KeyError, TypeError):
            raise DoorClosed(Fault("unknown", "What answers in place of Slack is something else.")) from None
        if error:
            raise DoorClosed(Fault(_REASONS.get(error, "unknown"), f"Slack refused the message ({error})."))
        return dict(found)
