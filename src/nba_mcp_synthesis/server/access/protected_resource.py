"""Where clients find out who issues tokens for this server (RFC 9728)."""

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from nba_mcp_synthesis.server.access.scopes import ADMIN, SCOPES

PATH = "/.well-known/oauth-protected-resource"


def metadata_url(public_url: str, path: str, mcp: str) -> str:
    """Where the metadata of what is at a path are."""
    return f"{public_url}{PATH}{mcp if path == mcp else ''}"


class ProtectedResource:
    """ASGI middleware: answers at the well-known path, for the whole server and for the MCP endpoint."""

    def __init__(self, app: ASGIApp, public_url: str, issuer: str, mcp: str) -> None:
        self._app = app
        self._told = {PATH + suffix: _metadata(public_url + suffix, issuer) for suffix in ("", mcp)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers, or passes the request on."""
        told = self._told.get(scope["path"]) if scope["type"] == "http" else None
        if told is None or scope["method"] not in ("GET", "HEAD"):
            await self._app(scope, receive, send)
            return
        response = JSONResponse(told, headers={"Cache-Control": "public, max-age=3600"})
        await response(scope, receive, send)


def _metadata(resource: str, issuer: str) -> dict[str, object]:
    return {
        "resource": resource,
        "authorization_servers": [issuer],
        "scopes_supported": sorted(SCOPES - {ADMIN}),
        "bearer_methods_supported": ["header"],
        "resource_name": "NBA MCP Synthesis",
    }
