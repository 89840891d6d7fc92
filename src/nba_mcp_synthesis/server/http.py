"""The HTTP service: the web page, health, metrics and MCP on one port."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from importlib.metadata import version

from fastapi import FastAPI
from fastmcp import FastMCP
from starlette.routing import Route
from starlette.types import ASGIApp

from nba_mcp_synthesis.errors import NbaMcpError
from nba_mcp_synthesis.server.access.guard import Guard
from nba_mcp_synthesis.server.access.scopes import check_routes
from nba_mcp_synthesis.server.companions import accompanied
from nba_mcp_synthesis.server.direct import DirectCalls
from nba_mcp_synthesis.server.head import HeadAsGet
from nba_mcp_synthesis.server.kept_responses import KeptResponses
from nba_mcp_synthesis.server.openapi import document
from nba_mcp_synthesis.server.problems import add_problems
from nba_mcp_synthesis.server.requests import ObserveRequests
from nba_mcp_synthesis.server.routes.exposition import add_metrics
from nba_mcp_synthesis.server.routes.health import Readiness, add_health
from nba_mcp_synthesis.server.routes.page import add_page
from nba_mcp_synthesis.server.routes.v1 import add_v1
from nba_mcp_synthesis.server.secret_watch import SecretWatch
from nba_mcp_synthesis.server.stopping import Leaving
from nba_mcp_synthesis.server.tools import Services, Tools
from nba_mcp_synthesis.telemetry.logs import get_logger

_MCP = "/mcp"


def build_http(
    mcp: FastMCP, services: Services, readiness: Readiness, secrets: SecretWatch, guard: Guard, context: str
) -> ASGIApp:
    """The application behind its guard; `/metrics` wants a token where there is a secret of that name."""
    warehouse, metrics = services.warehouse, secrets.metrics
    mcp_app = mcp.http_app(path=_MCP, host_origin_protection=False)  # the guard looks at both, for all routes

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
    app.openapi = partial(document, app)  # type: ignore[method-assign]
    add_problems(app)
    add_health(app, services, readiness, secrets, context)
    add_metrics(app, warehouse, secrets)
    add_v1(app, services)
    add_page(app)
    app.router.routes.append(Route(_MCP, mcp_app))  # any method: the protocol has words of its own
    check_routes(app.routes)
    # Around the framework, whose own layers would be a tenth of a plain call.
    kept = KeptResponses(app, warehouse, services.admission, services.configuration)
    direct = DirectCalls(kept, _MCP, Tools(services).query_text, services.admission)
    return ObserveRequests(HeadAsGet(Leaving(guard.around(direct, _MCP), readiness), _MCP), metrics)
