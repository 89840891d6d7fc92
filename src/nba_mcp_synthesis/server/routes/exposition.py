"""/metrics, in the text format of Prometheus, or OpenMetrics for those who ask for it.

Whoever reaches the pod may read it, unless there is a token. What came through a proxy needs the token, so
that an ingress alone opens nothing: without one it is refused.
"""

import asyncio
import hmac
from collections.abc import Sequence

from fastapi import FastAPI, Request, Response
from fastapi.responses import PlainTextResponse
from pydantic import SecretStr

from nba_mcp_synthesis.errors import NotAuthenticated, Unavailable
from nba_mcp_synthesis.server.data_watch import DataWatch
from nba_mcp_synthesis.server.problems import problem
from nba_mcp_synthesis.server.routes.documents import problems
from nba_mcp_synthesis.server.secret_watch import SecretWatch

_UNKNOWN = NotAuthenticated("/metrics wants a token.", "Send the header Authorization: Bearer TOKEN.")
_CLOSED = NotAuthenticated(
    "/metrics is for the inside of the cluster here.",
    "Whoever runs this server can set the secret METRICS_TOKEN, which then opens it from outside as well.",
)
_CHALLENGE = {"WWW-Authenticate": "Bearer"}
# What proxies add; a client cannot take away what the last one adds.
_FORWARDED = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip")


def add_metrics(app: FastAPI, data: DataWatch, secrets: SecretWatch) -> None:
    """Adds the route."""

    @app.get(
        "/metrics",
        operation_id="metrics",
        tags=["server"],
        summary="Prometheus text format",
        response_class=PlainTextResponse,
        responses=problems(401, 503),
    )
    async def exposition(request: Request) -> Response:
        try:
            refusal = _refusal(request, secrets)
        except Unavailable as error:
            return problem(error)
        if refusal:
            return problem(refusal, _CHALLENGE)
        await asyncio.to_thread(data.look)
        content, content_type = secrets.metrics.negotiated(request.headers.get("accept", ""))
        return Response(content, headers={"Content-Type": content_type})


def _refusal(request: Request, secrets: SecretWatch) -> NotAuthenticated | None:
    """Why the request may not read the metrics; Unavailable where nobody can tell whether it may."""
    tokens = secrets.metrics_tokens()
    if not tokens:
        return _CLOSED if any(name in request.headers for name in _FORWARDED) else None
    return None if _is_known(request.headers.get("authorization", ""), tokens) else _UNKNOWN


def _is_known(header: str, tokens: Sequence[SecretStr]) -> bool:
    """Whether a header carries one of the tokens; all are compared, so that the time tells nothing."""
    scheme, _, given = header.partition(" ")
    found = [hmac.compare_digest(given.encode(), one.get_secret_value().encode()) for one in tokens]
    return scheme.lower() == "bearer" and any(found)
