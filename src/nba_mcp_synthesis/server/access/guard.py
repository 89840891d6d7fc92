"""All that stands before the HTTP service, put together as the settings want it."""

from collections.abc import Callable

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp

from nba_mcp_synthesis.errors import SettingsError
from nba_mcp_synthesis.server.access.bodies import Bodies
from nba_mcp_synthesis.server.access.gate import Gate, Judge
from nba_mcp_synthesis.server.access.hosts import Hosts, host_of
from nba_mcp_synthesis.server.access.protected_resource import ProtectedResource, metadata_url
from nba_mcp_synthesis.server.access.refusals import Refusals
from nba_mcp_synthesis.server.tools import Services
from nba_mcp_synthesis.settings import Settings


class Guard:
    """Puts its layers around an application: Host and Origin outside, then who calls, then bodies."""

    def __init__(self, services: Services, settings: Settings, *, loopback: bool) -> None:
        self._services, self._settings, self._loopback = services, settings, loopback

    def around(self, app: ASGIApp, mcp: str) -> ASGIApp:
        """The application behind its guard; `mcp` is the path of the protocol."""
        settings = self._settings
        refusals = Refusals(self._services.metrics, self._metadata_url(mcp), self._services.note)
        app = Bodies(app, refusals, settings.http_body_kb, settings.http_request_seconds, mcp)
        app = Gate(app, self._judge(), refusals, mcp)
        if settings.auth == "oauth":
            app = ProtectedResource(app, settings.public_url or "", settings.oauth_issuer or "", mcp)
        if settings.allowed_origins:
            app = CORSMiddleware(
                app,
                allow_origins=settings.allowed_origins,
                allow_methods=["GET", "POST", "DELETE"],
                allow_headers=["*"],
                expose_headers=["ETag", "Mcp-Session-Id", "Retry-After", "WWW-Authenticate", "X-Request-ID"],
            )
        names = {*settings.allowed_hosts, *([host_of(settings.public_url)] if settings.public_url else [])}
        origins = {*settings.allowed_origins, *([settings.public_url] if settings.public_url else [])}
        return Hosts(app, names, origins, refusals, addresses=not self._loopback)

    def _metadata_url(self, mcp: str) -> Callable[[str], str] | None:
        """Where clients find out who issues tokens for a path; None where nobody does."""
        public_url = self._settings.public_url
        if self._settings.auth != "oauth" or public_url is None:
            return None
        return lambda path: metadata_url(public_url, path, mcp)

    def _judge(self) -> Judge | None:
        if self._settings.auth == "none":
            return None
        if self._settings.auth == "oauth":
            return self._tokens()
        if self._services.api_keys is None:
            raise SettingsError("This server was put together without a place for keys.")
        # Only here: its libraries are for servers that check keys.
        from nba_mcp_synthesis.server.access.key_ring import KeyRing  # noqa: PLC0415

        return KeyRing(self._services.api_keys())

    def _tokens(self) -> Judge:
        from nba_mcp_synthesis.server.access.jwks import KeySet  # noqa: PLC0415 - as above
        from nba_mcp_synthesis.server.access.tokens import Tokens  # noqa: PLC0415

        issuer = self._settings.oauth_issuer or ""
        return Tokens(issuer, self._settings.oauth_audience, KeySet(issuer, self._settings.oauth_jwks_url))
