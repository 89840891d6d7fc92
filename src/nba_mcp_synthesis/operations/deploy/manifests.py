"""The manifests of an overlay: rendered, with the image's digest, and compared with what is there."""

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from nba_mcp_synthesis.connectors.kubectl import KubectlConnector
from nba_mcp_synthesis.errors import UsageError
from nba_mcp_synthesis.operations.deploy.names import APP, CAUSE, MANAGER

Object = dict[str, Any]
_APPLY = ("apply", "--server-side", "--force-conflicts", f"--field-manager={MANAGER}", "-f", "-")
_SECONDS = 60.0
# Kinds that grant rights, bound them, or belong to the whole cluster: whoever deploys need not be able to.
ADMINISTRATORS = frozenset(
    {
        "ClusterRole",
        "ClusterRoleBinding",
        "CustomResourceDefinition",
        "LimitRange",
        "Namespace",
        "PriorityClass",
        "ResourceQuota",
        "Role",
        "RoleBinding",
        "ServiceAccount",
        "StorageClass",
        "ValidatingAdmissionPolicy",
        "ValidatingAdmissionPolicyBinding",
    }
)
# What the server writes into an object by itself.
_OF_SERVER = ("managedFields", "resourceVersion", "generation", "uid", "creationTimestamp")


def render(kubectl: KubectlConnector, overlay: Path, image: str, cause: str) -> list[Object]:
    """The objects of an overlay, with this image wherever the deployment's own stands, and the cause."""
    if not overlay.is_dir():
        raise UsageError(
            f"There is no overlay {overlay}.", "Run this in a checkout, or name one with --overlay."
        )
    objects = [one for one in yaml.safe_load_all(kubectl.run("kustomize", str(overlay))) if one]
    deployment = next((o for o in objects if (o["kind"], o["metadata"]["name"]) == ("Deployment", APP)), None)
    if deployment is None:
        raise UsageError(f"The overlay {overlay} has no Deployment {APP}.")
    placeholder = _repository(container_of(deployment)["image"])
    for container in (found for one in objects for found in _containers(one)):
        if _repository(container.get("image", "")) == placeholder:
            container["image"] = image
    deployment["metadata"].setdefault("annotations", {})[CAUSE] = cause
    return objects


def of_administrators(objects: list[Object]) -> tuple[list[Object], list[Object]]:
    """(what a deployment applies, what an administrator does): rights, quotas and what is the cluster's."""
    theirs = [one for one in objects if one["kind"] in ADMINISTRATORS]
    return [one for one in objects if one not in theirs], theirs


def absent(kubectl: KubectlConnector, objects: list[Object]) -> list[str]:
    """Those objects that are not there, in words; raises KubectlFailed where they may not be looked at."""
    there = kubectl.json("get", "-f", "-", "--ignore-not-found", stdin=_stream(objects), seconds=_SECONDS)
    known = {_key(one)[::2] for one in _listed(there)}
    return [_called(one) for one in objects if _key(one)[::2] not in known]


def apply(kubectl: KubectlConnector, objects: list[Object]) -> None:
    """Applies all of them, once; raises KubectlFailed with the first that was refused."""
    kubectl.run(*_APPLY, stdin=_stream(objects), seconds=_SECONDS)


def changes(kubectl: KubectlConnector, objects: list[Object]) -> list[str]:
    """What applying them would create or change, in words, as the server says without doing it."""
    after = _listed(kubectl.json(*_APPLY, "--dry-run=server", stdin=_stream(objects), seconds=_SECONDS))
    there = kubectl.json("get", "-f", "-", "--ignore-not-found", stdin=_stream(objects), seconds=_SECONDS)
    before = {_key(one): one for one in _listed(there)}
    told = []
    for one in after:
        old = before.get(_key(one))
        if old is None:
            told.append(f"create {_called(one)}")
        elif paths := _differences(_essence(old), _essence(one), ""):
            told.append(f"change {_called(one)}: {', '.join(paths[:5])}")
    return told


def image_patch(deployment: Object, image: str) -> dict[str, list[Object]]:
    """The containers of a deployment that have the service's image, with another one; by kind of list."""
    spec = deployment["spec"]["template"]["spec"]
    ours = _repository(container_of(deployment)["image"])
    found: dict[str, list[Object]] = {}
    for kind in ("initContainers", "containers"):
        old = [c for c in spec.get(kind, []) if _repository(c["image"]) == ours and c["image"] != image]
        found |= {kind: [{"name": c["name"], "image": image} for c in old]} if old else {}
    return found


def container_of(deployment: Object) -> Object:
    """The service's container in a deployment; raises UsageError where there is none."""
    for container in deployment["spec"]["template"]["spec"]["containers"]:
        if container["name"] == APP:
            return dict(container)
    raise UsageError(f"The deployment has no container {APP}.")


def _containers(body: Any) -> Iterator[Object]:
    """Every container, however deep."""
    if isinstance(body, dict):
        for name, value in body.items():
            if name in ("containers", "initContainers") and isinstance(value, list):
                yield from (one for one in value if isinstance(one, dict))
            yield from _containers(value)
    elif isinstance(body, list):
        for value in body:
            yield from _containers(value)


def _repository(image: str) -> str:
    """An image without its tag or digest."""
    name = image.partition("@")[0]
    head, _, last = name.rpartition("/")
    last = last.partition(":")[0]
    return f"{head}/{last}" if head else last


def _stream(objects: list[Object]) -> str:
    return "\n---\n".join(map(json.dumps, objects))


def _listed(answer: Object | None) -> list[Object]:
    if answer is None:
        return []
    return list(answer["items"]) if answer["kind"] == "List" else [answer]


def _key(body: Object) -> tuple[str, str, str]:
    return body["kind"], body["metadata"].get("namespace", ""), body["metadata"]["name"]


def _called(body: Object) -> str:
    return f"{body['kind']} {body['metadata']['name']}"


def _essence(body: Object) -> Object:
    """An object without what the server writes, and without why it was changed last."""
    body = copy.deepcopy({name: value for name, value in body.items() if name != "status"})
    meta = body["metadata"]
    for name in _OF_SERVER:
        meta.pop(name, None)
    annotations = meta.get("annotations", {})
    annotations.pop(CAUSE, None)
    if not annotations:
        meta.pop("annotations", None)
    return body


def _differences(old: Any, new: Any, path: str) -> list[str]:
    """The paths at which two objects differ; never their values."""
    if isinstance(old, dict) and isinstance(new, dict):
        names = sorted({*old, *new})
        return [
            found for n in names for found in _differences(old.get(n), new.get(n), f"{path}.{n}".lstrip("."))
        ]
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        pairs = enumerate(zip(old, new, strict=True))
        return [found for n, (a, b) in pairs for found in _differences(a, b, f"{path}[{n}]")]
    return [] if old == new else [path]
