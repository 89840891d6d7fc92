"""/status: a page for people, and what it shows as JSON for those who ask for that."""

import asyncio

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

from nba_mcp_synthesis.server.access.pages import STATUS, wants_page
from nba_mcp_synthesis.server.overview import Overview
from nba_mcp_synthesis.server.routes.health import Health
from nba_mcp_synthesis.server.routes.page import page_files, sender

_FOLDER = "status_page"


def add_status(app: FastAPI, overview: Overview, health: Health) -> None:
    """Adds the route, and the files of its page below `/page/`."""
    found = page_files(_FOLDER)
    page = found.pop("status.html")
    for name, file in found.items():
        app.add_api_route(f"/page/{name}", sender(file), methods=["GET", "HEAD"], include_in_schema=False)

    async def status(request: Request) -> Response:
        # The gate has let strangers in by the same question, for the page and nothing else.
        if wants_page(request.url.path, request.scope["headers"]):
            response = page.response(request)
            response.headers["Vary"] = "Accept, Accept-Encoding"
            return response
        told = await asyncio.to_thread(overview.told, await health())
        return JSONResponse(told, headers={"Cache-Control": "no-store", "Vary": "Accept"})

    app.add_api_route(STATUS, status, methods=["GET", "HEAD"], include_in_schema=False)
