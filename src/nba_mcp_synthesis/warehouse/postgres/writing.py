"""Sessions that write: one writer at a time, whichever machine it runs on."""

import contextlib
from collections.abc import Iterator
from typing import Any

import psycopg
from psycopg import errors as pg

from nba_mcp_synthesis.errors import Busy, SourceError
from nba_mcp_synthesis.warehouse.postgres import reasons
from nba_mcp_synthesis.warehouse.postgres.address import Address, conninfo_to_write, shown

Session = psycopg.Connection[tuple[Any, ...]]
# The number by which writers of a warehouse know each other: "nba-mcp" in ASCII.
_LOCK = int.from_bytes(b"nba-mcp")


@contextlib.contextmanager
def writing(address: Address, *, wait: bool = False) -> Iterator[Session]:
    """A session that alone may write, and commits nothing by itself.

    Raises:
        Busy: another process is writing, and `wait` does not wait for it.
        WarehouseDown, SourceError: as `opened` says.
    """
    with opened(address) as session:
        _lock(session, shown(address), wait=wait)
        yield session


@contextlib.contextmanager
def opened(address: Address) -> Iterator[Session]:
    """A session with the server that may be written, beside whoever writes; it commits each statement.

    Raises:
        WarehouseDown: the server does not answer.
        SourceError: the server did not take what was written; all is as it was.
    """
    place = shown(address)
    try:
        session: Session = psycopg.connect(conninfo_to_write(address), autocommit=True)
    except psycopg.Error as error:
        raise reasons.unreachable(error, place) from None
    with contextlib.closing(session):
        try:
            yield session
        except (pg.InsufficientPrivilege, pg.DiskFull) as error:
            raise SourceError(
                f"{place} could not be written: {reasons.reason(error)}.",
                "What was loaded before is unchanged. `nba-mcp data migrate` makes the tables, `nba-mcp data "
                "roles` the rights to them.",
            ) from None
        except psycopg.OperationalError as error:
            raise reasons.unreachable(error, place) from None
        except psycopg.Error as error:
            raise SourceError(
                f"{place} did not take what was written: {reasons.reason(error)}.",
                "What was loaded before is unchanged.",
            ) from None


def _lock(session: Session, place: str, *, wait: bool) -> None:
    """Ends with the session, whatever becomes of this process."""
    if wait:
        session.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))
        return
    taken = session.execute("SELECT pg_try_advisory_lock(%s)", (_LOCK,)).fetchone()
    if not taken or not taken[0]:
        raise Busy(f"Another process is loading into {place}.", "Wait until it is done, then try again.")


def info(session: Session) -> dict[str, str]:
    """What the warehouse says of itself; nothing where there is none."""
    there = session.execute("SELECT to_regclass('nba_internal.info') IS NOT NULL").fetchone()
    if not there or not there[0]:
        return {}
    return dict(session.execute("SELECT name, value FROM nba_internal.info").fetchall())


def set_info(session: Session, **values: str) -> None:
    """Writes down facts about the warehouse as a whole."""
    for name, value in values.items():
        session.execute(
            "INSERT INTO nba_internal.info VALUES (%s, %s) "
            "ON CONFLICT (name) DO UPDATE SET value = EXCLUDED.value",
            (name, value),
        )
