"""The caller of the request that code runs for."""

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar

import structlog

from nba_mcp_synthesis.facts import Caller
from nba_mcp_synthesis.server.access.scopes import ADMIN, SCOPES

# Where nothing asks who calls, everyone may do everything but administer.
ANYONE = Caller("anyone", "nothing", SCOPES)
# The program that started this server and holds its standard input and output.
PROCESS = Caller("stdio", "process", SCOPES)

# Where in the scope of a request the gate leaves the name of the caller, for its line in the log.
CALLER = "nba_mcp.caller"

_current: ContextVar[Caller] = ContextVar("caller", default=PROCESS)


def current_caller() -> Caller:
    """Who calls; threads and tasks that were started for a request know it as well."""
    return _current.get()


def whose() -> str | None:
    """Whose answers the caller may see: his own by his name, or all (None) where he administers.

    So may everybody where nothing tells callers apart.
    """
    caller = current_caller()
    known = caller.known_by in ("key", "token")
    return caller.name if known and ADMIN not in caller.scopes else None


@contextlib.contextmanager
def called_by(caller: Caller) -> Iterator[None]:
    """All that runs inside is for this caller, and says so in the log."""
    with acting(caller), structlog.contextvars.bound_contextvars(caller=caller.name):
        yield


@contextlib.contextmanager
def acting(caller: Caller) -> Iterator[None]:
    """The same without a word in the log, where that has his name already."""
    token = _current.set(caller)
    try:
        yield
    finally:
        _current.reset(token)
