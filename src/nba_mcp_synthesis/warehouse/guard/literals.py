"""Numbers and text that stand in a statement, read from the parse tree."""

from typing import Any


def number(node: Any) -> int | None:
    """The whole number that an expression is, with its sign; None for anything else."""
    if isinstance(node, dict) and node.get("function_name") == "-" and len(node["children"]) == 1:
        inner = number(node["children"][0])
        return None if inner is None else -inner
    value = _value(node, ("INTEGER", "BIGINT"))
    return value if isinstance(value, int) else None


def text(node: Any) -> str | None:
    """The text that an expression is; None for anything else."""
    value = _value(node, ("VARCHAR",))
    return value if isinstance(value, str) else None


def _value(node: Any, types: tuple[str, ...]) -> Any:
    if (
        not isinstance(node, dict)
        or node.get("class") != "CONSTANT"
        or node["value"]["type"]["id"] not in types
    ):
        return None
    return node["value"].get("value")
