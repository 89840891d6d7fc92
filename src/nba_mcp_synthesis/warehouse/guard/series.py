"""How many values range(…) and generate_series(…) make, from what stands in the statement."""

from typing import Any

from nba_mcp_synthesis.warehouse.guard import times
from nba_mcp_synthesis.warehouse.guard.literals import number, text

_DATES = ("DATE", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE")
_NUMBERS = ("DOUBLE", "INTEGER", "BIGINT")  # another type could make another number of it


def length(arguments: list[Any]) -> int | None:
    """The number of values, at most; None where the statement does not say it."""
    if len(arguments) == 3 and _is_cast(arguments[0], _DATES):
        first, last, step = _moment(arguments[0]), _moment(arguments[1]), _interval(arguments[2])
    else:
        bounds = [number(argument) for argument in arguments]
        first, last, step = {1: [0, *bounds, 1], 2: [*bounds, 1], 3: bounds}.get(len(bounds), [None] * 3)
    if first is None or last is None or not step:
        return None
    return abs(last - first) // abs(step) + 1


def _moment(node: Any) -> int | None:
    """Seconds since year 1 of a date or time that stands in the statement."""
    return times.moment(text(node["child"])) if _is_cast(node, _DATES) else None


def _interval(node: Any) -> int | None:
    """The seconds of INTERVAL '2 days' or INTERVAL 2 DAY, at least."""
    if not isinstance(node, dict):
        return None
    if _is_cast(node, ("INTERVAL",)):
        return times.interval(text(node["child"]))
    unit = str(node.get("function_name")).removeprefix("to_").removesuffix("s")
    count = _count(node["children"]) if unit in times.SECONDS else None
    return None if count is None else count * times.SECONDS[unit]


def _count(children: list[Any]) -> int | None:
    """The 2 of INTERVAL 2 DAY, which the parser wraps into casts and a trunc."""
    node: Any = children[0] if len(children) == 1 else None
    while isinstance(node, dict) and node.get("class") != "CONSTANT":
        if _is_cast(node, _NUMBERS):
            node = node["child"]
        elif node.get("function_name") == "trunc" and len(node["children"]) == 1:
            node = node["children"][0]
        else:
            return None
    return number(node)


def _is_cast(node: Any, types: tuple[str, ...]) -> bool:
    return isinstance(node, dict) and node.get("class") == "CAST" and node["cast_type"]["id"] in types
