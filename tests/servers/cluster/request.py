"""A request, taken apart: which resource, which object, which verb."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from starlette.requests import Request

from servers.cluster.kinds import RESOURCES, Resource
from servers.cluster.statuses import Refused

_VERBS = {"POST": "create", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}


@dataclass(frozen=True)
class Target:
    """What a path names; name and subresource are empty where it has none."""

    resource: Resource
    namespace: str
    name: str
    subresource: str
    rest: str


def target_of(path: str) -> Target:
    """What a path below /api or /apis names."""
    parts = path.strip("/").split("/")
    group, parts = ("", parts[1:]) if parts[0] == "api" else ((parts[1:] or [""])[0], parts[2:])
    version, parts = (parts or [""])[0], parts[1:]
    if not parts:
        raise Refused(404, "the server could not find the requested resource")
    namespace = ""
    if parts[0] == "namespaces" and len(parts) > 2 and parts[2] not in ("status", "finalize"):
        namespace, parts = parts[1], parts[2:]
    resource = RESOURCES.get((group, version, parts[0]))
    if resource is None:
        raise Refused(404, "the server could not find the requested resource", reason="NotFound")
    name, subresource = [*parts[1:], "", ""][:2]
    return Target(resource, namespace, name, subresource, "/".join(parts[3:]))


def is_dry(request: Request, sent: Any) -> bool:
    """Whether nothing is to change; a deletion and an eviction say it in their body."""
    options = sent.get("deleteOptions", sent) if isinstance(sent, dict) else {}
    return "All" in (request.query_params.get("dryRun"), *((options or {}).get("dryRun") or ()))


def verb_of(method: str, target: Target, query: str) -> str:
    """The verb that authorization knows."""
    if method in _VERBS:
        return "deletecollection" if method == "DELETE" and not target.name else _VERBS[method]
    asked = parse_qs(query)
    if asked.get("watch", [""])[0] in ("1", "true"):
        return "watch"
    return "get" if target.name else "list"


def resource_name(target: Target) -> str:
    """The resource as rules name it: pods/log."""
    return f"{target.resource.plural}/{target.subresource}" if target.subresource else target.resource.plural
