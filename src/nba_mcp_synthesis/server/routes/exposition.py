"""/metrics, in the text format of Prometheus."""

import asyncio
import hmac
from collections.abc import Sequence

from fastapi import FastAPI, Request, Response
from fastapi.responses import PlainTextResponse
from pydantic import SecretStr

from nba_mcp_synthesis.errors import NotAuthenticated, Unavailable
from nba_mcp_synthesis.server.problems import problem
from nba_mcp_synthesis.server.routes.documents import problems
from nba_mcp_synthesis.server.routes.health import warehouse_health
from nba_mcp_synthesis.server.secret_watch import SecretWatch
from nba_mcp_synthesis.telemetry.metrics import CONTENT_TYPE_LATEST
from nba_mcp_synthesis.warehouse.engine import Warehouse

_UNKNOWN = NotAuthenticated("/metrics wants a token.", "Send the header Authorization: Bearer TOKEN.")


def _is_known(header: str, tokens: Sequence[SecretStr]) -> bool:
    """Whether a header carries one of the tokens; all are compared, so that the time tells nothing."""
    scheme, _, given = header.partition(" ")
    found = [hmac.compare_digest(given.encode(), one.get_secret_value().encode()) for one in tokens]
    return scheme.lower() == "bearer" and any(found)


def add_metrics(app: FastAPI, warehouse: Warehouse, secrets: SecretWatch) -> None:
    """Adds the route, which wants a bearer token where there is a secret of that name."""

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
            tokens = secrets.metrics_tokens()
        except Unavailable as error:
            return problem(error)
        if tokens and not _is_known(request.headers.get("authorization", ""), tokens):
            return problem(_UNKNOWN, {"WWW-Authenticate": "Bearer"})
        found = await asyncio.to_thread(warehouse_health, warehouse)
        secrets.metrics.db_up.set(found["status"] == "ok")
        return Response(secrets.metrics.exposition(), media_type=CONTENT_TYPE_LATEST)
