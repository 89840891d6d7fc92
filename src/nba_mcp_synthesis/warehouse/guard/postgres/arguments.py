"""Arguments that decide over memory and time: they have to stand in the statement, below a limit."""

import re
from typing import Any

from nba_mcp_synthesis.errors import QueryRefused
from nba_mcp_synthesis.warehouse.guard.lists import load
from nba_mcp_synthesis.warehouse.guard.postgres.constants import interval, moment, number, text
from nba_mcp_synthesis.warehouse.guard.sizes import check_size

_LISTS = load("postgres/arguments.toml")
_SIZES, _LIMITS, _TYPE_SIZES = _LISTS["sizes"], _LISTS["limits"], _LISTS["types"]
# A width given by another argument: `%*s`, `%1$*2$s`.
_WIDTH_ELSEWHERE = re.compile(r"%[^a-zA-Z%]*\*")


class Sizes:
    """The sizes of all calls in one statement: each has a limit, and those that multiply one together."""

    def __init__(self) -> None:
        self._product = 1

    def check(self, name: str, node: dict[str, Any]) -> None:
        """Raises QueryRefused where a call could take too much."""
        if name in _SIZES:
            self._check_size(name, node)
        elif name == "generate_series":
            _check_series(node)
        elif name == "format":
            _check_width(node)

    def _check_size(self, name: str, node: dict[str, Any]) -> None:
        arguments, at, most = _arguments(name, node), _SIZES[name]["at"], _SIZES[name]["most"]
        if len(arguments) < at:
            return
        size = check_size(name, at, number(arguments[at - 1]), most)
        self._product *= max(1, size) if _SIZES[name].get("multiplies") else 1
        if self._product > _LIMITS["together"]:
            raise QueryRefused(
                f"The calls of {name} in this statement could multiply to more than {_LIMITS['together']:,}.",
                "Use fewer of them, or smaller numbers.",
            )


def check_type(name: str, node: dict[str, Any]) -> None:
    """Raises QueryRefused for a data type that fills values up to a size."""
    for given in node.get("typmods", ()):
        size = number(given)
        if name in _TYPE_SIZES and (size is None or size > _TYPE_SIZES[name]):
            raise QueryRefused(
                f"The data type {name} may have at most {_TYPE_SIZES[name]:,} places.", "Use text or varchar."
            )


def _arguments(name: str, node: dict[str, Any]) -> list[Any]:
    found: list[Any] = node.get("args", [])
    if node.get("func_variadic") or any("NamedArgExpr" in argument for argument in found):
        raise QueryRefused(
            f"{name} has to be called with every argument written out, in order.", f"Write {name}(…)."
        )
    return found


def _check_series(node: dict[str, Any]) -> None:
    values = _length(_arguments("generate_series", node))
    if values is None or values > _LIMITS["series"]:
        raise QueryRefused(
            "The bounds of generate_series decide how many values it makes, so they have to be numbers, or "
            f"dates with an INTERVAL, in the statement, for at most {_LIMITS['series']:,} values.",
            "Write generate_series(1, 100) or "
            "generate_series(DATE '2025-01-01', DATE '2025-12-31', INTERVAL '1 day').",
        )


def _length(arguments: list[Any]) -> int | None:
    """The number of values, at most; None where the statement does not say it."""
    first, last, step = [*arguments, None, None, None][:3]
    numbers = number(first), number(last), number(step) if len(arguments) > 2 else 1
    if any(part is None for part in numbers):
        numbers = moment(first), moment(last), interval(step)
    begin, end, by = numbers
    return abs(end - begin) // abs(by) + 1 if begin is not None and end is not None and by else None


def _check_width(node: dict[str, Any]) -> None:
    arguments = _arguments("format", node)
    pattern = text(arguments[0]) if arguments else ""
    widest = max((int(n) for n in re.findall(r"\d{1,9}", pattern or "")), default=0)
    if pattern is None or widest > _LIMITS["width"] or _WIDTH_ELSEWHERE.search(pattern):
        raise QueryRefused(
            "The pattern of format decides how long its result is, so it has to be text in the statement, "
            f"with widths of at most {_LIMITS['width']:,} written as numbers.",
            "Write the pattern out, such as format('%5s', points).",
        )
