"""Label and field selectors."""

import re
from typing import Any

_SET = re.compile(r"^\s*(\S+)\s+(in|notin)\s+\(([^)]*)\)\s*$")


def matches_labels(selector: str, labels: dict[str, str]) -> bool:
    """Whether labels fit a selector such as `app=x,tier!=db,env in (a,b),!old`."""
    return all(_label(term, labels) for term in re.split(r",(?![^(]*\))", selector) if term.strip())


def _label(term: str, labels: dict[str, str]) -> bool:
    if found := _SET.match(term):
        name, how, listed = found.groups()
        return (labels.get(name) in [v.strip() for v in listed.split(",")]) == (how == "in")
    for sign, wanted in (("!=", False), ("==", True), ("=", True)):
        if sign in term:
            name, _, value = term.partition(sign)
            return (labels.get(name.strip()) == value.strip()) is wanted
    name = term.strip()
    return name[1:] not in labels if name.startswith("!") else name in labels


def matches_fields(selector: str, body: dict[str, Any]) -> bool:
    """Whether an object fits `metadata.name=x,status.phase!=Running`."""
    for term in filter(None, selector.split(",")):
        negated = "!=" in term
        path, _, value = term.partition("!=" if negated else "=")
        if (_field(body, path) == value.lstrip("=")) is negated:
            return False
    return True


def _field(body: Any, path: str) -> str:
    for part in path.split("."):
        body = body.get(part, "") if isinstance(body, dict) else ""
    return str(body)


def matches(selector: dict[str, Any] | None, labels: dict[str, str]) -> bool:
    """Whether labels fit a LabelSelector object; an absent one fits nothing."""
    if selector is None:
        return False
    plain = selector.get("matchLabels", {})
    asked = [f"{e['key']} {e['operator'].lower()} ({','.join(e.get('values', []))})" if e.get("values") else
             {"Exists": e["key"], "DoesNotExist": f"!{e['key']}"}[e["operator"]]
             for e in selector.get("matchExpressions", [])]  # fmt: skip
    return all(labels.get(k) == v for k, v in plain.items()) and all(_label(t, labels) for t in asked)
