"""The caller of the request that code runs for."""

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar

import structlog

from nba_mcp_synthesis.facts import Caller
from nba_mcp_synthesis.server.access.scopes import SCOPES

# Where nothing asks who calls, everyone may do everything but administer.
ANYONE = Caller("anyone", "nothing", SCOPES)
# The program that started this server and holds its standard input and output.
PROCESS = Caller("stdio", "process", SCOPES)

_current: ContextVar[Caller] = ContextVar("caller", default=PROCESS)


def current_caller() -> Caller:
    """Who calls; threads and tasks that were started for a request know it as well."""
    return _current.get()


@contextlib.contextmanager
def called_by(caller: Caller) -> Iterator[None]:
    """All that runs inside is for this caller, and says so in the log."""
    token = _current.set(caller)
    try:
        with structlog.contextvars.bound_contextvars(caller=caller.name):
            yield
    finally:
        _current.reset(token)
