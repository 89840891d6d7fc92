"""The HTTP service: health, metrics and MCP on one port."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI
from fastmcp import FastMCP
from starlette.types import ASGIApp

from nba_mcp_synthesis.errors import NbaMcpError
from nba_mcp_synthesis.server.companions import accompanied
from nba_mcp_synthesis.server.direct import DirectCalls
from nba_mcp_synthesis.server.requests import ObserveRequests
from nba_mcp_synthesis.server.routes.exposition import add_metrics
from nba_mcp_synthesis.server.routes.health import Readiness, add_health
from nba_mcp_synthesis.server.routes.v1 import add_v1
from nba_mcp_synthesis.server.secret_watch import SecretWatch
from nba_mcp_synthesis.server.tools import Services, Tools
from nba_mcp_synthesis.telemetry.logs import get_logger

_MCP = "/mcp"


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
    add_health(app, services, readiness, secrets, context)
    add_metrics(app, warehouse, secrets)
    add_v1(app, services)
    app.mount("/", mcp_app)
    # Around the framework, whose own layers would be a tenth of a plain call.
    return ObserveRequests(DirectCalls(app, _MCP, Tools(services).query_text, services.admission), metrics)
