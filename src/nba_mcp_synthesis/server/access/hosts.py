"""Which Host and Origin a request may name: no page of another site reaches the server through a browser.

A name that an attacker's DNS points here is no name of ours, and gets 403, as a foreign Origin does. 421
would invite a client to try again on another connection.
"""

import ipaddress
from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send

from nba_mcp_synthesis.errors import NotAllowed
from nba_mcp_synthesis.server.access.refusals import Refusals

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})
# Probes, balancers and Prometheus come by address.
_BY_ADDRESS = frozenset({"/health", "/health/live", "/health/ready", "/metrics"})


class Hosts:
    """ASGI middleware: refuses foreign hosts and origins."""

    def __init__(
        self,
        app: ASGIApp,
        names: Iterable[str],
        origins: Iterable[str],
        refusals: Refusals,
        *,
        addresses: bool,
    ) -> None:
        """Answers to `names`, and with `addresses` to all IP addresses; pages of `origins` may call too."""
        self._app, self._refusals, self._addresses = app, refusals, addresses
        self._names, self._origins = _LOOPBACK | set(names), frozenset(origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on, unless it was led here by somebody else."""
        if scope["type"] == "http" and scope["path"] not in _BY_ADDRESS and (fault := self._fault(scope)):
            await self._refusals.refuse(scope, receive, send, fault)
            return
        await self._app(scope, receive, send)

    def _fault(self, scope: Scope) -> NotAllowed | None:
        hosts = [value for name, value in scope["headers"] if name == b"host"]
        origins = [value for name, value in scope["headers"] if name == b"origin"]
        host = hosts[0].decode("latin-1").lower() if len(hosts) == 1 else ""
        if not self._is_ours(_name(host)):
            return ForeignHost()
        if len(origins) > 1 or any(not self._may_call(o.decode("latin-1").lower(), host) for o in origins):
            return ForeignOrigin()
        return None

    def _is_ours(self, name: str) -> bool:
        return name in self._names or (self._addresses and _is_address(name))

    def _may_call(self, origin: str, host: str) -> bool:
        """Its own pages, those of sites that are named, and on loopback those of another port."""
        if origin in self._origins:
            return True
        scheme, _, site = origin.partition("://")
        local = _name(site) in _LOOPBACK and _name(host) in _LOOPBACK
        return scheme in ("http", "https") and (site == host or local)


class ForeignHost(NotAllowed):
    """The request names a host that is not ours."""

    def __init__(self) -> None:
        super().__init__(
            "This server does not answer to that host name.",
            "Whoever runs it can add the name to NBA_MCP_ALLOWED_HOSTS.",
        )


class ForeignOrigin(NotAllowed):
    """The request comes from a page of another site."""

    def __init__(self) -> None:
        super().__init__(
            "Pages of that site may not call this server.",
            "Whoever runs it can add the site to NBA_MCP_ALLOWED_ORIGINS.",
        )


def host_of(url: str) -> str:
    """The host of an address, as it stands in a Host header without the port."""
    return _name(urlsplit(url).netloc.lower())


def _name(host: str) -> str:
    """The host without its port; empty for what is no host."""
    name, colon, port = host.rpartition(":")
    if not colon or host.endswith("]"):
        return host
    return name if port.isascii() and port.isdigit() else ""


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.removeprefix("[").removesuffix("]"))
    except ValueError:
        return False
    return True
