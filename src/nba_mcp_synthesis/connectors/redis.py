"""The door to Redis."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from pydantic import SecretStr

from nba_mcp_synthesis.connectors.connector import Connector
from nba_mcp_synthesis.connectors.faults import Fault
from nba_mcp_synthesis.connectors.outcome import Reason
from nba_mcp_synthesis.extras import extra

if TYPE_CHECKING:
    from redis import Redis

SECONDS = 3.0
_CLASSES: dict[str, tuple[Reason, str]] = {
    "AuthenticationError": ("login", "Redis refused the user or the password."),
    "AuthenticationWrongNumberOfArgsError": ("login", "Redis knows no users, only a password."),
    "NoPermissionError": ("permission", "The user may not do that in Redis."),
    "TimeoutError": ("timeout", "Redis did not answer in time."),
    "MaxConnectionsError": ("throttled", "Redis has no connection left."),
    "BusyLoadingError": ("throttled", "Redis is still loading its data."),
}


class RedisConnector(Connector):
    """A Redis. `url` is called at every connect, so that a changed password is used at once."""

    name = "redis"
    what = "Redis"

    def __init__(self, url: Callable[[], SecretStr]) -> None:
        self._url = url

    def client(self, **options: Any) -> "Redis":
        """A client over a pool of connections. The host is that of now, the login that of each connect."""
        with extra("redis"):
            import redis
            from redis.backoff import NoBackoff
            from redis.credentials import CredentialProvider
            from redis.retry import Retry

        fetch = self._url

        class Login(CredentialProvider):
            def get_credentials(self) -> tuple[str] | tuple[str, str]:
                parts = urlsplit(fetch().get_secret_value())
                password = unquote(parts.password or "")
                return (unquote(parts.username), password) if parts.username else (password,)

        parts = urlsplit(self._url().get_secret_value())
        known = {
            "host": parts.hostname or "localhost",
            "port": parts.port or 6379,
            "db": int(parts.path.strip("/") or 0),
            "ssl": parts.scheme == "rediss",
            "socket_connect_timeout": SECONDS,
            "socket_timeout": SECONDS,
            "retry": Retry(NoBackoff(), 0),
            "credential_provider": Login() if parts.password else None,
        }
        return redis.Redis(**{**known, **options})

    def probe(self) -> None:
        """Logs in and pings."""
        client = self.client()
        try:
            client.ping()
        finally:
            client.close()

    def explain(self, error: BaseException) -> Fault | None:
        """What an error of redis-py means, where its class says it."""
        if not type(error).__module__.startswith("redis"):
            return None
        reason, words = _CLASSES.get(type(error).__name__, (None, ""))
        return Fault(reason, words) if reason else None
