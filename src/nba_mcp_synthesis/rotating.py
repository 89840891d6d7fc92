"""Rotation put together: which secret is rotated how, and what it opens."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from pydantic import SecretStr

from nba_mcp_synthesis.connectors.connector import Connector
from nba_mcp_synthesis.connectors.model_api import ModelConnector, model_apis
from nba_mcp_synthesis.connectors.outcome import Outcome
from nba_mcp_synthesis.connectors.pagerduty import PagerDutyConnector
from nba_mcp_synthesis.connectors.postgres_roles import RoleLogin
from nba_mcp_synthesis.connectors.postgres_url import parsed
from nba_mcp_synthesis.connectors.rds import RDSConnector
from nba_mcp_synthesis.connectors.redis import RedisConnector
from nba_mcp_synthesis.connectors.slack import SlackConnector
from nba_mcp_synthesis.errors import NbaMcpError, UsageError
from nba_mcp_synthesis.secrets.manifest import Manifest, Spec
from nba_mcp_synthesis.secrets.rotation.logins import LoginItem
from nba_mcp_synthesis.secrets.rotation.overlaps import OverlapItem
from nba_mcp_synthesis.secrets.rotation.plan import Kinds, Planned, due
from nba_mcp_synthesis.secrets.rotation.replacing import ReplaceItem
from nba_mcp_synthesis.secrets.rotation.service_keys import Keys, ServiceKeyItem
from nba_mcp_synthesis.secrets.versions import VersionedSecret
from nba_mcp_synthesis.settings import Settings

if TYPE_CHECKING:
    from nba_mcp_synthesis.secrets.rotation.item import Item
    from nba_mcp_synthesis.state.database import StateDatabase

Values = Mapping[str, str]
Paste = Callable[[Spec], SecretStr]
_JOBS = "-jobs"  # of the name of the AWS secret with the jobs' login
_IN_CLUSTER = "in the cluster: docs/runbooks/rotate-secrets.md"
_NAMES = frozenset({"host", "port", "name"})


class Kept(NamedTuple):
    """What the state database keeps: keys of callers, and when each secret was rotated last."""

    keys: Keys
    state: "Callable[[], StateDatabase]"


def kinds_of(
    settings: Settings,
    secret: VersionedSecret,
    manifest: Manifest,
    kept: Kept,
    paste: Paste | None,
    *,
    even_in_use: bool = False,
) -> Kinds:
    """How each secret is rotated. Without `paste` there is nobody to be asked."""
    items: dict[str, Item] = {}
    needs: dict[str, str] = {}
    for spec in manifest.specs.values():
        if spec.rotation == "login":
            place, last = partial(place_of, settings, spec.name), partial(_last_turn, spec.name, kept.state)
            login = LoginItem(spec, secret, place, last, even_in_use=even_in_use)
            items[spec.name] = login
            if why := _why_not(login, secret, settings):
                needs[spec.name] = why
        elif spec.rotation == "overlap":
            items[spec.name] = OverlapItem(spec, manifest)
        elif spec.rotation == "service key":
            items[spec.name] = ServiceKeyItem(spec, kept.keys)
        elif spec.rotate_days:
            items[spec.name] = ReplaceItem(
                spec, partial(_asked, spec, paste), opening(spec.name, spec, settings)
            )
            if paste is None:
                by_hand = f"; {_IN_CLUSTER}" if spec.format.plain_at else ""
                needs[spec.name] = (
                    f"a new one from whoever issues it: `nba-mcp secrets rotate {spec.name}`{by_hand}"
                )
    return Kinds(items, needs, _of_jobs(secret, manifest))


def _of_jobs(secret: VersionedSecret, manifest: Manifest) -> tuple[Planned, ...]:
    """The login that writes the warehouse, which only the jobs have: listed, so that it is not forgotten."""
    name, spec = secret.name + _JOBS, manifest.specs.get("RDS_PASSWORD")
    since = secret.since(name) if spec else None
    if spec is None or since is None:
        return ()
    why = "a new password for the jobs' login, in PostgreSQL and in that AWS secret"
    return (
        Planned(f"{name} {spec.name}", spec.owner, since, *due(spec, since, datetime.now(UTC)), None, why),
    )


def _asked(spec: Spec, paste: Paste | None) -> SecretStr:
    if paste is None:
        raise UsageError(f"Nobody can be asked for a new {spec.name} here.", "Run the command on a terminal.")
    return paste(spec)


def _last_turn(name: str, state: "Callable[[], StateDatabase]") -> datetime | None:
    """None too where the audit log is away: AWS's own history of the secret counts then."""
    try:
        return state().last_rotations().get(name)
    except NbaMcpError:
        return None


def _why_not(item: LoginItem, secret: VersionedSecret, settings: Settings) -> str:
    """Why a login cannot take its turn here, in a sentence; empty where it can."""
    if item.name == "STATE_PASSWORD" and settings.state_path():
        return "NBA_MCP_STATE_URL names no PostgreSQL here"
    if not secret.document(item.administrator).get("password"):
        by_hand = f"; {_IN_CLUSTER}" if item.name == "STATE_PASSWORD" else ""
        login = '{"username": …, "password": …}'
        return f"the AWS secret {item.administrator}, {login} of an administrator{by_hand}"
    return ""


def place_of(settings: Settings, name: str, values: Values) -> dict[str, str]:
    """The parameters of libpq for the login of a password, all but role and password."""
    if name == "STATE_PASSWORD":
        url = settings.state_url.get_secret_value() if settings.state_url else ""
        return {n: v for n, v in parsed(url).items() if n != "password"}
    host = values.get("RDS_HOST")
    if not host:
        raise UsageError("RDS_HOST is not in the AWS secret, so nobody knows where the login is used.")
    return {
        "host": host,
        "port": values.get("RDS_PORT") or "5432",
        "dbname": values.get("RDS_DATABASE") or "nba_simulator",
    }


def opening(name: str, spec: Spec, settings: Settings) -> Callable[[Values], Outcome] | None:
    """A function that tries what a secret opens with the values of a version; None where it opens nothing."""
    if name in ("RDS_PASSWORD", "STATE_PASSWORD"):
        return partial(_login_opens, settings, name, spec.beside)
    if spec.opens is None or spec.format.kind in _NAMES:
        return None
    return lambda values: _door(spec, SecretStr(values[name])).check()


def _login_opens(settings: Settings, name: str, user: str, values: Values) -> Outcome:
    place = place_of(settings, name, values)
    login = RoleLogin(place, values.get(user) or place.get("user", ""), SecretStr(values[name]))
    return RDSConnector(lambda: login).check()


def _door(spec: Spec, value: SecretStr) -> Connector:
    def fetch() -> SecretStr:
        return value

    made: dict[str, Callable[[], Connector]] = {
        "redis": lambda: RedisConnector(fetch),
        "slack": lambda: SlackConnector(fetch),
        "pagerduty": lambda: PagerDutyConnector(fetch),
    }
    if spec.opens in made:
        return made[spec.opens]()
    if spec.opens is None or spec.opens not in model_apis():
        raise UsageError(f"No way is known to try {spec.name}.")
    return ModelConnector(spec.opens, fetch)
