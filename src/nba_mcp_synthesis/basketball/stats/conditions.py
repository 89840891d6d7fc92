"""Conditions as SQL."""

import datetime as dt

from sqlglot import exp

from nba_mcp_synthesis.basketball.stats.query import Condition, Value

_COMPARISONS: dict[str, type[exp.Binary]] = {
    "=": exp.EQ,
    "!=": exp.NEQ,
    "<": exp.LT,
    "<=": exp.LTE,
    ">": exp.GT,
    ">=": exp.GTE,
}


def compared(left: exp.Expr, condition: Condition) -> exp.Expr:
    """`left` compared with the values of a condition."""
    if isinstance(left, exp.Binary | exp.Not):
        left = exp.Paren(this=left)
    literals = [_literal(value) for value in condition.values]
    if condition.operator == "~":
        texts = [exp.convert(str(value).lower()) for value in condition.values]
        return exp.or_(*(exp.Contains(this=exp.Lower(this=left.copy()), expression=text) for text in texts))
    if len(literals) > 1:
        found: exp.Expr = exp.In(this=left, expressions=literals)
        return found if condition.operator == "=" else exp.not_(found)
    return _COMPARISONS[condition.operator](this=left, expression=literals[0])


def _literal(value: Value) -> exp.Expr:
    if isinstance(value, dt.date):
        return exp.cast(exp.Literal.string(value.isoformat()), "DATE")
    return exp.convert(value)
