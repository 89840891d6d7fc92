"""HEAD, by which many monitors and balancers look whether something is there."""

from starlette.types import ASGIApp, Receive, Scope, Send


class HeadAsGet:
    """Answers HEAD as GET is answered; the body is left out by the HTTP server, which knows what was asked.

    `besides` is a path with words of its own for it.
    """

    def __init__(self, app: ASGIApp, besides: str) -> None:
        self._app = app
        self._besides = besides

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on."""
        head = scope["type"] == "http" and scope["method"] == "HEAD" and scope["path"] != self._besides
        await self._app({**scope, "method": "GET"} if head else scope, receive, send)
