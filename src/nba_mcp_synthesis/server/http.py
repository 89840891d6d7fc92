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

from nba_mcp_synthesis.errors import NbaMcpError, Unavailable
from nba_mcp_synthesis.server.companions import accompanied
from nba_mcp_synthesis.server.direct import DirectCalls
from nba_mcp_synthesis.server.policy import policy
from nba_mcp_synthesis.server.requests import ObserveRequests
from nba_mcp_synthesis.server.secret_watch import SecretWatch
from nba_mcp_synthesis.server.tools import Services, Tools
from nba_mcp_synthesis.telemetry.logs import get_logger
from nba_mcp_synthesis.telemetry.metrics import CONTENT_TYPE_LATEST
from nba_mcp_synthesis.warehouse.engine import Warehouse

_MCP = "/mcp"


@dataclass
class Readiness:
    """Whether new requests should come here; off from the moment of SIGTERM."""

    stopping: bool = False


def build_http(
    mcp: FastMCP, services: Services, readiness: Readiness, secrets: SecretWatch, context: str = "development"
) -> ASGIApp:
    """The application. `/metrics` wants a bearer token where there is a secret of that name."""
    warehouse, metrics = services.warehouse, secrets.metrics
    mcp_app = mcp.http_app(path=_MCP, host_origin_protection="auto")

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with accompanied(services.companions), mcp_app.lifespan(mcp_app):
            with contextlib.suppress(NbaMcpError):  # no data yet: /health says so, the first query starts it
                services.queries.warm()
            get_logger().info("started", version=version("nba-mcp-synthesis"))
            watching = asyncio.create_task(secrets.keep_looking())
            yield
            watching.cancel()
            services.queries.close()
            get_logger().info("stopped")

    app = FastAPI(
        title="NBA MCP Synthesis",
        version=version("nba-mcp-synthesis"),
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
    )
    _add_health(app, services, readiness, secrets, context)
    _add_metrics(app, warehouse, secrets)
    _add_policy(app, warehouse)
    _add_answers(app, services)
    app.mount("/", mcp_app)
    # Around the framework, whose own layers would be a tenth of a plain call.
    return ObserveRequests(DirectCalls(app, _MCP, Tools(services).query_text, metrics), metrics)


def _add_health(
    app: FastAPI, services: Services, readiness: Readiness, secrets: SecretWatch, context: str
) -> None:
    warehouse = services.warehouse

    # In threads of the loop's own, which no tool uses: probes must not wait behind slow queries.
    @app.get("/health", summary="Each dependency, and ok or degraded")
    async def health() -> dict[str, Any]:
        found = {
            "warehouse": await asyncio.to_thread(_warehouse_health, warehouse),
            "secrets": secrets.health(),
        }
        found |= {companion.name: companion.health() for companion in services.companions}
        return {
            "status": "ok" if all(one["status"] == "ok" for one in found.values()) else "degraded",
            "version": version("nba-mcp-synthesis"),
            "context": context,
            "dependencies": found,
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


def _add_answers(app: FastAPI, services: Services) -> None:
    @app.get("/v1/answers/{answer_id}", summary="An answer that was given, with its evidence")
    def recorded(answer_id: str) -> JSONResponse:
        try:
            return JSONResponse(services.recorded(answer_id))
        except NbaMcpError as error:
            return _problem(error)


def _problem(error: NbaMcpError) -> JSONResponse:
    told = {"title": error.message, "detail": str(error), "status": error.http_status, "code": error.code}
    return JSONResponse(told, error.http_status, media_type="application/problem+json")


def _add_metrics(app: FastAPI, warehouse: Warehouse, secrets: SecretWatch) -> None:
    @app.get("/metrics", summary="Prometheus text format")
    async def exposition(request: Request) -> Response:
        try:
            secret = secrets.metrics_token()
        except Unavailable as error:
            return JSONResponse({"detail": str(error)}, error.http_status)
        token = secret.get_secret_value() if secret else None
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        known = scheme.lower() == "bearer" and hmac.compare_digest(given.encode(), (token or "").encode())
        if token and not known:
            return JSONResponse(
                {"detail": "/metrics wants the header Authorization: Bearer TOKEN."},
                401,
                {"WWW-Authenticate": "Bearer"},
            )
        found = await asyncio.to_thread(_warehouse_health, warehouse)
        secrets.metrics.db_up.set(found["status"] == "ok")
        return Response(secrets.metrics.exposition(), media_type=CONTENT_TYPE_LATEST)
