"""Which secrets open which doors: connectors put together with a manager of secrets."""

import os
from collections.abc import Callable, Iterable
from functools import partial
from typing import TypeVar

from pydantic import SecretStr

from nba_mcp_synthesis.connectors.connector import Connector
from nba_mcp_synthesis.connectors.glue import GlueConnector
from nba_mcp_synthesis.connectors.model_api import ModelConnector, model_apis
from nba_mcp_synthesis.connectors.outcome import Outcome
from nba_mcp_synthesis.connectors.pagerduty import PagerDutyConnector
from nba_mcp_synthesis.connectors.postgres_url import URLLogin, parsed
from nba_mcp_synthesis.connectors.rds import RDSConnector, RDSLogin
from nba_mcp_synthesis.connectors.redis import RedisConnector
from nba_mcp_synthesis.connectors.s3 import S3Connector
from nba_mcp_synthesis.connectors.slack import SlackConnector
from nba_mcp_synthesis.deadlines import together
from nba_mcp_synthesis.extras import extra
from nba_mcp_synthesis.secrets.manager import UnifiedSecretsManager
from nba_mcp_synthesis.secrets.places import Places
from nba_mcp_synthesis.settings import Settings

BACKUPS_BUCKET = "nba-mcp-synthesis-backups"
_PORT, _DATABASE = SecretStr("5432"), SecretStr("nba_simulator")

T = TypeVar("T")
Managed = Callable[[], UnifiedSecretsManager]


def manager_of(settings: Settings) -> UnifiedSecretsManager:
    """A manager of secrets that looks where the settings say; nothing is loaded yet."""
    return UnifiedSecretsManager(places=Places.of(settings, os.environ))


def rds_login(manager: Managed) -> RDSLogin:
    """Where the database is and who logs in there, as of now.

    Role and password are separate files that are replaced at one stroke; read until twice the same, they
    belong together.
    """
    secrets = manager()
    return settled(lambda: _rds_login(secrets))


def settled(read: Callable[[], T]) -> T:
    """What is read twice the same, of what is spread over several files."""
    found = read()
    for _ in range(3):
        before, found = found, read()
        if found == before:
            break
    return found


def _rds_login(secrets: UnifiedSecretsManager) -> RDSLogin:
    return RDSLogin(
        secrets.require("RDS_HOST"),
        secrets.get("RDS_PORT") or _PORT,
        secrets.get("RDS_DATABASE") or _DATABASE,
        secrets.require("RDS_USERNAME"),
        secrets.require("RDS_PASSWORD"),
    )


def state_login(settings: Settings, manager: Managed) -> Callable[[], URLLogin]:
    """A function that says who logs in to the state database in PostgreSQL, as of now.

    A password that the address lacks is the secret STATE_PASSWORD, of the role STATE_USERNAME where that is
    held.
    """
    url = settings.state_url or SecretStr("")
    return lambda: URLLogin(
        url,
        lambda: _where_held(manager(), "STATE_PASSWORD"),
        lambda: _where_held(manager(), "STATE_USERNAME"),
    )


def warehouse_address(settings: Settings, manager: Managed) -> Callable[[], str]:
    """A function that gives the address of a warehouse in PostgreSQL, as of now.

    A password that the address lacks is the secret RDS_PASSWORD, of the role RDS_USERNAME where that is held:
    rotation changes the two together.
    """
    return lambda: _with_password(settings.postgres_url(), manager)


def _with_password(url: str, manager: Managed) -> str:
    with extra("postgres"):
        from psycopg.conninfo import make_conninfo  # noqa: PLC0415 - of an extra

    if parsed(url).get("password"):
        return url
    secrets = manager()
    login = settled(lambda: tuple(_where_held(secrets, name) for name in ("RDS_USERNAME", "RDS_PASSWORD")))
    user, password = (one.get_secret_value() if one else None for one in login)
    return make_conninfo(url, **({"user": user} if user else {}), password=password) if password else url


def _where_held(secrets: UnifiedSecretsManager, name: str) -> SecretStr | None:
    """A secret that need not be there; where it is not, no login waits until that is said again."""
    return secrets.get(name) if secrets.peek(name) else None


def required(manager: Managed, name: str) -> Callable[[], SecretStr]:
    """A function that fetches a secret anew at every call."""
    return lambda: manager().require(name)


def door(name: str, manager: Managed) -> Connector:
    """The door of that name. The manager is asked for when the door is opened, not before."""
    doors: dict[str, Callable[[], Connector]] = {
        "rds": lambda: RDSConnector(partial(rds_login, manager)),
        "redis": lambda: RedisConnector(required(manager, "REDIS_URL")),
        "slack": lambda: SlackConnector(required(manager, "SLACK_WEBHOOK_URL")),
        "pagerduty": lambda: PagerDutyConnector(required(manager, "PAGERDUTY_ROUTING_KEY")),
        "s3": lambda: S3Connector(BACKUPS_BUCKET),
        "glue": GlueConnector,
    }
    if name in doors:
        return doors[name]()
    return ModelConnector(name, required(manager, model_apis()[name]["secret"]))


def probe(
    manager: UnifiedSecretsManager, names: Iterable[str], on_done: Callable[[], None] = lambda: None
) -> list[Outcome]:
    """Tries doors, several at a time; each check ends by itself within seconds."""

    def tried(connector: Connector) -> Outcome:
        outcome = connector.check()
        on_done()
        return outcome

    return together([partial(tried, door(name, lambda: manager)) for name in names])


def doors_of(manager: UnifiedSecretsManager) -> list[str]:
    """The doors for which something is held and nothing lacks that the context requires."""
    entries = [entry for entry in manager.report.entries if entry.opens]
    closed = {entry.opens for entry in entries if entry.required and not entry.held}
    return [*dict.fromkeys(e.opens for e in entries if e.opens and e.held and e.opens not in closed)]
