"""Objects of Kubernetes without what the API server added, so that they can be applied again."""

import copy
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

Object = dict[str, Any]


@cache
def rules() -> dict[str, Any]:
    """What is left out; see objects.toml."""
    return tomllib.loads(
        files("nba_mcp_synthesis.operations.backup").joinpath("objects.toml").read_text("utf-8")
    )


def is_kept(found: Object) -> bool:
    """Whether an object is somebody's, and not made by a controller or by the cluster."""
    owned = any(owner.get("controller") for owner in found["metadata"].get("ownerReferences", ()))
    name = f"{found['kind']}/{found['metadata']['name']}"
    return not owned and name not in rules()["own"] and found.get("type") not in rules()["secret_types"]


def cleaned(found: Object) -> Object:
    """A copy of an object with what somebody wanted, and nothing of what became of it."""
    kept = copy.deepcopy(found)
    fields = rules()["fields"]
    is_headless = kept.get("spec", {}).get("clusterIP") == "None"
    for path in [*fields["*"], *fields.get(kept["kind"], ())]:
        if not (is_headless and path.startswith("spec.clusterIP")):
            _remove(kept, path.split("."))
    annotations = kept["metadata"].get("annotations", {})
    for name in rules()["annotations"]:
        annotations.pop(name, None)
    if not annotations:
        kept["metadata"].pop("annotations", None)
    return kept


def _remove(inside: Any, path: list[str]) -> None:
    name, rest = path[0].removesuffix("[]"), path[1:]
    if not isinstance(inside, dict) or name not in inside:
        return
    if not rest:
        del inside[name]
        return
    for one in inside[name] if path[0].endswith("[]") else [inside[name]]:
        _remove(one, rest)
