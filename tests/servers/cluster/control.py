"""/double/…: how a process of its own is told what its world is like.

POST /double/images    {"repo/*": {"fate": "missing", "seconds": 0.5}}
POST /double/backends  {"nba-mcp-synthesis": "http://127.0.0.1:8000"}
POST /double/faults    {"forbidden": [["patch", "deployments"]], "failing": [["get", "*"]], "seconds": 0.2}
GET  /double/calls     every request that was made
"""

from collections.abc import Awaitable, Callable
from dataclasses import asdict

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from servers.cluster.world import Image, World


def control(world: World) -> Callable[[Request], Awaitable[Response]]:
    """The handler of /double/…."""

    async def handle(request: Request) -> Response:
        what = request.path_params["what"]
        if request.method == "GET" and what == "calls":
            return JSONResponse([{**asdict(call), "body": None} for call in world.calls])
        told = await request.json()
        if what == "images":
            told = {pattern: Image(**image) for pattern, image in told.items()}
            world.images = {**told, **{k: v for k, v in world.images.items() if k not in told}}
        elif what == "backends":
            world.backends.update(told)
        elif what == "faults":
            world.forbidden = {tuple(rule) for rule in told.get("forbidden", [])}
            world.failing = {tuple(rule) for rule in told.get("failing", [])}
            world.seconds = float(told.get("seconds", 0))
        else:
            return JSONResponse({"message": f"{what} cannot be set"}, 404)
        return JSONResponse({})

    return handle
