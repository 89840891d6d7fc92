"""The objects of the double, and the log of their changes that watches read."""

import copy
import json
import threading
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from servers.cluster.kinds import RESOURCES, Resource, resource_of
from servers.cluster.statuses import already_exists, conflict, not_found

Object = dict[str, Any]
Key = tuple[str, str, str, str]  # group, plural, namespace, name


def now() -> str:
    """The time as the API writes it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True)
class Change:
    """What happened to an object: ADDED, MODIFIED or DELETED."""

    version: int
    kind: str
    key: Key
    body: Object


class Store:
    """Objects by key. Every method may be called from any thread; what it gives is a copy."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.version = 100
        self.changes: list[Change] = []
        self._objects: dict[Key, Object] = {}
        self.applied: dict[tuple[Key, str], Object] = {}  # what each manager applied last

    def key(self, resource: Resource, namespace: str, name: str) -> Key:
        """The key of an object."""
        return resource.group, resource.plural, namespace if resource.namespaced else "", name

    def find(self, resource: Resource, namespace: str, name: str) -> Object | None:
        """An object, None where there is none."""
        with self.lock:
            return copy.deepcopy(self._objects.get(self.key(resource, namespace, name)))

    def get(self, resource: Resource, namespace: str, name: str) -> Object:
        """An object; raises the API's own refusal where there is none."""
        found = self.find(resource, namespace, name)
        if found is None:
            raise not_found(resource.full, name)
        return found

    def all(self, resource: Resource, namespace: str = "") -> list[Object]:
        """Objects of a namespace, or of all, by namespace and name."""
        with self.lock:
            found = [
                (key, body)
                for key, body in self._objects.items()
                if key[:2] == (resource.group, resource.plural) and (not namespace or key[2] == namespace)
            ]
            return [copy.deepcopy(body) for _, body in sorted(found, key=lambda pair: pair[0])]

    def create(self, resource: Resource, namespace: str, body: Object) -> Object:
        """Keeps a new object."""
        body = copy.deepcopy(body)
        meta = body.setdefault("metadata", {})
        if "name" not in meta and meta.get("generateName"):
            meta["name"] = meta["generateName"] + uuid.uuid4().hex[:5]
        if resource.namespaced:
            meta["namespace"] = namespace
        with self.lock:
            key = self.key(resource, namespace, meta["name"])
            if key in self._objects:
                raise already_exists(resource.full, meta["name"])
            meta |= {"uid": str(uuid.uuid4()), "creationTimestamp": now(), "generation": 1}
            body |= {"apiVersion": resource.api_version, "kind": resource.kind}
            return self._keep("ADDED", key, body)

    def replace(self, resource: Resource, body: Object, *, status: bool = False) -> Object:
        """Puts an object in the place of the one of its name; `status`: that part only."""
        body = copy.deepcopy(body)
        meta = body["metadata"]
        with self.lock:
            key = self.key(resource, meta.get("namespace", ""), meta["name"])
            old = self._objects.get(key)
            if old is None:
                raise not_found(resource.full, meta["name"])
            asked = meta.get("resourceVersion")
            if asked and asked != old["metadata"]["resourceVersion"]:
                raise conflict(resource.full, meta["name"])
            if status:
                body = {**copy.deepcopy(old), "status": body.get("status", {})}
            elif "status" in resource.subresources:
                body = {**body, **({"status": old["status"]} if "status" in old else {})}
            kept = ("uid", "creationTimestamp", "generation", "resourceVersion")
            body["metadata"] |= {name: old["metadata"][name] for name in kept}
            if _same(body, old):
                return copy.deepcopy(old)
            if body.get("spec") != old.get("spec"):
                body["metadata"]["generation"] += 1
            return self._keep("MODIFIED", key, body)

    def change(
        self, resource: Resource, namespace: str, name: str, edit: Callable[[Object], object]
    ) -> Object:
        """Edits an object in place, status included, as controllers do."""
        with self.lock:
            body = self.get(resource, namespace, name)
            edit(body)
            old = self._objects[self.key(resource, namespace, name)]
            if _same(body, old):
                return body
            if body.get("spec") != old.get("spec"):
                body["metadata"]["generation"] += 1
            return self._keep("MODIFIED", self.key(resource, namespace, name), body)

    def delete(self, resource: Resource, namespace: str, name: str) -> Object:
        """Removes an object and all that it owns."""
        with self.lock:
            body = self.get(resource, namespace, name)
            key = self.key(resource, namespace, name)
            del self._objects[key]
            self.applied = {k: v for k, v in self.applied.items() if k[0] != key}
            self._log("DELETED", key, body)
            for owned, one in list(self._owned(body["metadata"]["uid"])):
                self.delete(one, owned["metadata"].get("namespace", ""), owned["metadata"]["name"])
            return body

    def _owned(self, uid: str) -> Iterator[tuple[Object, Resource]]:
        for (group, plural, _, _), body in list(self._objects.items()):
            if any(ref["uid"] == uid for ref in body["metadata"].get("ownerReferences", [])):
                yield body, resource_of(plural, group)

    def empty_namespace(self, namespace: str) -> None:
        """Removes everything in a namespace."""
        for resource in RESOURCES.values():
            for body in self.all(resource, namespace) if resource.namespaced else []:
                if self.find(resource, namespace, body["metadata"]["name"]):
                    self.delete(resource, namespace, body["metadata"]["name"])

    def since(self, version: int) -> list[Change]:
        """The changes after a version."""
        with self.lock:
            return [change for change in self.changes if change.version > version]

    def _keep(self, what: str, key: Key, body: Object) -> Object:
        self._objects[key] = body
        self._log(what, key, body)
        return copy.deepcopy(body)

    def _log(self, what: str, key: Key, body: Object) -> None:
        self.version += 1
        body["metadata"]["resourceVersion"] = str(self.version)
        self.changes.append(Change(self.version, what, key, copy.deepcopy(body)))
        del self.changes[:-10_000]


def _same(one: Object, other: Object) -> bool:
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
