"""The product's own SQL in the dialect of an engine: the one place where engines differ in what is written.

The product writes DuckDB's dialect. For another engine a statement is changed so that it gives the same
values: sqlglot knows the words, and the rules below what the words do not say.
"""

from collections.abc import Callable
from functools import lru_cache

import sqlglot
from sqlglot import exp

HOUSE = "duckdb"
_DOUBLE = "DOUBLE"


def written(sql: str | exp.Expr, dialect: str) -> str:
    """A statement of the product, as text or as a tree (which it may change), in a dialect."""
    if isinstance(sql, str):
        return sql if dialect == HOUSE else _translated(sql, dialect)
    tree = sql if dialect == HOUSE else adapted(sql, dialect)
    return tree.sql(dialect=dialect, pretty=True, copy=False)


@lru_cache(maxsize=512)
def _translated(sql: str, dialect: str) -> str:
    return adapted(sqlglot.parse_one(sql, dialect=HOUSE), dialect).sql(
        dialect=dialect, pretty=True, copy=False
    )


def adapted(tree: exp.Expr, dialect: str) -> exp.Expr:
    """The tree with what another engine computes differently said in full."""
    if dialect != "postgres":
        return tree
    for select in list(tree.find_all(exp.Select)):
        _without_qualify(select)
    # from the leaves up, since what takes a node's place holds copies of what is below it
    for node in reversed(list(tree.walk())):
        rule = _RULES.get(type(node))
        if rule is not None:
            node.replace(rule(node))
    return tree


def _without_qualify(select: exp.Select) -> None:
    """QUALIFY as WHERE around the query; order and limit come after it."""
    qualify = select.args.get("qualify")
    if qualify is None:
        return
    select.set("qualify", None)
    shown = [column.alias_or_name for column in select.selects]
    condition = qualify.this
    for number, window in enumerate(list(condition.find_all(exp.Window))):
        name = f"window_{number}"
        select.select(exp.alias_(window.copy(), name), copy=False)
        if window is condition:
            condition = exp.column(name)
        else:
            window.replace(exp.column(name))
    inner = exp.Select(**{key: value for key, value in select.args.items() if key not in _OUTSIDE})
    outside = {key: select.args.get(key) for key in _OUTSIDE}
    for key in list(select.args):
        select.set(key, None)
    select.select(*(exp.column(name) for name in shown), copy=False).from_(
        inner.subquery("qualified", copy=False), copy=False
    )
    select.where(condition, copy=False)
    for key, value in outside.items():
        if value is not None:
            select.set(key, value)
    _order_by_columns(select, shown)


_OUTSIDE = ("with_", "order", "limit", "offset")


def _order_by_columns(select: exp.Select, shown: list[str]) -> None:
    for column in list(select.args["order"].find_all(exp.Column)) if select.args.get("order") else ():
        if column.name in shown:
            column.replace(exp.column(column.name))


def _double(node: exp.Expr) -> exp.Expr:
    return exp.cast(node.copy(), _DOUBLE)


def _fraction(node: exp.Literal) -> exp.Expr:
    """Numbers with a point are of arbitrary precision there, and quotients of them have other digits."""
    return node.copy() if node.is_string or node.is_int else _double(node)


def _average(node: exp.Avg) -> exp.Expr:
    return exp.Avg(this=_double(node.this))


def _part_of_date(node: exp.Extract) -> exp.Expr:
    return exp.cast(node.copy(), "BIGINT")


def _contains(node: exp.Contains) -> exp.Expr:
    place = exp.StrPosition(this=node.this.copy(), substr=node.expression.copy())
    return exp.GT(this=place, expression=exp.Literal.number(0))


def _rounded(node: exp.Round) -> exp.Expr:
    """Half away from zero, as a double: there, doubles are rounded to even, and to whole numbers only."""
    value, scale = node.this.sql(HOUSE), f"CAST({10 ** int(node.args['decimals'].name)} AS DOUBLE)"
    text = f"(SIGN({value}) * FLOOR(ABS({value}) * {scale} + CAST(0.5 AS DOUBLE)) / {scale})"
    return sqlglot.parse_one(text, dialect=HOUSE)


_RULES: dict[type[exp.Expr], Callable[..., exp.Expr]] = {
    exp.Literal: _fraction,
    exp.Avg: _average,
    exp.Extract: _part_of_date,
    exp.Contains: _contains,
    exp.Round: _rounded,
}
