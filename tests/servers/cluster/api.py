"""The HTTP interface of the double: one handler, as small a part of the Kubernetes API as kubectl needs."""

import asyncio
import json
from typing import Any

import yaml
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route, WebSocketRoute

from servers.cluster import discovery
from servers.cluster.control import control
from servers.cluster.metrics import metrics
from servers.cluster.protobuf import decoded
from servers.cluster.proxy import proxied
from servers.cluster.request import Target, is_dry, resource_name, target_of, verb_of
from servers.cluster.statuses import Refused
from servers.cluster.store import Store
from servers.cluster.streams import streams
from servers.cluster.subresources import log_lines, subresource
from servers.cluster.tables import table
from servers.cluster.watching import selected, watch
from servers.cluster.world import Asked, Call, World
from servers.cluster.writing import Writing

_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


class Api:
    """Answers requests from a store and a world."""

    def __init__(self, store: Store, world: World) -> None:
        self.store, self.world = store, world
        self.writing = Writing(store)

    def application(self) -> Starlette:
        """The ASGI application."""

        async def socket(websocket: Any) -> None:
            await streams(websocket, self.store, self.world)

        return Starlette(
            routes=[
                Route("/double/{what}", control(self.world), methods=["GET", "POST"]),
                Route("/{path:path}", self.answer, methods=_METHODS),
                WebSocketRoute("/{path:path}", socket),
            ]
        )

    async def answer(self, request: Request) -> Response:
        """The answer to any request; what refuses becomes a Status."""
        try:
            await asyncio.sleep(self.world.seconds)
            told = self._about_itself(request.url.path)
            return told if told is not None else await self._resource(request)
        except Refused as error:
            headers = {"Retry-After": "1"} if error.code == 429 else None
            return JSONResponse(error.body, error.code, headers)

    def _about_itself(self, path: str) -> Response | None:
        documents = {
            "/version": lambda: discovery.VERSION,
            "/api": lambda: discovery.groups(core=True),
            "/apis": lambda: discovery.groups(core=False),
            "/openapi/v3": discovery.openapi_paths,
        }
        if path in ("/healthz", "/livez", "/readyz"):
            return PlainTextResponse("ok")
        if path.startswith("/openapi/v3/api"):
            return JSONResponse(discovery.openapi(path.removeprefix("/openapi/v3/").partition("/")[2]))
        if path not in documents:
            older = discovery.resource_list(path.removeprefix("/apis/").removeprefix("/api/"))
            return JSONResponse(older) if older else None
        kind = discovery.AGGREGATED if path in ("/api", "/apis") else "application/json"
        return JSONResponse(documents[path](), media_type=kind)

    async def _resource(self, request: Request) -> Response:
        if not request.url.path.startswith(("/api/", "/apis/")):
            raise Refused(404, "the server could not find the requested resource")
        target = target_of(request.url.path)
        verb = verb_of(request.method, target, request.url.query)
        sent = await request.body()
        body = _body(request, sent)
        self._admit(request, target, verb, body)
        if self.world.is_away:
            await asyncio.Event().wait()
        if target.subresource == "proxy":
            return await proxied(request, target, self.store, self.world, sent)
        if target.subresource == "log":
            return await log_lines(request, target, self.store, self.world)
        if target.resource.group == "metrics.k8s.io":
            return JSONResponse(metrics(target, self.store, self.world))
        if request.method == "GET":
            return self._read(request, target, verb)
        if target.subresource not in ("", "status"):
            return JSONResponse(*subresource(target, self.store, self.world, self.writing, body, request))
        return JSONResponse(*self.writing.write(request, target, body, self.world))

    def _admit(self, request: Request, target: Target, verb: str, body: Any) -> None:
        name, dry = resource_name(target), is_dry(request, body)
        self.world.heard(Call(verb, name, target.namespace, target.name, request.url.path, dry, body))
        if self.world.is_failing(verb, name):
            raise Refused(500, "etcdserver: request timed out")
        asked = Asked(verb, target.resource.group, name, target.namespace, target.name)
        if target.resource.group != "authorization.k8s.io" and self.world.is_forbidden(asked):
            scope = f' in the namespace "{target.namespace}"' if target.namespace else " at the cluster scope"
            told = f'cannot {verb} resource "{name}" in API group "{target.resource.group}"{scope}'
            raise Refused(403, f'{target.resource.full} "{target.name}" is forbidden: User "tester" {told}')

    def _read(self, request: Request, target: Target, verb: str) -> Response:
        if verb == "watch":
            return StreamingResponse(watch(request, target, self.store), media_type="application/json")
        if target.subresource == "scale":
            return JSONResponse(*subresource(target, self.store, self.world, self.writing, {}, request))
        if target.name:
            found = [self.store.get(target.resource, target.namespace, target.name)]
        else:
            found = selected(self.store.all(target.resource, target.namespace), request)
        version = str(self.store.version)
        if "as=Table" in request.headers.get("accept", ""):
            whole = request.query_params.get("includeObject") == "Object"
            return JSONResponse(table(target.resource.kind, found, version, whole=whole))
        if target.name:
            return JSONResponse(found[0])
        listed = {"kind": f"{target.resource.kind}List", "apiVersion": target.resource.api_version}
        return JSONResponse({**listed, "metadata": {"resourceVersion": version}, "items": found})


def _body(request: Request, sent: bytes) -> Any:
    kind = request.headers.get("content-type", "")
    try:
        if "protobuf" in kind and sent:
            return decoded(sent)
        return yaml.safe_load(sent) if "yaml" in kind else json.loads(sent or b"{}")
    except (ValueError, yaml.YAMLError):
        raise Refused(400, "the object provided is unrecognized") from None
