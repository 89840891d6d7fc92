"""Around every HTTP request: its id, its log line, its place in the metrics."""

from collections import Counter
from dataclasses import replace
from time import perf_counter

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from nba_mcp_synthesis.server.access.caller import ANYONE, CALLER, acting
from nba_mcp_synthesis.telemetry import traces
from nba_mcp_synthesis.telemetry.logs import get_logger, request_context, trace_context
from nba_mcp_synthesis.telemetry.metrics import Metrics

# Anything else counts as "other", so that no caller can make metrics grow.
PATHS = frozenset(
    {"/", "/health", "/health/live", "/health/ready", "/metrics", "/mcp", "/openapi.json", "/status"}
    | {"/v1/answers", "/v1/ask", "/v1/box-score", "/v1/find", "/v1/measures", "/v1/policy", "/v1/query"}
    | {"/v1/stats", "/v1/status", "/v1/tables"}
)
# Paths with a name at their end, by what is before it.
NAMED = {
    "/v1/answers/": "/v1/answers/{id}",
    "/v1/measures/": "/v1/measures/{name}",
    "/v1/tables/": "/v1/tables/{table}",
}
# Balancers and Prometheus ask for these all the time.
PROBES = frozenset({"/health", "/health/live", "/health/ready", "/metrics"})
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class ObserveRequests:
    """ASGI middleware; answers carry the request id in `X-Request-ID`.

    Of the probes that end well, one in `sample` has a line in the log.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics, sample: int = 1) -> None:
        self._app, self._metrics, self._sample = app, metrics, sample
        self._probes: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on and observes how it ends."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        client = scope.get("client")
        address = client[0] if client else "unknown"
        headers = Headers(scope=scope)
        caller = replace(ANYONE, name=address)
        with (
            request_context(headers.get("x-request-id"), address=address, caller=address) as request_id,
            trace_context(headers.get("traceparent")),
            acting(caller),
        ):
            if traces.are_on() and scope["path"] not in PROBES:
                await self._traced(scope, receive, send, request_id)
            else:
                await self._observed(scope, receive, send, request_id)

    async def _traced(self, scope: Scope, receive: Receive, send: Send, request_id: str) -> None:
        """The same below a span of its own."""

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                span.set_attribute("http.response.status_code", message["status"])
            await send(message)

        with traces.request_span(Headers(scope=scope), _method(scope), _template(scope["path"])) as span:
            await self._observed(scope, receive, sending, request_id)

    async def _observed(self, scope: Scope, receive: Receive, send: Send, request_id: str) -> None:
        started = perf_counter()
        status = 500
        scope[CALLER] = {}

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
        path = _template(scope["path"])
        method = _method(scope)
        self._metrics.http_answered(method, path, status, seconds)
        told = {"method": method, "path": path, "status": status, "seconds": round(seconds, 4)}
        told |= scope[CALLER]
        if path in PROBES and status < 400:
            self._probes[path] += 1
            if self._probes[path] % self._sample != 1 % self._sample:
                return
            told["one_of"] = self._sample
        log = get_logger().info if status < 500 else get_logger().error
        log("request", family="request", **told)


def _method(scope: Scope) -> str:
    method: str = scope["method"]
    return method if method in METHODS else "other"


def _template(path: str) -> str:
    if path in PATHS:
        return path
    start = path.rfind("/") + 1
    return NAMED.get(path[:start], "other") if start < len(path) else "other"
