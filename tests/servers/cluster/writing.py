"""Creating, replacing, patching, applying and deleting objects."""

import copy
from typing import Any

import jsonpatch
from starlette.requests import Request

from servers.cluster import patching
from servers.cluster.defaults import fill
from servers.cluster.kinds import resource_of
from servers.cluster.request import Target, is_dry
from servers.cluster.statuses import Refused, not_found
from servers.cluster.store import Object, Store, now
from servers.cluster.watching import selected
from servers.cluster.world import Asked, World

Answer = tuple[Any, int]
NAMESPACES = resource_of("namespaces")


class Writing:
    """The verbs that change something. With dryRun=All they answer the same and change nothing."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def write(self, request: Request, target: Target, sent: Any, world: World) -> Answer:
        """(answer, status code) of a request that writes."""
        dry = is_dry(request, sent)
        if request.method == "DELETE":
            return self._delete(request, target, dry=dry), 200
        if request.method == "PATCH":
            return self._patch(request, target, sent, dry=dry)
        body = dict(sent)
        if target.resource.kind == "SelfSubjectAccessReview":
            return _review(body, world), 201
        if request.method == "PUT":
            return self.put(target, fill(target.resource, body), dry=dry), 200
        return self.create(target, body, dry=dry), 201

    def create(self, target: Target, body: Object, *, dry: bool) -> Object:
        """A new object, in a namespace that exists."""
        namespace = target.namespace or body.get("metadata", {}).get("namespace", "")
        if target.resource.namespaced and self.store.find(NAMESPACES, "", namespace) is None:
            raise not_found("namespaces", namespace)
        body = fill(target.resource, body)
        if dry:
            there = self.store.find(target.resource, namespace, body["metadata"].get("name", ""))
            return (
                _pretended(body, namespace)
                if there is None
                else self.store.create(target.resource, namespace, body)
            )
        return self.store.create(target.resource, namespace, body)

    def put(self, target: Target, body: Object, *, dry: bool) -> Object:
        """An object in the place of the old one."""
        if target.resource.namespaced:
            body["metadata"].setdefault("namespace", target.namespace)
        if dry:
            return body
        return self.store.replace(target.resource, body, status=target.subresource == "status")

    def _patch(self, request: Request, target: Target, sent: Any, *, dry: bool) -> Answer:
        kind = request.headers.get("content-type", "").partition(";")[0]
        if kind == "application/apply-patch+yaml":
            return self._apply(request, target, sent, dry=dry)
        old = self.store.get(target.resource, target.namespace, target.name)
        return self.put(target, fill(target.resource, _patched(kind, target, old, sent)), dry=dry), 200

    def _apply(self, request: Request, target: Target, said: Object, *, dry: bool) -> Answer:
        manager = request.query_params.get("fieldManager", "")
        key = self.store.key(target.resource, target.namespace, target.name)
        old = self.store.find(target.resource, target.namespace, target.name)
        before = self.store.applied.get((key, manager), {})
        if old is None:
            answer = self.create(target, copy.deepcopy(said), dry=dry), 201
        else:
            made = fill(target.resource, patching.apply_patch(old, before, said))
            answer = self.put(target, made, dry=dry), 200
        if not dry:
            self.store.applied[key, manager] = said
        return answer

    def _delete(self, request: Request, target: Target, *, dry: bool) -> Any:
        namespace = target.namespace
        if not target.name:
            found = selected(self.store.all(target.resource, namespace), request)
            for body in found if not dry else []:
                self.store.delete(target.resource, namespace, body["metadata"]["name"])
            return {"kind": "Status", "apiVersion": "v1", "status": "Success"}
        body = self.store.get(target.resource, namespace, target.name)
        if dry:
            return body
        if target.resource.kind == "Namespace":
            self.store.empty_namespace(target.name)
        self.store.delete(target.resource, namespace, target.name)
        details = {"name": target.name, "kind": target.resource.plural, "uid": body["metadata"]["uid"]}
        return {"kind": "Status", "apiVersion": "v1", "status": "Success", "details": details}


def _patched(kind: str, target: Target, old: Object, patch: Any) -> Object:
    if kind == "application/json-patch+json":
        try:
            return patching.json_patch(old, patch)
        except (jsonpatch.JsonPatchException, jsonpatch.JsonPointerException) as error:
            raise Refused(422, f"the patch cannot be applied: {error}") from None
    if kind == "application/merge-patch+json":
        return dict(patching.merge_patch(old, patch))
    if kind == "application/strategic-merge-patch+json" and not target.resource.is_custom:
        return dict(patching.strategic_merge(old, patch))
    raise Refused(415, "the body of the request was in an unknown format")


def _pretended(body: Object, namespace: str) -> Object:
    meta = {"uid": "0", "creationTimestamp": now(), "generation": 1, "resourceVersion": ""}
    placed = {"namespace": namespace} if namespace else {}
    return {**body, "metadata": {**body["metadata"], **placed, **meta}}


def _review(body: Object, world: World) -> Object:
    asked = body["spec"].get("resourceAttributes", {})
    name = asked.get("resource", "") + (f"/{asked['subresource']}" if asked.get("subresource") else "")
    verb, group, namespace, of = (asked.get(field, "") for field in ("verb", "group", "namespace", "name"))
    allowed = not world.is_forbidden(Asked(verb, group, name, namespace, of))
    return {**body, "status": {"allowed": allowed}}
