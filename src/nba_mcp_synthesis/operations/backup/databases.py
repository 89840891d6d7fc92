"""The databases that are backed up, and connections to them and beside them."""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args

from pydantic import SecretStr

from nba_mcp_synthesis.connectors.faults import fault_of
from nba_mcp_synthesis.connectors.postgres_faults import explain_postgres
from nba_mcp_synthesis.connectors.postgres_url import URLLogin, parsed, with_tls
from nba_mcp_synthesis.connectors.rds import RDSConnector
from nba_mcp_synthesis.doors import Managed, state_login, warehouse_address
from nba_mcp_synthesis.errors import Unavailable, UsageError
from nba_mcp_synthesis.extras import extra
from nba_mcp_synthesis.operations.backup.manifest import DatabaseName
from nba_mcp_synthesis.settings import Settings

if TYPE_CHECKING:
    import psycopg

    Session = psycopg.Connection[tuple[Any, ...]]

Parameters = Mapping[str, str]
_PRIVILEGE = "The role may not do that: it has to read all tables, and for a restore to create databases."
MAINTENANCE = "postgres"  # the database that one connects to while another is made, renamed or dropped


@dataclass(frozen=True, slots=True, repr=False)
class Server:
    """A PostgreSQL server as one role reaches it; `parameters` are those of libpq, asked at every login."""

    parameters: Callable[[], Parameters]

    def to_write(self) -> dict[str, str]:
        """The parameters; of several servers those of the one that may be written."""
        found = self.parameters()
        several = "," in found.get("host", "")
        return {**found, **({"target_session_attrs": "read-write"} if several else {})}

    def at(self, dbname: str) -> "Server":
        """The same server, another database."""
        return Server(lambda: {**self.parameters(), "dbname": dbname})

    @property
    def dbname(self) -> str:
        """The database that the parameters name."""
        return self.parameters().get("dbname", MAINTENANCE)

    @property
    def shown(self) -> str:
        """Host and port."""
        found = self.parameters()
        return f"{found.get('host', 'localhost')}:{found.get('port', '5432')}"

    @contextlib.contextmanager
    def worded(self) -> Iterator[None]:
        """Words what goes wrong with a session in the block."""
        with extra("postgres"):
            import psycopg

        try:
            yield
        except psycopg.Error as error:
            fault = explain_postgres(error) or fault_of(error, "PostgreSQL")
            told = _PRIVILEGE if error.sqlstate == "42501" else fault.message
            raise Unavailable(f"Database {self.dbname}: {told}") from error

    @contextlib.contextmanager
    def connected(self) -> "Iterator[Session]":
        """A session that commits each statement; Unavailable where the server does not let us in."""
        with self.worded():
            session = RDSConnector(lambda: Login(self)).connect(autocommit=True)
        with contextlib.closing(session), self.worded():
            yield session

    def exists(self, dbname: str) -> bool:
        """Whether the server has a database of that name."""
        with self.at(MAINTENANCE).connected() as session:
            return bool(session.execute("SELECT 1 FROM pg_database WHERE datname = %s", (dbname,)).fetchone())


@dataclass(frozen=True, slots=True, repr=False)
class Login:
    """The login of a server; see `rds.Login`."""

    server: Server

    def parameters(self) -> dict[str, str]:
        """The parameters of libpq."""
        return self.server.to_write()


@dataclass(frozen=True, slots=True)
class Database:
    """One of the two databases, and the server that has it."""

    name: DatabaseName
    server: Server

    @property
    def dbname(self) -> str:
        """What PostgreSQL calls it."""
        return self.server.dbname


def databases_of(settings: Settings, manager: Managed) -> dict[DatabaseName, Database]:
    """The databases of the settings that are in PostgreSQL, by name."""
    found: dict[DatabaseName, Database] = {}
    if settings.is_postgres:
        address = warehouse_address(settings, manager)
        found["warehouse"] = Database("warehouse", Server(lambda: with_tls(parsed(address()))))
    if settings.state_path() is None:
        login = state_login(settings, manager)
        found["state"] = Database("state", Server(lambda: login().parameters()))
    return found


def chosen(found: Mapping[DatabaseName, Database], name: str | None) -> list[Database]:
    """The database of that name, or all; UsageError where there is none such, or it is in no PostgreSQL."""
    if name not in (None, *get_args(DatabaseName)):
        raise UsageError(f"{name!r} is no database of backups.", "There are warehouse and state.")
    if name is None and found:
        return list(found.values())
    matching = [database for database in found.values() if database.name == name]
    if not matching:
        raise UsageError(
            f"The {name or 'warehouse'} is in no PostgreSQL, so there is nothing to dump.",
            "NBA_MCP_WAREHOUSE_URL and NBA_MCP_STATE_URL name the databases. A file of DuckDB is kept by "
            "`nba-mcp data publish`, one of SQLite by a copy.",
        )
    return matching


def scratch_server(settings: Settings, database: Database) -> Server:
    """The server for restores that are thrown away."""
    given = settings.backup_scratch_url
    if given is None:
        return database.server
    login = URLLogin(SecretStr(given.get_secret_value()), lambda: None)
    return Server(login.parameters)
