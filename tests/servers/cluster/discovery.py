"""What the API says of itself: versions, resources, and an OpenAPI document per group."""

from itertools import groupby
from typing import Any

from servers.cluster.kinds import RESOURCES, Resource

VERSION = {"major": "1", "minor": "37", "gitVersion": "v1.37.1-double", "platform": "linux/amd64"}
AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
_VERBS = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"]
# What a subresource takes, where that is not the kind of its resource.
_KINDS = {
    "scale": ("autoscaling", "v1", "Scale"),
    "eviction": ("policy", "v1", "Eviction"),
    "exec": ("", "v1", "PodExecOptions"),
    "portforward": ("", "v1", "PodPortForwardOptions"),
    "proxy": ("", "v1", "PodProxyOptions"),
}


def groups(*, core: bool) -> dict[str, Any]:
    """The aggregated discovery document of /api (the core group) or /apis (all others)."""
    wanted = [r for r in RESOURCES.values() if (r.group == "") is core]
    items = [
        {
            "metadata": {"name": group or None},
            "versions": [_version(v, list(of)) for v, of in _by_version(found)],
        }
        for group, found in groupby(wanted, lambda r: r.group)
    ]
    return {
        "kind": "APIGroupDiscoveryList",
        "apiVersion": "apidiscovery.k8s.io/v2",
        "metadata": {},
        "items": items,
    }


def _by_version(found: Any) -> Any:
    return groupby(found, lambda r: r.version)


def _version(version: str, found: list[Resource]) -> dict[str, Any]:
    return {"version": version, "freshness": "Current", "resources": [_described(one) for one in found]}


def _described(one: Resource) -> dict[str, Any]:
    return {
        "resource": one.plural,
        "responseKind": {"group": one.group, "version": one.version, "kind": one.kind},
        "scope": "Namespaced" if one.namespaced else "Cluster",
        "singularResource": one.kind.lower(),
        "verbs": ["create"] if one.group == "authorization.k8s.io" else _VERBS,
        "shortNames": list(one.short),
        "categories": ["all"] if one.in_all else [],
        "subresources": [_subresource(one, name) for name in one.subresources],
    }


def _subresource(one: Resource, name: str) -> dict[str, Any]:
    group, version, kind = _KINDS.get(name, (one.group, one.version, one.kind))
    response = {"group": group, "version": version, "kind": kind}
    return {"subresource": name, "responseKind": response, "verbs": ["create", "get", "patch", "update"]}


def resource_list(api_version: str) -> dict[str, Any] | None:
    """The older document of one group and version; `drain` reads it. None where there is no such version."""
    found = [r for r in RESOURCES.values() if r.api_version == api_version]
    resources = [_older(one, "", one.group, one.version, one.kind) for one in found]
    resources += [
        _older(one, f"/{name}", *_KINDS.get(name, (one.group, one.version, one.kind)))
        for one in found
        for name in one.subresources
    ]
    listed = {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": api_version}
    return {**listed, "resources": resources} if found else None


def _older(one: Resource, suffix: str, group: str, version: str, kind: str) -> dict[str, Any]:
    of = {"name": one.plural + suffix, "singularName": one.kind.lower(), "namespaced": one.namespaced}
    return {**of, "group": group, "version": version, "kind": kind, "verbs": _VERBS}


def openapi_paths() -> dict[str, Any]:
    """/openapi/v3: where the document of each group is."""
    names = {f"apis/{r.api_version}" if r.group else f"api/{r.version}" for r in RESOURCES.values()}
    return {"paths": {n: {"serverRelativeURL": f"/openapi/v3/{n}?hash=double"} for n in sorted(names)}}


def openapi(api_version: str) -> dict[str, Any]:
    """The document of a group: its kinds, and that the server checks fields. It has no schemas."""
    found = [r for r in RESOURCES.values() if r.api_version == api_version]
    prefix = f"/apis/{api_version}" if "/" in api_version else f"/api/{api_version}"
    asked = [{"name": n, "in": "query", "schema": {"type": "string"}} for n in ("dryRun", "fieldValidation")]
    paths = {}
    for one in found:
        kind = {"group": one.group, "version": one.version, "kind": one.kind}
        at = f"{prefix}/namespaces/{{namespace}}/{one.plural}" if one.namespaced else f"{prefix}/{one.plural}"
        action = {"x-kubernetes-group-version-kind": kind, "parameters": asked, "responses": {}}
        paths[f"{at}/{{name}}"] = {"patch": {**action, "x-kubernetes-action": "patch"}}
    return {"openapi": "3.0.0", "info": {"title": "Kubernetes", "version": "v1.37.1"}, "paths": paths,
            "components": {"schemas": {}}}  # fmt: skip
