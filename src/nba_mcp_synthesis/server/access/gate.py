"""The gate before the HTTP service: who calls is known before anything is read or done.

Behind it nobody sees the credential: the header that carried it is gone.
"""

from dataclasses import replace
from functools import lru_cache
from typing import Protocol

from mcp.server.auth.middleware.bearer_auth import AuthenticatedUser
from mcp.server.auth.provider import AccessToken
from starlette.types import ASGIApp, Receive, Scope, Send

from nba_mcp_synthesis.errors import NbaMcpError
from nba_mcp_synthesis.facts import Caller
from nba_mcp_synthesis.server.access.bearer import bearer_of
from nba_mcp_synthesis.server.access.caller import ANYONE, CALLER, called_by
from nba_mcp_synthesis.server.access.pages import wants_page
from nba_mcp_synthesis.server.access.refusals import Refusals
from nba_mcp_synthesis.server.access.scopes import allow, is_open, tool_of_route

# Who looks at what is open to everybody.
NOBODY = Caller("nobody", "nothing", frozenset())


class Judge(Protocol):
    """Knows callers by their credentials."""

    async def caller(self, text: str, address: str) -> Caller:
        """Who sends this credential; NotAuthenticated for nobody, Unavailable where that cannot be known."""
        ...


class Gate:
    """ASGI middleware: lets requests in with their caller, and refuses the others."""

    def __init__(self, app: ASGIApp, judge: Judge | None, refusals: Refusals, mcp: str) -> None:
        self._app, self._judge, self._refusals, self._mcp = app, judge, refusals, mcp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on for its caller."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if is_open(scope["path"]) or wants_page(scope["path"], scope["headers"]):
            _tell(scope, NOBODY)
            with called_by(NOBODY):
                await self._app(scope, receive, send)
            return
        try:
            caller = await self._caller(scope)
        except NbaMcpError as error:
            await self._refusals.refuse(scope, receive, send, error)
            return
        _tell(scope, caller)
        with called_by(caller):
            try:
                self._allow(scope, caller)
            except NbaMcpError as error:
                await self._refusals.refuse(scope, receive, send, error)
                return
            await self._app(self._without_credential(scope, caller), receive, send)

    async def _caller(self, scope: Scope) -> Caller:
        client = scope.get("client")
        address = client[0] if client else "unknown"
        if self._judge is None:
            return _anyone(address)
        return await self._judge.caller(bearer_of(scope["headers"]), address)

    def _allow(self, scope: Scope, caller: Caller) -> None:
        if caller.known_by != "nothing" and (tool := self._tool(scope, caller)):
            allow(caller, tool)

    def _tool(self, scope: Scope, caller: Caller) -> str | None:
        """The tool that a request is for, as far as its head says; admission asks again when it is called.

        Clients of OAuth can get a token with more scopes when a status tells them so; a model with a key is
        helped more by the words that a tool call is answered with.
        """
        path = scope["path"]
        if path == self._mcp and caller.known_by == "token":
            return next((v.decode("latin-1") for name, v in scope["headers"] if name == b"mcp-name"), None)
        return tool_of_route(path)

    def _without_credential(self, scope: Scope, caller: Caller) -> Scope:
        headers = [header for header in scope["headers"] if header[0] != b"authorization"]
        if scope["path"] != self._mcp or caller.known_by == "nothing":
            return {**scope, "headers": headers}
        return {**scope, "headers": headers, "user": _user(caller)}


def _tell(scope: Scope, caller: Caller) -> None:
    """For the line of the request in the log, which is written further out."""
    scope.get(CALLER, {})["caller"] = caller.name


@lru_cache(1_024)
def _anyone(address: str) -> Caller:
    """Where nothing asks who calls, a caller goes by his address."""
    return replace(ANYONE, name=address)


@lru_cache(1_024)
def _user(caller: Caller) -> AuthenticatedUser:
    """By this the protocol library knows whose a session is: nobody else can use it."""
    return AuthenticatedUser(AccessToken(token="", client_id=caller.name, scopes=sorted(caller.scopes)))
