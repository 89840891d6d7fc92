"""Databases that are made and dropped: by name and by the comment that says how far a restore has come."""

import contextlib
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from nba_mcp_synthesis.errors import Busy, UsageError
from nba_mcp_synthesis.operations.backup.databases import MAINTENANCE, Server
from nba_mcp_synthesis.operations.backup.manifest import Properties, Setting
from nba_mcp_synthesis.telemetry.logs import get_logger

if TYPE_CHECKING:
    from nba_mcp_synthesis.operations.backup.databases import Session

SCRATCH = "nba_mcp_scratch_"
_LONGEST_NAME = 63
_LOCK = int.from_bytes(b"scratch")
_PROVIDERS = {"c": "LIBC", "i": "ICU", "b": "BUILTIN"}
_KNOWS_PROVIDERS = 150_000


def named(*parts: str) -> str:
    """A name of a database out of these, which PostgreSQL takes in full."""
    first, rest = parts[0], "".join(f"_{part}" for part in parts[1:])
    told = rest.lower().replace("-", "_")
    return first[: _LONGEST_NAME - len(told)] + told


def make(server: Server, dbname: str, like: Properties, *, owned: bool) -> None:
    """Creates an empty database of the encoding and locale of another, and with its owner if `owned`."""
    with server.at(MAINTENANCE).connected() as session:
        owner = f" OWNER {_quoted(session, like.owner)}" if owned else ""
        literals = [_literal(session, text) for text in (like.encoding, like.collate, like.ctype)]
        session.execute(
            f"CREATE DATABASE {_quoted(session, dbname)} TEMPLATE template0{owner} ENCODING {literals[0]} "
            f"LC_COLLATE {literals[1]} LC_CTYPE {literals[2]}{_provider(session, like)}".encode()
        )


def _provider(session: "Session", like: Properties) -> str:
    """The words that say who orders texts, where the server asks for them."""
    if like.provider is None or session.info.server_version < _KNOWS_PROVIDERS:
        return ""
    name = _PROVIDERS[like.provider]
    words = f" LOCALE_PROVIDER {name}"
    if like.locale is not None:
        words += f" {name}_LOCALE {_literal(session, like.locale)}"
    if like.rules is not None:
        words += f" ICU_RULES {_literal(session, like.rules)}"
    return words


def drop(server: Server, dbname: str) -> None:
    """Drops a database with all connections to it, if it is there."""
    with server.at(MAINTENANCE).connected() as session:
        session.execute(f"DROP DATABASE IF EXISTS {_quoted(session, dbname)} WITH (FORCE)".encode())


def grant(server: Server, dbname: str, like: Properties) -> None:
    """Gives the database the rights that the other had, and takes away those that every new one has."""
    with server.at(MAINTENANCE).connected() as session, session.transaction():
        name = _quoted(session, dbname)
        session.execute(f"REVOKE ALL ON DATABASE {name} FROM PUBLIC".encode())
        for statement in like.grants:
            session.execute(statement.replace("{database}", name, 1).encode())


def settle(server: Server, dbname: str, like: Properties) -> tuple[str, ...]:
    """Gives the database the connection limit and the settings that the other had; names what it lacks.

    It is the last step, since settings may forbid what a restore does.
    """
    lost = []
    with server.at(MAINTENANCE).connected() as session:
        name = _quoted(session, dbname)
        limit = f"ALTER DATABASE {name} CONNECTION LIMIT {like.connection_limit:d}"
        if like.connection_limit != -1 and not _done(session, limit):
            lost.append(f"CONNECTION LIMIT {like.connection_limit}")
        for one in like.settings:
            whose = (
                f"ROLE {_quoted(session, one.role)} IN DATABASE {name}" if one.role else f"DATABASE {name}"
            )
            # What is taken from the session needs no quoting, which differs for settings that are lists.
            statement = f"ALTER {whose} SET {_dotted(session, one.name)} FROM CURRENT"
            if not _done(session, statement, one):
                lost.append(one.told)
    return (*lost, *like.settings_not_kept)


def _done(session: "Session", statement: str, setting: Setting | None = None) -> bool:
    """Whether the server took it; a setting has its value for this statement alone."""
    import psycopg

    try:
        with session.transaction():
            if setting:
                session.execute("SELECT set_config(%s, %s, true)", (setting.name, setting.value))
            session.execute(statement.encode())
    except psycopg.DatabaseError as error:
        if session.closed:
            raise
        get_logger().warning("backup", step="settle", refused=error.sqlstate, name=setting and setting.name)
        return False
    return True


def _dotted(session: "Session", name: str) -> str:
    return ".".join(_quoted(session, part) for part in name.split("."))


def mark(server: Server, dbname: str, **told: Any) -> None:
    """Writes a comment on the database, in JSON; without anything to tell, removes it."""
    with server.at(MAINTENANCE).connected() as session:
        text = _literal(session, json.dumps(told)) if told else "NULL"
        session.execute(f"COMMENT ON DATABASE {_quoted(session, dbname)} IS {text}".encode())


def marked(server: Server, dbname: str) -> dict[str, Any]:
    """What that comment says; UsageError where the database has none of ours."""
    query = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s"
    with server.at(MAINTENANCE).connected() as session:
        found = session.execute(query, (dbname,)).fetchone()
    try:
        told: dict[str, Any] = json.loads(found[0]) if found and found[0] else {}
    except ValueError:
        told = {}
    if "restore" not in told:
        raise UsageError(
            f"There is a database {dbname} on {server.shown} already, and no restore made it.",
            "Name another with --into, or drop it.",
        )
    return told


@contextlib.contextmanager
def one_at_a_time(server: Server) -> Iterator[None]:
    """Holds the server's place for restores that are thrown away, and drops what killed ones left.

    Raises:
        Busy: another one has it.
    """
    with server.at(MAINTENANCE).connected() as session:
        taken = session.execute("SELECT pg_try_advisory_lock(%s)", (_LOCK,)).fetchone()
        if not taken or not taken[0]:
            raise Busy(
                f"Another verification or drill runs on {server.shown}.",
                "Wait until it is done, then try again.",
            )
        query = "SELECT datname FROM pg_database WHERE starts_with(datname, %s)"
        for (name,) in session.execute(query, (SCRATCH,)).fetchall():
            drop(server, str(name))
        try:
            yield
        finally:  # the end of a session alone would give it back some time later
            session.execute("SELECT pg_advisory_unlock(%s)", (_LOCK,))


def _quoted(session: "Session", name: str) -> str:
    from psycopg import sql

    return sql.Identifier(name).as_string(session)


def _literal(session: "Session", text: str) -> str:
    from psycopg import sql

    return sql.Literal(text).as_string(session)
