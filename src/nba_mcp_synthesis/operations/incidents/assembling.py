"""Puts a desk together from settings and secrets; whatever is away then, an incident can be opened."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from nba_mcp_synthesis.connectors.pagerduty import PagerDutyConnector
from nba_mcp_synthesis.connectors.slack import SlackConnector
from nba_mcp_synthesis.connectors.slack_bot import SlackBotConnector
from nba_mcp_synthesis.deadlines import within
from nba_mcp_synthesis.doors import required
from nba_mcp_synthesis.errors import NbaMcpError, SecretMissing, UsageError
from nba_mcp_synthesis.operations.incidents.desk import Desk
from nba_mcp_synthesis.operations.incidents.notices import Notices
from nba_mcp_synthesis.operations.incidents.parts import all_parts
from nba_mcp_synthesis.operations.incidents.redaction import Redactor
from nba_mcp_synthesis.operations.incidents.store import Incidents
from nba_mcp_synthesis.operations.oncall import contacts
from nba_mcp_synthesis.operations.oncall.contacts import Contacts
from nba_mcp_synthesis.secrets.manager import UnifiedSecretsManager
from nba_mcp_synthesis.settings import Settings

CHANGELOG = Path("docs/changelog.md")
_SECRETS_SECONDS = 10.0
_CHANNEL = "#incident-response"
# The first of these that is held; a channel of its own for incidents is better.
_WEBHOOKS = ("SLACK_INCIDENT_WEBHOOK_URL", "SLACK_WEBHOOK_URL")

Manager = UnifiedSecretsManager | None


def secrets_in_time(load: Callable[[], UnifiedSecretsManager]) -> tuple[Manager, list[str]]:
    """The secrets, or why there are none: their levels may be away too. Raises UsageError for wrong use."""
    try:
        return within(_SECRETS_SECONDS, load), []
    except UsageError:
        raise
    except (TimeoutError, NbaMcpError) as error:
        why = f"The secrets could not be read ({error})."
        return None, [f"{why} Only what looks like one is taken out of texts; nobody can be told."]


def desk_of(
    settings: Settings, manager: Manager, by: str, tell: Callable[[str], None] = lambda _: None
) -> Desk:
    """A desk with the doors of the settings."""
    known, warnings = known_contacts(settings)
    channel = known.data["channels"].get("incidents", {}).get("channel", _CHANNEL) if known else _CHANNEL
    return Desk(
        Incidents(settings.incidents_folder),
        redactor(settings, manager),
        notices(manager, channel),
        partial(all_parts, settings, manager, CHANGELOG),
        by,
        known,
        settings.incident_seconds,
        tell,
        warnings=warnings,
    )


def known_contacts(settings: Settings) -> tuple[Contacts | None, list[str]]:
    """The contacts, or why there are none: an incident can be opened without."""
    try:
        return contacts.load(settings.oncall_folder / "contacts.toml"), []
    except UsageError as error:
        return None, [f"By when somebody has to react is not known: {error.message}"]


def redactor(settings: Settings, manager: Manager) -> Redactor:
    """Knows every secret that is held, and the addresses that have a password in them."""
    held: dict[str, str] = {}
    for name in manager.manifest.specs if manager else ():
        value = manager.peek(name) if manager else None
        if value:
            held[name] = value.get_secret_value()
    state = settings.state_url.get_secret_value() if settings.state_url else ""
    addresses = {"NBA_MCP_WAREHOUSE_URL": settings.warehouse_url or "", "NBA_MCP_STATE_URL": state}
    held |= {name: address for name, address in addresses.items() if "@" in address}
    return Redactor(held)


def notices(manager: Manager, channel: str) -> Notices:
    """The doors to Slack and PagerDuty; without secrets they say at their use what lacks."""
    held = [name for name in (*_WEBHOOKS, "SLACK_BOT_TOKEN") if manager and manager.peek(name)]
    webhook = next((name for name in _WEBHOOKS if name in held), _WEBHOOKS[1])

    def managed() -> UnifiedSecretsManager:
        if manager is None:
            raise SecretMissing(
                webhook, ["every level, which did not answer in time"], "Tell people by hand."
            )
        return manager

    bot = SlackBotConnector(required(managed, "SLACK_BOT_TOKEN")) if "SLACK_BOT_TOKEN" in held else None
    slack = SlackConnector(required(managed, webhook))
    return Notices(channel, bot, slack, PagerDutyConnector(required(managed, "PAGERDUTY_ROUTING_KEY")))
