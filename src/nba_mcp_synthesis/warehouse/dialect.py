"""The product's own SQL in the dialect of an engine: the one place where engines differ in what is written.

The product writes DuckDB's dialect. For another engine a statement is changed so that it gives the same
values: sqlglot knows the words, and `dialect_rules` what the words do not say.
"""

from functools import lru_cache

import sqlglot
from sqlglot import exp

from nba_mcp_synthesis.warehouse.dialect_rules import HOUSE, RULES
from nba_mcp_synthesis.warehouse.texts import text_of

__all__ = ["HOUSE", "adapted", "written"]


def written(sql: str | exp.Expr, dialect: str) -> str:
    """A statement of the product, as text or as a tree (which it may change), in a dialect."""
    if isinstance(sql, str):
        return sql if dialect == HOUSE else _translated(sql, dialect)
    tree = sql if dialect == HOUSE else adapted(sql, dialect)
    return text_of(tree, dialect, pretty=True)


@lru_cache(maxsize=512)
def _translated(sql: str, dialect: str) -> str:
    return text_of(adapted(sqlglot.parse_one(sql, dialect=HOUSE), dialect), dialect, pretty=True)


def adapted(tree: exp.Expr, dialect: str) -> exp.Expr:
    """The tree with what another engine computes differently said in full."""
    rules = RULES.get(dialect)
    if rules is None:
        return tree
    for select in list(tree.find_all(exp.Select)):
        _without_qualify(select)
    # from the leaves up, since what takes a node's place holds copies of what is below it
    for node in reversed(list(tree.walk())):
        rule = rules.get(type(node))
        if rule is not None:
            node.replace(rule(node))
    return tree


# What comes after QUALIFY, or before the whole.
_OUTSIDE = ("with_", "order", "limit", "offset")


def _without_qualify(select: exp.Select) -> None:
    """QUALIFY as WHERE around the query; order and limit come after it."""
    qualify = select.args.pop("qualify", None)
    if qualify is None:
        return
    shown = [column.alias_or_name for column in select.selects]
    hidden = _Hidden(select)
    condition = _condition(qualify.this, hidden)
    outside = {key: select.args.pop(key) for key in _OUTSIDE if select.args.get(key)}
    for column in outside["order"].find_all(exp.Column) if "order" in outside else ():
        column.replace(exp.column(column.name) if column.name in shown else hidden.column(column))
    inner = exp.Select(**select.args)
    select.args.clear()
    select.select(*(exp.column(name) for name in shown), copy=False)
    select.from_(inner.subquery("qualified", copy=False), copy=False).where(condition, copy=False)
    for key, value in outside.items():
        select.set(key, value)


class _Hidden:
    """Columns of a query for whoever stands around it, beside those that are shown."""

    def __init__(self, select: exp.Select) -> None:
        self._select = select
        self._count = 0

    def column(self, value: exp.Expr) -> exp.Column:
        """Has the query tell a value, and gives the column that has it."""
        self._count += 1
        name = f"hidden_{self._count}"
        self._select.select(exp.alias_(value.copy(), name), copy=False)
        return exp.column(name)


def _condition(condition: exp.Expr, hidden: _Hidden) -> exp.Expr:
    """A condition over windows as one over columns."""
    if isinstance(condition, exp.Window):
        return hidden.column(condition)
    for window in list(condition.find_all(exp.Window)):
        window.replace(hidden.column(window))
    return condition
