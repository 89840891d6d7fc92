"""Arguments that decide over memory and time: they have to stand in the statement, below a limit."""

import re
from typing import Any

from nba_mcp_synthesis.errors import QueryRefused
from nba_mcp_synthesis.warehouse.guard.lists import Functions, fold, load
from nba_mcp_synthesis.warehouse.guard.literals import number, text
from nba_mcp_synthesis.warehouse.guard.series import length
from nba_mcp_synthesis.warehouse.guard.sizes import check_size

_LISTS = load("arguments.toml")
_SIZES, _LIMITS = _LISTS["sizes"], _LISTS["limits"]
_BY_NAME = frozenset(_LISTS["by_name"]["functions"])
_SCHEMAS = ("main", "pg_catalog", "information_schema")
# A width given by another argument: `%*d`, `{:{}}`.
_WIDTH_ELSEWHERE = re.compile(r"%[^a-zA-Z%]*\*|\{[^}]*\{")


def check(name: str, node: dict[str, Any], functions: Functions) -> None:
    """Raises QueryRefused where the call could take too much, or calls a function by a name in text."""
    if name in _SIZES:
        _check_size(name, node)
    elif name in ("range", "generate_series"):
        _check_series(name, node)
    elif name in ("format", "printf"):
        _check_width(name, node)
    elif name in _BY_NAME:
        _check_named(name, node, functions)


def check_array(node: dict[str, Any]) -> None:
    """Raises QueryRefused for an array type that is too long."""
    if node["size"] > _LIMITS["array"]:
        raise QueryRefused(
            f"An array type may have at most {_LIMITS['array']:,} elements.",
            "Use a list type, such as INTEGER[].",
        )


def _arguments(name: str, node: dict[str, Any]) -> list[Any]:
    """The arguments in the order of the definition: in `full_name.lpad(20, ' ')` the column is the first."""
    found: list[Any] = node["children"]
    unpacked = any(isinstance(c, dict) and c.get("type") == "OPERATOR_UNPACK" for c in found)
    if unpacked or fold(node.get("schema") or "") in _SCHEMAS:
        raise QueryRefused(
            f"{name} has to be called by its bare name, with every argument written out.", f"Write {name}(…)."
        )
    return [None, *found] if node.get("schema") else found


def _check_size(name: str, node: dict[str, Any]) -> None:
    arguments, at, most = _arguments(name, node), _SIZES[name]["at"], _SIZES[name]["most"]
    if len(arguments) < at:
        return
    check_size(name, at, number(arguments[at - 1]), most)


def _check_series(name: str, node: dict[str, Any]) -> None:
    values = length(_arguments(name, node))
    last = 1 if name == "range" else 0  # which range leaves out
    if values is None or values - last > _LIMITS["series"]:
        raise QueryRefused(
            f"The bounds of {name} decide how many values it makes, so they have to be numbers, or dates "
            f"with an INTERVAL, in the statement, for at most {_LIMITS['series']:,} values.",
            f"Write {name}(1, 100) or {name}(DATE '2025-01-01', DATE '2025-12-31', INTERVAL 1 DAY).",
        )


def _check_width(name: str, node: dict[str, Any]) -> None:
    arguments = _arguments(name, node)
    pattern = text(arguments[0]) if arguments else ""
    widest = max((int(n) for n in re.findall(r"\d{1,9}", pattern or "")), default=0)
    if pattern is None or widest > _LIMITS["width"] or _WIDTH_ELSEWHERE.search(pattern):
        raise QueryRefused(
            f"The pattern of {name} decides how long its result is, so it has to be text in the statement, "
            f"with widths of at most {_LIMITS['width']:,} written as numbers.",
            f"Write the pattern out, such as {name}('{'%5d' if name == 'printf' else '{:>5}'}', points).",
        )


def _check_named(name: str, node: dict[str, Any], functions: Functions) -> None:
    arguments = _arguments(name, node)
    called = text(arguments[1]) if len(arguments) > 1 else ""
    if called is None or (fold(called) in _SIZES and len(arguments) > 2):
        raise QueryRefused(
            f"{name} calls the function that its second argument names, which has to stand there as text.",
            f"Write {name}(values, 'sum'), or list_sum(values).",
        )
    functions.check(fold(called), "function")
