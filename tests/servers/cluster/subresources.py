"""scale, eviction and log."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from servers.cluster import patching
from servers.cluster.deployments import pods_matching
from servers.cluster.others import BUDGETS, budget
from servers.cluster.pods import PODS
from servers.cluster.recorder import record
from servers.cluster.request import Target, is_dry
from servers.cluster.statuses import Refused, invalid
from servers.cluster.store import Object, Store
from servers.cluster.streams import running
from servers.cluster.world import World
from servers.cluster.writing import Answer, Writing


def subresource(
    target: Target, store: Store, world: World, writing: Writing, sent: Any, request: Request
) -> Answer:
    """(answer, status code)."""
    if target.subresource == "eviction":
        return _evict(target, store, dry=is_dry(request, sent))
    if target.subresource == "scale":
        return _scale(target, store, writing, sent, request), 200
    if target.subresource in ("exec", "portforward"):  # kubectl's second try, after a WebSocket was refused
        running(target, store, world)
        raise Refused(400, "Upgrade request required")
    raise Refused(405, f"{target.subresource} is not served by this double")


def _scale(target: Target, store: Store, writing: Writing, sent: Any, request: Request) -> Object:
    body = store.get(target.resource, target.namespace, target.name)
    if request.method != "GET":
        old = _scale_of(body)
        sent = json.loads(json.dumps(sent))
        wanted = sent if request.method == "PUT" else patching.merge_patch(old, sent)
        replicas = wanted["spec"].get("replicas", 0)
        if not isinstance(replicas, int) or replicas < 0:
            raise invalid("Scale", target.name, "spec.replicas", "must be greater than or equal to 0")
        body["spec"]["replicas"] = replicas
        body["metadata"].pop("resourceVersion")
        body = writing.put(target, body, dry=request.query_params.get("dryRun") == "All")
    return _scale_of(body)


def _scale_of(body: Object) -> Object:
    kept = ("name", "namespace", "uid", "resourceVersion", "creationTimestamp")
    labels = body["spec"].get("selector", {}).get("matchLabels", {})
    return {
        "kind": "Scale",
        "apiVersion": "autoscaling/v1",
        "metadata": {k: v for k, v in body["metadata"].items() if k in kept},
        "spec": {"replicas": body["spec"].get("replicas", 1)},
        "status": {
            "replicas": body.get("status", {}).get("replicas", 0),
            "selector": ",".join(f"{k}={v}" for k, v in labels.items()),
        },
    }


def _evict(target: Target, store: Store, *, dry: bool) -> Answer:
    pod = store.get(PODS, target.namespace, target.name)
    for one in store.all(BUDGETS, target.namespace):
        covered = pods_matching(store, target.namespace, one["spec"].get("selector"))
        if any(p["metadata"]["uid"] == pod["metadata"]["uid"] for p in covered):
            _refuse_without(budget(store, one))
    if not dry:
        record(store, pod, "Normal", "Killing", "Stopping container: evicted")
        store.delete(PODS, target.namespace, target.name)
    return {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201}, 201


def _refuse_without(status: Object) -> None:
    if not status["disruptionsAllowed"]:
        raise Refused(429, "Cannot evict pod as it would violate the pod's disruption budget.")


async def log_lines(request: Request, target: Target, store: Store, world: World) -> Response:
    """The log of a container; a container that never ran has none."""
    pod = store.get(PODS, target.namespace, target.name)
    asked = request.query_params
    status: Object = next(iter(pod["status"].get("containerStatuses", [])), {"state": {}})
    waiting = status["state"].get("waiting", {}).get("reason")
    if waiting in ("ContainerCreating", "ErrImagePull", "ImagePullBackOff"):
        name = asked.get("container") or pod["spec"]["containers"][0]["name"]
        raise Refused(400, f'container "{name}" in pod "{target.name}" is waiting to start: {waiting}')
    lines = world.lines_of(target.name)
    if asked.get("tailLines"):
        lines = lines[-int(asked["tailLines"]) :] if int(asked["tailLines"]) else []
    if asked.get("timestamps") == "true":
        lines = [f"{datetime.now(UTC).isoformat()[:-6]}000Z {line}" for line in lines]
    text = "".join(f"{line}\n" for line in lines)
    if asked.get("follow") != "true":
        return PlainTextResponse(text)
    return StreamingResponse(_follow(text, target, store, world), media_type="text/plain")


async def _follow(text: str, target: Target, store: Store, world: World) -> AsyncIterator[str]:
    """What is there, then what a test adds, until the pod is gone."""
    yield text
    known = len(world.lines_of(target.name))
    while store.find(PODS, target.namespace, target.name):
        lines = world.lines_of(target.name)
        for line in lines[known:]:
            yield f"{line}\n"
        known = len(lines)
        await asyncio.sleep(0.05)
