"""What PostgreSQL's errors mean to whoever asked, without a value from the data in them."""

import re
from typing import NamedTuple

import psycopg
from psycopg import errors as pg

from nba_mcp_synthesis.errors import Busy, NbaMcpError, NoWarehouse, QueryFailed, WarehouseDown
from nba_mcp_synthesis.warehouse.limits import Limits

# They speak of the statement, and are raised before any row is read.
_OF_STATEMENTS = ("42", "0A")
# A value stands in quotation marks, or behind a colon.
_VALUE = re.compile(r"[\"'«“].*|: .*", re.DOTALL)
_LOAD = "Run `nba-mcp data demo` for a simulated league or `nba-mcp data load FOLDER` for real data."


class _Login(NamedTuple):
    message: str
    hint: str


# By SQLSTATE, or its class; what is not here means that nobody answers.
_LOGINS = {
    "28": _Login("does not accept the user or the password", "Check the user and password of the warehouse."),
    "3D": _Login("has no database of that name", "Create it, or name another in NBA_MCP_WAREHOUSE_URL."),
    "53": _Login("has no connection left", "Try again in a moment, or allow it more connections."),
    "57": _Login("is starting or stopping", "Try again in a moment."),
}
_SILENT = _Login("does not answer", "Is it running, and is its address right? The next call tries again.")


def unreachable(error: psycopg.Error, place: str) -> NbaMcpError:
    """Why no session could be opened."""
    told = _LOGINS.get((error.sqlstate or "")[:2]) or _login_in_words(str(error))
    return WarehouseDown(f"The PostgreSQL server at {place} {told.message}.", told.hint)


def _login_in_words(text: str) -> _Login:
    """The client library keeps no code of a refused login, only the server's words."""
    if "certificate" in text or "SSL" in text:
        return _Login(
            "does not prove by TLS that it is the right one",
            "Give its authority as sslrootcert=FILE in the URL; sslmode=disable trusts whatever answers.",
        )
    words = {"authentication failed": "28", "does not exist": "3D", "too many": "53", "remaining": "53"}
    found = (code for said, code in words.items() if said in text)
    return _LOGINS.get(next(found, ""), _SILENT)


def translated(error: psycopg.Error, bounds: Limits, place: str) -> NbaMcpError:
    """An error of a session as the product's own."""
    match error:
        case pg.QueryCanceled():
            return bounds.stopped()
        case pg.OutOfMemory() | pg.DiskFull() | pg.ConfigurationLimitExceeded() | pg.ProgramLimitExceeded():
            return bounds.out_of_memory()
        case pg.LockNotAvailable():
            return Busy("A table is being changed and cannot be read.", "Try again in a moment.")
        case pg.TransactionRollback():  # what the primary wrote came before
            return Busy("The replica had to end the query for a load.", "Try again in a moment.")
        case _ if _is_lost(error):
            return WarehouseDown(
                f"The PostgreSQL server at {place} ended the session.",
                "Try again: the next call logs in anew.",
            )
    return QueryFailed(f"The query could not be run: {reason(error)}")


def no_data(place: str) -> NbaMcpError:
    """The database has no tables of ours, or nothing in them."""
    return NoWarehouse(f"There is no warehouse at {place} yet.", _LOAD)


def reason(error: psycopg.Error) -> str:
    """The server's own words; beyond the statement itself they quote values, which are left out."""
    told = (error.diag.message_primary or str(error)).replace("\n", " ").strip()
    if not (error.sqlstate or "").startswith(_OF_STATEMENTS):
        told = _VALUE.sub("…", told)
    hint = error.diag.message_hint or ""
    return f"{told}. {hint}".strip() if hint and (error.sqlstate or "")[:2] == "42" else told


def _is_lost(error: psycopg.Error) -> bool:
    """True where the session ended, whatever was asked in it."""
    state = error.sqlstate or ""
    return state[:2] in ("08", "57") or (not state and isinstance(error, psycopg.OperationalError))


def not_permitted(error: psycopg.Error, place: str) -> NbaMcpError:
    """The login may not read what it has to."""
    return WarehouseDown(
        f"The login at {place} may not read the warehouse: {reason(error)}.",
        "Give it the role nba_reader; `nba-mcp data roles` makes that.",
    )
