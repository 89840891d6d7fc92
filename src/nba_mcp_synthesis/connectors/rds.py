"""The door to PostgreSQL, on RDS or elsewhere."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from pydantic import SecretStr

from nba_mcp_synthesis.connectors.connector import Connector
from nba_mcp_synthesis.connectors.faults import Fault
from nba_mcp_synthesis.connectors.postgres_faults import explain_postgres
from nba_mcp_synthesis.connectors.postgres_url import with_tls
from nba_mcp_synthesis.extras import extra

if TYPE_CHECKING:
    from psycopg import Connection
    from psycopg_pool import ConnectionPool

CONNECT_SECONDS = 3


class Login(Protocol):
    """Where a database is and who logs in there."""

    def parameters(self) -> dict[str, str]:
        """The parameters of libpq."""
        ...


@dataclass(frozen=True, slots=True, repr=False)
class RDSLogin:
    """Where the database is and who logs in there, as of now."""

    host: SecretStr
    port: SecretStr
    database: SecretStr
    user: SecretStr
    password: SecretStr

    def parameters(self) -> dict[str, str]:
        """The parameters of libpq. TLS is verified unless PGSSLMODE says otherwise."""
        found = {
            "host": self.host.get_secret_value(),
            "port": self.port.get_secret_value(),
            "dbname": self.database.get_secret_value(),
            "user": self.user.get_secret_value(),
            "password": self.password.get_secret_value(),
        }
        return with_tls(found)


class RDSConnector(Connector):
    """A PostgreSQL database. `login` is called at every connect: a changed password is used at once."""

    name = "rds"
    what = "PostgreSQL"

    def __init__(self, login: Callable[[], Login]) -> None:
        self._login = login

    def connect(self, **options: Any) -> "Connection[tuple[Any, ...]]":
        """A connection; raises PostgresRefused, a psycopg.OperationalError."""
        with extra("postgres"):
            from nba_mcp_synthesis.connectors.postgres_connection import PlainConnection
        return PlainConnection.connect(**self._parameters(), **options)

    def pool(self, **options: Any) -> "ConnectionPool[Any]":
        """A pool, closed at first, that asks for the login at every connect and tests what it hands out."""
        with extra("postgres"):
            from psycopg_pool import ConnectionPool

            from nba_mcp_synthesis.connectors.postgres_connection import PlainConnection
        options = {"check": ConnectionPool.check_connection, "open": False, **options}
        return ConnectionPool(kwargs=self._parameters, connection_class=PlainConnection, **options)

    def login_mark(self) -> bytes:
        """Tells the login of now from earlier ones; nothing can be found out from it."""
        return hashlib.sha256(repr(sorted(self._login().parameters().items())).encode()).digest()

    def probe(self) -> None:
        """Logs in and asks for a row."""
        with self.connect() as connection:
            connection.execute("SELECT 1")

    def _parameters(self) -> dict[str, Any]:
        return {
            **self._login().parameters(),
            "connect_timeout": CONNECT_SECONDS,
            "application_name": "nba-mcp",
            # a server that stops answering later is noticed too
            "tcp_user_timeout": 10_000,
            "keepalives_idle": 30,
        }

    def explain(self, error: BaseException) -> Fault | None:
        """What psycopg's error means."""
        return explain_postgres(error)
