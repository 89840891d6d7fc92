"""The proxies to pods and services, answered by a web server of the test."""

import asyncio
import urllib.error
import urllib.request

from starlette.requests import Request
from starlette.responses import Response

from servers.cluster.deployments import pods_matching
from servers.cluster.others import SERVICES
from servers.cluster.pods import PODS, is_ready
from servers.cluster.request import Target
from servers.cluster.statuses import Refused
from servers.cluster.store import Store
from servers.cluster.world import World


def backend_of(target: Target, store: Store, world: World) -> str:
    """The URL that answers for a pod or service; refuses where no pod is ready."""
    name = target.name.split(":")[1] if target.name.count(":") == 2 else target.name.split(":")[0]
    if target.resource.plural == "services":
        service = store.get(SERVICES, target.namespace, name)
        selector = service["spec"].get("selector", {})
        pods = pods_matching(store, target.namespace, {"matchLabels": selector})
        app = selector.get("app", name)
    else:
        pods = [store.get(PODS, target.namespace, name)]
        app = pods[0]["metadata"].get("labels", {}).get("app", name)
    if not any(map(is_ready, pods)):
        raise Refused(503, f'no endpoints available for service "{name}"', reason="ServiceUnavailable")
    if app not in world.backends:
        raise Refused(502, f"error trying to reach service: nothing answers for {app}", reason="BadGateway")
    return world.backends[app]


async def proxied(request: Request, target: Target, store: Store, world: World, sent: bytes) -> Response:
    """What the backend answers."""
    base = backend_of(target, store, world)
    query = f"?{request.url.query}" if request.url.query else ""
    url = f"{base}/{target.rest}{query}"
    status, kind, body = await asyncio.to_thread(_fetch, url, request.method, sent)
    return Response(body, status, media_type=kind)


def _fetch(url: str, method: str, sent: bytes) -> tuple[int, str, bytes]:
    asked = urllib.request.Request(url, data=sent or None, method=method)
    try:
        with urllib.request.urlopen(asked, timeout=10) as answer:
            return answer.status, answer.headers.get_content_type(), answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers.get_content_type(), error.read()
    except OSError:
        return 502, "text/plain", b"error trying to reach service: connection refused"
