"""The door to a Slack channel: an incoming webhook."""

from collections.abc import Callable
from typing import Any

from pydantic import SecretStr

from nba_mcp_synthesis.connectors.connector import Connector
from nba_mcp_synthesis.connectors.web import closed, post

# What a webhook that works says of a message without text; nothing appears in the channel.
_EMPTY = ("no_text", "missing_text_or_fallback_or_attachments", "invalid_payload")


class SlackConnector(Connector):
    """One channel. The address of the webhook is the secret."""

    name = "slack"
    what = "Slack"

    def __init__(self, webhook: Callable[[], SecretStr]) -> None:
        self._webhook = webhook

    def send(self, message: dict[str, Any]) -> None:
        """Posts a message, such as {"text": "…"}; raises DoorClosed or OSError."""
        reply = post(self._webhook(), message)
        if reply.status != 200:
            raise closed(self.what, reply.status)

    def probe(self) -> None:
        """Posts a message without text, which Slack refuses after it has recognised the webhook."""
        reply = post(self._webhook(), {"text": ""})
        if not (reply.status == 400 and reply.text.strip() in _EMPTY):
            raise closed(self.what, reply.status)
