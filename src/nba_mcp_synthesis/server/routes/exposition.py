"""/metrics, in the text format of Prometheus."""

import asyncio
import hmac

from fastapi import FastAPI, Request, Response
from fastapi.responses import PlainTextResponse

from nba_mcp_synthesis.errors import NotAuthenticated, Unavailable
from nba_mcp_synthesis.server.problems import problem
from nba_mcp_synthesis.server.routes.documents import problems
from nba_mcp_synthesis.server.routes.health import warehouse_health
from nba_mcp_synthesis.server.secret_watch import SecretWatch
from nba_mcp_synthesis.telemetry.metrics import CONTENT_TYPE_LATEST
from nba_mcp_synthesis.warehouse.engine import Warehouse

_UNKNOWN = NotAuthenticated("/metrics wants a token.", "Send the header Authorization: Bearer TOKEN.")


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
            secret = secrets.metrics_token()
        except Unavailable as error:
            return problem(error)
        token = secret.get_secret_value() if secret else None
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        known = scheme.lower() == "bearer" and hmac.compare_digest(given.encode(), (token or "").encode())
        if token and not known:
            return problem(_UNKNOWN, {"WWW-Authenticate": "Bearer"})
        found = await asyncio.to_thread(warehouse_health, warehouse)
        secrets.metrics.db_up.set(found["status"] == "ok")
        return Response(secrets.metrics.exposition(), media_type=CONTENT_TYPE_LATEST)
