"""Who hears of an incident: the channel of incidents in Slack, and PagerDuty where it rings."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from nba_mcp_synthesis.connectors.connector import Connector
from nba_mcp_synthesis.connectors.pagerduty import PagerDutyConnector
from nba_mcp_synthesis.connectors.slack import SlackConnector
from nba_mcp_synthesis.connectors.slack_bot import SlackBotConnector
from nba_mcp_synthesis.operations.incidents.record import Incident, Thread

APP = "nba-mcp-synthesis"
# How loud an incident is in PagerDuty; the others are told in Slack alone.
_LOUD = {"P1": "critical", "P2": "error"}
_MOST = 3_000
_NO_ANSWER = frozenset({"timeout", "network"})
NO_THREAD = "A webhook cannot answer below a message: with the secret SLACK_BOT_TOKEN it becomes a thread."


@dataclass
class Told:
    """One way: whether it was told, and a sentence."""

    way: str
    ok: bool
    message: str


@dataclass
class Notices:
    """The doors. A bot that is there is preferred, since it has threads; a door that is None is not there."""

    channel: str
    bot: SlackBotConnector | None
    webhook: SlackConnector
    pagerduty: PagerDutyConnector
    told: list[Told] = field(default_factory=list)

    def say(self, incident: Incident, text: str) -> None:
        """Tells Slack: a message of its own at first, later ones below it."""
        line = f"*{incident.severity}* {_escaped(incident.title)} ({incident.id})\n{_escaped(text)}"[:_MOST]
        bot = self.bot
        if bot is None:
            self._try(self.webhook, lambda: self.webhook.send({"text": line}), f"Slack was told. {NO_THREAD}")
            return

        def post() -> None:
            thread = incident.thread
            channel, message = bot.send(
                thread.channel if thread else self.channel, line, thread.message if thread else None
            )
            incident.thread = thread or Thread(channel=channel, message=message)

        where = f"in the thread of {self.channel}" if incident.thread else f"in {self.channel}"
        self._try(bot, post, f"Slack was told {where}.")

    @staticmethod
    def rings(severity: str) -> bool:
        """Whether an incident of this severity rings."""
        return severity in _LOUD

    def page(self, incident: Incident) -> None:
        """Rings whoever is on call, where the severity does; `paged` also where PagerDuty may have heard."""
        loud = _LOUD.get(incident.severity)
        if loud is None:
            self.told.append(Told("pagerduty", True, f"{incident.severity} rings nobody."))  # noqa: FBT003
            return
        payload = {
            "summary": f"{incident.severity}: {incident.title}"[:1_024],
            "source": APP,
            "severity": loud,
            "component": APP,
            "class": "incident",
            "custom_details": {"incident": incident.id, "opened by": incident.opened_by},
        }
        event = {"event_action": "trigger", "dedup_key": _key(incident), "payload": payload}
        done = "PagerDuty was told."
        rang = self._try(self.pagerduty, lambda: self.pagerduty.send(event), done)
        incident.paged = rang is not False  # what may ring has its end told

    def end(self, incident: Incident) -> None:
        """Ends the ringing of an incident that rang; `paged` stays where PagerDuty was not told."""
        if incident.paged:
            event: dict[str, Any] = {"event_action": "resolve", "dedup_key": _key(incident)}
            done = "PagerDuty has it resolved."
            incident.paged = self._try(self.pagerduty, lambda: self.pagerduty.send(event), done) is not True

    @property
    def failed(self) -> bool:
        """Whether somebody was to be told and was not."""
        return any(not one.ok for one in self.told)

    def _try(self, door: Connector, send: Callable[[], object], done: str) -> bool | None:
        """Whether it was told; None where nobody knows: the call may have arrived, and the answer did not."""
        try:
            send()
        except Exception as error:  # noqa: BLE001 - whatever a door raises has a reason, told below
            fault = door.fault(error)
            is_open = fault.kind in _NO_ANSWER and not _was_refused(error)
            how = "may not have been told" if is_open else "was not told"
            self.told.append(Told(door.name, False, f"{door.what} {how}: {fault.message}"))  # noqa: FBT003
            return None if is_open else False
        self.told.append(Told(door.name, True, done))  # noqa: FBT003
        return True


def _was_refused(error: BaseException) -> bool:
    """Whether nobody took the connection, so that nothing was sent."""
    return isinstance(getattr(error, "reason", error), ConnectionRefusedError)


def _key(incident: Incident) -> str:
    return f"{APP}/{incident.id}"


def _escaped(text: str) -> str:
    """A text that Slack takes for nothing but text: no link, no mention of everybody."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
