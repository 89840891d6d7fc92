"""A restored database takes the place of the one in use: two names change in one transaction."""

import contextlib
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from nba_mcp_synthesis.errors import BackupFailed
from nba_mcp_synthesis.operations.backup.databases import MAINTENANCE, Server
from nba_mcp_synthesis.operations.backup.scratch import mark, named

if TYPE_CHECKING:
    from nba_mcp_synthesis.operations.backup.databases import Session

_TRIES, _PAUSE_SECONDS = 10, 0.5
# Workers of the server itself have no role; they give way to a rename by themselves.
_SESSIONS = """SELECT pid, usename FROM pg_stat_activity
WHERE datname = ANY(%s) AND pid <> pg_backend_pid() AND usesysid IS NOT NULL"""


def switch(server: Server, restored: str, dbname: str) -> str | None:
    """Gives `restored` the name `dbname`; gives the name under which the former one is kept, None for none.

    Sessions in both are ended, and their owners connect anew.

    Raises:
        BackupFailed: sessions came back too fast, or may not be ended; both databases are as they were.
    """
    kept = named(dbname, "before", f"{datetime.now(UTC):%Y%m%dt%H%M%S}") if server.exists(dbname) else None
    with server.at(MAINTENANCE).connected() as session:
        renames = ([(dbname, kept)] if kept else []) + [(restored, dbname)]
        with _closed(session, dbname, kept):
            _rename(session, renames)
    mark(server, dbname)
    return kept


@contextlib.contextmanager
def _closed(session: "Session", dbname: str, kept: str | None) -> Iterator[None]:
    """Lets nobody connect to the former database for the time of the block."""
    if kept is None:
        yield
        return
    _allow(session, dbname, yes=False)
    try:
        yield
    except BaseException:
        _allow(session, dbname, yes=True)
        raise
    _allow(session, kept, yes=True)


def _allow(session: "Session", dbname: str, *, yes: bool) -> None:
    from psycopg import sql

    statement = sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}")
    session.execute(statement.format(sql.Identifier(dbname), sql.SQL("true" if yes else "false")))


def _rename(session: "Session", renames: list[tuple[str, str]]) -> None:
    from psycopg import errors, sql

    statement = sql.SQL("ALTER DATABASE {} RENAME TO {}")
    spared: list[str] = []
    for _ in range(_TRIES):
        spared = _end_sessions(session, [old for old, _ in renames])
        try:
            with session.transaction():
                for old, new in renames:
                    session.execute(statement.format(sql.Identifier(old), sql.Identifier(new)))
        except errors.ObjectInUse:
            if spared:  # PostgreSQL itself has waited for them, and nobody can connect meanwhile
                break
            time.sleep(_PAUSE_SECONDS)
        else:
            return
    if spared:
        raise BackupFailed(
            f"{renames[0][0]} is in use by {', '.join(spared)}, whose sessions this role may not end; both "
            "databases are as they were.",
            "End those sessions, or GRANT pg_signal_backend to the role, which ends all but "
            "those of superusers; then run the same command: it goes on from here.",
        )
    raise BackupFailed(
        f"{renames[0][0]} is in use again as soon as its sessions are ended; both databases are as they "
        "were.",
        "Scale the service to nothing, then run the same command: it goes on from here.",
    )


def _end_sessions(session: "Session", dbnames: list[str]) -> list[str]:
    """Ends what sessions it may; gives the roles of the others."""
    from psycopg import errors

    spared = set()
    for pid, role in session.execute(_SESSIONS, (dbnames,)).fetchall():
        try:
            session.execute("SELECT pg_terminate_backend(%s)", (pid,))
        except errors.InsufficientPrivilege:
            spared.add(str(role))
    return sorted(spared)
