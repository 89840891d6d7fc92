"""Lists by selector, and watches."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

from starlette.requests import Request

from servers.cluster.request import Target
from servers.cluster.selectors import matches_fields, matches_labels
from servers.cluster.store import Object, Store
from servers.cluster.tables import table

_PAUSE = 0.02


def selected(found: list[Object], request: Request) -> list[Object]:
    """The objects that the selectors of a request fit."""
    return [body for body in found if fits(body, request)]


def fits(body: Object, request: Request) -> bool:
    """Whether the selectors of a request fit an object."""
    labels = body["metadata"].get("labels") or {}
    asked = request.query_params
    return matches_labels(asked.get("labelSelector", ""), labels) and matches_fields(
        asked.get("fieldSelector", ""), body
    )


async def watch(request: Request, target: Target, store: Store) -> AsyncIterator[bytes]:
    """Changes as JSON lines, beginning with what is there where the caller wants that."""
    asked = request.query_params
    since = int(asked.get("resourceVersion") or 0)
    initial = asked.get("sendInitialEvents") == "true"
    if initial or not since:
        with store.lock:
            there, since = store.all(target.resource, target.namespace), store.version
        for body in selected(there, request):
            yield _line("ADDED", body, request, since)
    if initial:
        yield _bookmark(target, since, request)
    deadline = asyncio.get_running_loop().time() + float(asked.get("timeoutSeconds") or 600)
    while asyncio.get_running_loop().time() < deadline:
        for change in store.since(since):
            since = change.version
            if _is_about(change.key, target):
                kind = change.kind if fits(change.body, request) else "DELETED"
                if kind == "DELETED" == change.kind or fits(change.body, request):
                    yield _line(kind, change.body, request, since)
        await asyncio.sleep(_PAUSE)


def _is_about(key: tuple[str, str, str, str], target: Target) -> bool:
    of = key[:2] == (target.resource.group, target.resource.plural)
    return of and target.namespace in ("", key[2]) and target.name in ("", key[3])


def _bookmark(target: Target, version: int, request: Request) -> bytes:
    ends = {"annotations": {"k8s.io/initial-events-end": "true"}}
    meta: dict[str, Any] = {"resourceVersion": str(version), **ends}
    body: Object = {"kind": target.resource.kind, "apiVersion": target.resource.api_version, "metadata": meta}
    if "as=Table" in request.headers.get("accept", ""):
        body = {
            "kind": "Table",
            "apiVersion": "meta.k8s.io/v1",
            "metadata": meta,
            "columnDefinitions": None,
            "rows": [],
        }
    return json.dumps({"type": "BOOKMARK", "object": body}).encode() + b"\n"


def _line(kind: str, body: Object, request: Request, version: int) -> bytes:
    shown: Any = body
    if "as=Table" in request.headers.get("accept", ""):
        whole = request.query_params.get("includeObject") == "Object"
        shown = table(body["kind"], [body], str(version), whole=whole)
    return json.dumps({"type": kind, "object": shown}).encode() + b"\n"
