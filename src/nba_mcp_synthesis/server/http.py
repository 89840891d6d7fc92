"""The HTTP service: health, metrics and MCP on one port."""

import asyncio
import contextlib
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from fastmcp import FastMCP
from starlette.types import ASGIApp

from nba_mcp_synthesis.errors import NbaMcpError
from nba_mcp_synthesis.server.direct import DirectCalls
from nba_mcp_synthesis.server.policy import policy
from nba_mcp_synthesis.server.requests import ObserveRequests
from nba_mcp_synthesis.server.tools import Services, Tools
from nba_mcp_synthesis.telemetry.logs import get_logger
from nba_mcp_synthesis.telemetry.metrics import CONTENT_TYPE_LATEST, Metrics
from nba_mcp_synthesis.warehouse.engine import Warehouse

_MCP = "/mcp"


@dataclass
class Readiness:
    """Whether new requests should come here; off from the moment of SIGTERM."""

    stopping: bool = False


def build_http(
    mcp: FastMCP,
    services: Services,
    metrics: Metrics,
    readiness: Readiness,
    metrics_token: str | None = None,
    context: str = "development",
) -> ASGIApp:
    """The application. `/metrics` wants `metrics_token` as bearer token when there is one."""
    warehouse = services.warehouse
    mcp_app = mcp.http_app(path=_MCP, host_origin_protection="auto")

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with mcp_app.lifespan(mcp_app):
            with contextlib.suppress(NbaMcpError):  # no data yet: /health says so, the first query starts it
                services.queries.warm()
            get_logger().info("started", version=version("nba-mcp-synthesis"))
            yield
            services.queries.close()
            get_logger().info("stopped")

    app = FastAPI(
        title="NBA MCP Synthesis",
        version=version("nba-mcp-synthesis"),
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
    )
    _add_health(app, warehouse, readiness, context)
    _add_metrics(app, warehouse, metrics, metrics_token)
    _add_policy(app, warehouse)
    app.mount("/", mcp_app)
    # Around the framework, whose own layers would be a tenth of a plain call.
    return ObserveRequests(DirectCalls(app, _MCP, Tools(services).query_text, metrics), metrics)


def _add_health(app: FastAPI, warehouse: Warehouse, readiness: Readiness, context: str) -> None:
    # In threads of the loop's own, which no tool uses: probes must not wait behind slow queries.
    @app.get("/health", summary="Each dependency, and ok or degraded")
    async def health() -> dict[str, Any]:
        found = await asyncio.to_thread(_warehouse_health, warehouse)
        return {
            "status": "ok" if found["status"] == "ok" else "degraded",
            "version": version("nba-mcp-synthesis"),
            "context": context,
            "dependencies": {"warehouse": found},
        }

    @app.get("/health/live", summary="200 while the process runs")
    async def live() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/health/ready", summary="200 while new requests are welcome, else 503")
    async def ready() -> JSONResponse:
        found = await asyncio.to_thread(_warehouse_health, warehouse)
        if readiness.stopping:
            found = {"status": "stopping", "message": "The server is shutting down."}
        return JSONResponse(found, 200 if found["status"] == "ok" else 503)


def _warehouse_health(warehouse: Warehouse) -> dict[str, Any]:
    try:
        state = warehouse.state()
    except NbaMcpError as error:
        return {"status": "down", "code": error.code, "message": str(error)}
    return {
        "status": "ok",
        "snapshot": state.snapshot,
        "data_as_of": state.data_as_of,
        "simulated": state.simulated,
    }


def _add_policy(app: FastAPI, warehouse: Warehouse) -> None:
    @app.get("/v1/policy", summary="What query_sql accepts, and its limits")
    async def told() -> dict[str, Any]:
        return policy(warehouse)


def _add_metrics(app: FastAPI, warehouse: Warehouse, metrics: Metrics, token: str | None) -> None:
    @app.get("/metrics", summary="Prometheus text format")
    async def exposition(request: Request) -> Response:
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        known = scheme.lower() == "bearer" and hmac.compare_digest(given.encode(), (token or "").encode())
        if token and not known:
            return JSONResponse(
                {"detail": "/metrics wants the header Authorization: Bearer TOKEN."},
                401,
                {"WWW-Authenticate": "Bearer"},
            )
        found = await asyncio.to_thread(_warehouse_health, warehouse)
        metrics.db_up.set(found["status"] == "ok")
        return Response(metrics.exposition(), media_type=CONTENT_TYPE_LATEST)
