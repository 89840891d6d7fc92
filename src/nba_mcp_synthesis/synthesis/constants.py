"""Arithmetic of a query that comes to the same number whatever the data are: `25 * COUNT(*) / COUNT(*)`.

Such arithmetic is computed twice, with other numbers in place of what is read each time. Who hides a number
better than that (`25 * MAX(x) / MIN(x)` over one row) is not found out here.
"""

import math
from zlib import crc32

from sqlglot import exp

from nba_mcp_synthesis.synthesis.literals import is_condition, is_counted

_ARITHMETIC = (exp.Add, exp.Sub, exp.Mul, exp.Div, exp.IntDiv, exp.Mod, exp.Pow)
_BITWISE = (
    exp.BitwiseAnd, exp.BitwiseOr, exp.BitwiseXor, exp.BitwiseNot, exp.BitwiseLeftShift,
    exp.BitwiseRightShift,
)  # fmt: skip
# What has the value of what it holds, as far as this matters here.
_SAME = (
    exp.Paren, exp.Round, exp.Abs, exp.Floor, exp.Ceil, exp.Coalesce, exp.Nullif, exp.Alias, exp.Greatest,
    exp.Least, exp.Cast, exp.IgnoreNulls,
)  # fmt: skip
# Of a flag, these give a flag again.
_PICKED = (exp.Max, exp.Min, exp.AnyValue, exp.First)
_FLAGS = (exp.Predicate, exp.Boolean, exp.Sign)


def makes_values(tree: exp.Expr) -> bool:
    """Whether a query returns numbers that depend on nothing that it reads."""
    numeric = [node for node in tree.find_all(*_ARITHMETIC) if not is_condition(node)]
    hidden = [node for node in tree.find_all(*_BITWISE) if not is_condition(node)]
    return bool(hidden) or any(map(_is_constant, numeric)) or any(map(_is_flag, tree.find_all(exp.Cast)))


def _is_constant(node: exp.Expr) -> bool:
    try:
        return math.isclose(_value(node, 1), _value(node, 2), rel_tol=1e-9)
    except (ArithmeticError, ValueError):
        return True


def _is_flag(cast: exp.Cast) -> bool:
    """`(pts > 0)::INT`: a condition as a number, of which nothing but its count or average says something."""
    inner = cast.this.unnest()
    is_number = isinstance(inner, exp.Predicate | exp.Boolean) and not cast.is_type(
        "boolean", "varchar", "text"
    )
    return is_number and not is_condition(cast) and not is_counted(cast)


def _value(node: exp.Expr, turn: int) -> float:
    """What a node comes to, with made-up numbers for what it reads."""
    if isinstance(node, exp.Literal):
        return float(node.name)
    if isinstance(node, exp.Neg):
        return -_value(node.this, turn)
    if isinstance(node, _ARITHMETIC):
        return _computed(node, _value(node.this, turn), _value(node.expression, turn))
    if isinstance(node, _SAME) or (isinstance(node, _PICKED) and _is_choice(node.this)):
        return _value(node.this, turn)
    return 1.0 if isinstance(node, _FLAGS) or _is_choice(node) else _read(node, turn)


def _is_choice(node: exp.Expr) -> bool:
    """`CASE WHEN … THEN 1 ELSE 0 END`: a choice between values of the query's own."""
    if not isinstance(node, exp.Case | exp.If):
        return isinstance(node, _FLAGS)
    chosen = [branch.args.get("true") for branch in node.args.get("ifs", [node])]
    chosen += [node.args.get("default"), node.args.get("false")]
    return all(value is None or value.find(exp.Column, exp.Select) is None for value in chosen)


def _read(node: exp.Expr, turn: int) -> float:
    """The same number for the same reading; counts without a condition count the same rows."""
    is_plain_count = isinstance(node, exp.Count) and isinstance(
        node.this, exp.Star | exp.Literal | exp.Column
    )
    told = "count" if is_plain_count else node.sql().casefold()
    return 1.0 + turn * (crc32(told.encode()) % 9973) / 997


def _computed(node: exp.Expr, left: float, right: float) -> float:
    if isinstance(node, exp.Add):
        return left + right
    if isinstance(node, exp.Sub):
        return left - right
    if isinstance(node, exp.Mul):
        return left * right
    if isinstance(node, exp.Pow):
        return float(left**right)
    return math.fmod(left, right) if isinstance(node, exp.Mod) else left / right
