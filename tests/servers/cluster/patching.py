"""The four kinds of patches: JSON patch, merge patch, strategic merge and server-side apply."""

import copy
from typing import Any

import jsonpatch

# By which field the items of a list are the same thing. Lists that are not here are replaced whole.
_KEYS: dict[str, tuple[str, ...]] = {
    "containers": ("name",),
    "initContainers": ("name",),
    "volumes": ("name",),
    "env": ("name",),
    "imagePullSecrets": ("name",),
    "secrets": ("name",),
    "ports": ("containerPort", "port"),
    "volumeMounts": ("mountPath",),
    "conditions": ("type",),
    "ownerReferences": ("uid",),
    "hostAliases": ("ip",),
    "taints": ("key",),
    "topologySpreadConstraints": ("topologyKey",),
}


def json_patch(body: dict[str, Any], patch: list[dict[str, Any]]) -> dict[str, Any]:
    """RFC 6902; raises jsonpatch's own errors."""
    return dict(jsonpatch.apply_patch(body, patch))


def merge_patch(body: Any, patch: Any) -> Any:
    """RFC 7386."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(body) if isinstance(body, dict) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = merge_patch(merged.get(name), value)
    return merged


def strategic_merge(body: Any, patch: Any, field: str = "") -> Any:
    """As merge_patch, but the items of known lists are merged by their key."""
    if isinstance(patch, list):
        return _merge_list(body if isinstance(body, list) else [], patch, field)
    if not isinstance(patch, dict):
        return patch
    if patch.get("$patch") == "replace":
        return {name: value for name, value in patch.items() if name != "$patch"}
    merged = dict(body) if isinstance(body, dict) else {}
    if kept := patch.get("$retainKeys"):
        merged = {name: value for name, value in merged.items() if name in kept}
    for name, value in patch.items():
        if name.startswith("$"):
            _direct(merged, name, value)
        elif value is None:
            merged.pop(name, None)
        else:
            merged[name] = strategic_merge(merged.get(name), value, name)
    return merged


def _direct(merged: dict[str, Any], directive: str, value: Any) -> None:
    """Follows a directive; the order of items is not kept, and nothing here depends on it."""
    how, _, of = directive.partition("/")
    if how == "$deleteFromPrimitiveList":
        merged[of] = [item for item in merged.get(of, []) if item not in value]


def _key(field: str, item: Any) -> tuple[str, Any] | None:
    found = [(key, item[key]) for key in _KEYS.get(field, ()) if isinstance(item, dict) and key in item]
    return found[0] if found else None


def _merge_list(body: list[Any], patch: list[Any], field: str) -> list[Any]:
    if field == "finalizers":
        return [*body, *(item for item in patch if item not in body)]
    if not patch or any(_key(field, item) is None for item in patch if "$patch" not in _names(item)):
        return copy.deepcopy(patch)
    if {"$patch": "replace"} in patch:
        return [item for item in patch if item != {"$patch": "replace"}]
    merged = list(body)
    for item in patch:
        places = [n for n, old in enumerate(merged) if _key(field, old) == _key(field, item)]
        if item.get("$patch") == "delete":
            merged = [old for n, old in enumerate(merged) if n not in places]
        elif places:
            merged[places[0]] = strategic_merge(merged[places[0]], item)
        else:
            merged.append(strategic_merge({}, item))
    return merged


def _names(item: Any) -> list[str]:
    return list(item) if isinstance(item, dict) else []


def apply_patch(body: dict[str, Any], before: dict[str, Any], now: dict[str, Any]) -> dict[str, Any]:
    """Server-side apply by one manager: what it said before and says no more goes, what it says now counts.

    Owners of fields are not kept: there are no conflicts, and what two managers said goes with either.
    """
    return dict(strategic_merge(_without(body, before, now), now))


def _without(body: Any, before: Any, now: Any, field: str = "") -> Any:
    if isinstance(body, dict) and isinstance(before, dict):
        now = now if isinstance(now, dict) else {}
        kept = {}
        for name, value in body.items():
            if name in before and name not in now and not isinstance(before[name], dict | list):
                continue
            if name in before and name not in now and not _left(value, before[name], name):
                continue
            kept[name] = _without(value, before[name], now.get(name), name) if name in before else value
        return kept
    if isinstance(body, list) and isinstance(before, list) and all(_key(field, item) for item in body):
        said, says = _by_key(before, field), _by_key(now if isinstance(now, list) else [], field)
        return [
            _without(item, said[key], says.get(key)) if key in said else item
            for item in body
            if (key := _key(field, item)) not in said or key in says
        ]
    return body


def _left(value: Any, before: Any, field: str) -> bool:
    """Whether anything stays of a map or list when all that was said before is taken away."""
    left = _without(value, before, None, field)
    return bool(left) and left != value


def _by_key(items: list[Any], field: str) -> dict[Any, Any]:
    return {_key(field, item): item for item in items if _key(field, item)}
