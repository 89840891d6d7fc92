"""Around every HTTP request: its id, its log line, its place in the metrics."""

from time import perf_counter

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from nba_mcp_synthesis.telemetry.logs import get_logger, request_context
from nba_mcp_synthesis.telemetry.metrics import Metrics

# Anything else counts as "other", so that no caller can make metrics grow.
PATHS = frozenset(
    {"/", "/health", "/health/live", "/health/ready", "/metrics", "/mcp", "/openapi.json", "/v1/policy"}
)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class ObserveRequests:
    """ASGI middleware; answers carry the request id in `X-Request-ID`."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on and observes how it ends."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        client = scope.get("client")
        caller = client[0] if client else "unknown"
        with request_context(Headers(scope=scope).get("x-request-id"), caller=caller) as request_id:
            await self._observed(scope, receive, send, request_id)

    async def _observed(self, scope: Scope, receive: Receive, send: Send, request_id: str) -> None:
        started = perf_counter()
        status = 500

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-ID"] = request_id
            await send(message)

        self._metrics.active_connections.inc()
        try:
            await self._app(scope, receive, sending)
        finally:
            self._metrics.active_connections.dec()
            self._count(scope, status, perf_counter() - started)

    def _count(self, scope: Scope, status: int, seconds: float) -> None:
        path = scope["path"] if scope["path"] in PATHS else "other"
        method = scope["method"] if scope["method"] in METHODS else "other"
        self._metrics.http_requests.labels(method, path, str(status)).inc()
        self._metrics.http_seconds.labels(method, path).observe(seconds)
        get_logger().info("request", method=method, path=path, status=status, seconds=round(seconds, 4))
