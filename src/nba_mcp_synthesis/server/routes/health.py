"""/health for people and balancers: what this depends on, whether it lives, whether it wants requests."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from fastapi import FastAPI
from fastapi.responses import JSONResponse

from nba_mcp_synthesis.errors import NbaMcpError
from nba_mcp_synthesis.server.routes.documents import problems
from nba_mcp_synthesis.server.secret_watch import SecretWatch
from nba_mcp_synthesis.server.tools import Services
from nba_mcp_synthesis.warehouse.engine import Warehouse
from nba_mcp_synthesis.warehouse.reachable import reachable


@dataclass
class Readiness:
    """Whether new requests should come here; no more from the moment of SIGTERM, which is `stopping`.

    When it is `closing` they are refused as well.
    """

    stopping: bool = False
    closing: bool = False


Health = Callable[[], Awaitable[dict[str, Any]]]


def add_health(
    app: FastAPI, services: Services, readiness: Readiness, secrets: SecretWatch, context: str
) -> Health:
    """Adds `/health`, `/health/live` and `/health/ready`; gives what answers the first."""
    warehouse = services.warehouse

    # In threads of the loop's own, which no tool uses: probes must not wait behind slow queries.
    @app.get(
        "/health",
        operation_id="health",
        tags=["server"],
        summary="Each dependency, and ok or degraded",
        responses=problems(),
    )
    async def health() -> dict[str, Any]:
        found = {
            "warehouse": await asyncio.to_thread(warehouse_health, warehouse),
            "secrets": secrets.health(),
        }
        found |= {companion.name: companion.health() for companion in services.companions}
        return {
            "status": "ok" if all(one["status"] == "ok" for one in found.values()) else "degraded",
            "version": version("nba-mcp-synthesis"),
            "context": context,
            "dependencies": found,
        }

    @app.get(
        "/health/live",
        operation_id="live",
        tags=["server"],
        summary="200 while the process runs",
        responses=problems(),
    )
    async def live() -> dict[str, str]:
        return {"status": "ok"}

    @app.get(
        "/health/ready",
        operation_id="ready",
        tags=["server"],
        summary="200 while new requests are welcome, else 503",
        responses={**problems(), 503: {"description": "None are welcome; the body says why."}},
    )
    async def ready() -> JSONResponse:
        found = await asyncio.to_thread(warehouse_health, warehouse)
        if readiness.stopping:
            found = {"status": "stopping", "message": "The server is shutting down."}
        return JSONResponse(found, 200 if found["status"] == "ok" else 503)

    return health


def warehouse_health(warehouse: Warehouse) -> dict[str, Any]:
    """Whether there are data, and an engine that answers; never raises for what an operator looks up here."""
    try:
        state = reachable(warehouse)
    except NbaMcpError as error:
        return {"status": "down", "code": error.code, "message": str(error)}
    return {
        "status": "ok",
        "snapshot": state.snapshot,
        "data_as_of": state.data_as_of,
        "simulated": state.simulated,
    }
