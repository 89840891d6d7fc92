"""Values that stand in the statement: numbers, texts, moments and intervals."""

from typing import Any

from nba_mcp_synthesis.warehouse.guard import times

_MOMENTS = ("date", "timestamp", "timestamptz")


def number(node: Any) -> int | None:
    """A whole number; None for anything else."""
    match node:
        case {"A_Const": {"ival": {"ival": int(found)}}}:
            return found
        case {"A_Const": {"ival": {}}}:  # nought is left out
            return 0
        case {"A_Const": {"fval": {"fval": str(text)}}} if text.isdecimal():
            return int(text)
        case {"A_Expr": {"kind": "AEXPR_OP", "name": [{"String": {"sval": "-"}}], "rexpr": right, **rest}}:
            found_right = number(right) if "lexpr" not in rest else None
            return None if found_right is None else -found_right
    return None


def text(node: Any) -> str | None:
    """A text; None for anything else."""
    match node:
        case {"A_Const": {"sval": {**found}}}:
            return str(found.get("sval", ""))
    return None


def moment(node: Any) -> int | None:
    """Seconds since year 1 of a date or time that stands in the statement."""
    return times.moment(text(_cast(node, _MOMENTS)))


def interval(node: Any) -> int | None:
    """The seconds of INTERVAL '2 days', at least."""
    return times.interval(text(_cast(node, ("interval",))))


def _cast(node: Any, types: tuple[str, ...]) -> Any:
    """What is cast to one of these types."""
    match node:
        case {"TypeCast": {"arg": arg, "typeName": {"names": [*_, {"String": {"sval": str(name)}}], **rest}}}:
            return arg if name in types and "typmods" not in rest and "arrayBounds" not in rest else None
    return None
