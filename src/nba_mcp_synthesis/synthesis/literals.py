"""Where a query's literals end up: in the choice of its rows, or in the values that it returns."""

import re
from collections.abc import Iterator

from sqlglot import exp

from nba_mcp_synthesis.basketball.catalogue import measures
from nba_mcp_synthesis.synthesis.number_words import has_number

# What decides which rows are read, or how they are shown. Behind a join only its condition does.
_CONDITIONS = (
    exp.Where, exp.Having, exp.Qualify, exp.Predicate, exp.Limit, exp.Offset, exp.Fetch, exp.Group,
    exp.WindowSpec, exp.DataType, exp.TableSample,
)  # fmt: skip
# Functions whose second and later arguments say how, not what.
_HOW = (
    exp.Round, exp.Lag, exp.Lead, exp.Substring, exp.Extract, exp.DateTrunc, exp.TimestampTrunc,
    exp.TimeToStr, exp.ToChar, exp.DateDiff, exp.Split, exp.SplitPart, exp.NthValue, exp.Left, exp.Right,
    exp.Quantile, exp.GroupConcat, exp.Bracket, exp.Trim, exp.RegexpExtract,
)  # fmt: skip
_UNITS = frozenset(
    {"year", "quarter", "month", "week", "day", "dow", "isodow", "doy", "hour", "minute", "epoch"}
)
_BUILDERS = (
    exp.DPipe, exp.Concat, exp.ConcatWs, exp.Replace, exp.RegexpReplace, exp.Translate, exp.Overlay,
    exp.Anonymous, exp.Pad,
)  # fmt: skip
_RANKS = (
    exp.RowNumber, exp.Rank, exp.DenseRank, exp.PercentRank, exp.CumeDist, exp.Ntile,
)  # fmt: skip
# Factors of the published formulas: free throws' share of possessions, minutes, games, percentages.
_FACTORS = frozenset({
    0.0, 0.3, 0.4, 0.44, 0.5, 0.7, 1.0, 1.07, 1.2, 1.5, 2.0, 2.54, 3.0, 4.0, 5.0, 10.0, 12.0, 36.0, 40.0,
    48.0, 60.0, 82.0, 100.0, 240.0, 1000.0,
})  # fmt: skip
_POWERS = frozenset({2.0, 0.5, 13.91})
# Functions that need no column to say something of the rows, or nothing at all.
_NO_SOURCES = (exp.Count, exp.If, exp.Case, exp.And, exp.Or, exp.Columns)
_SEASON = re.compile(r"\d{4}-\d{2}")
_WRAPPED = (exp.Paren, exp.Neg, exp.Cast)


def makes_values(tree: exp.Expr) -> bool:
    """Whether a literal becomes a value of the result, or part of one."""
    if any(not is_condition(node) for node in tree.find_all(exp.HexString, exp.BitString, exp.RawString)):
        return True
    return any(_is_value(literal) for literal in tree.find_all(exp.Literal)) or any(
        _reads_nothing(call) for call in tree.find_all(exp.Func)
    )


def is_condition(node: exp.Expr) -> bool:
    """Whether a part of a query decides about rows only."""
    return any(_decides(above, below) for above, below in upwards(node))


def _decides(above: exp.Expr, below: exp.Expr) -> bool:
    if isinstance(above, exp.Join):
        return bool(below.arg_key == "on")
    if isinstance(above, exp.Order):
        return not isinstance(above.parent, exp.WithinGroup)
    if isinstance(above, exp.If):
        return bool(below.arg_key == "this")
    return isinstance(above, _CONDITIONS)


def _is_value(literal: exp.Literal) -> bool:
    if is_condition(literal) or any(_says_how(above, below) for above, below in upwards(literal)):
        return literal.is_string and not is_condition(literal) and has_number(literal.name)
    if literal.is_string:
        is_label = isinstance(literal.parent, exp.Alias | exp.Select)
        is_season = is_label and _SEASON.fullmatch(literal.name)
        return not is_season and (has_number(literal.name) or _builds_text(literal))
    return not _is_factor(literal) and not _is_flag(literal)


def _builds_text(literal: exp.Literal) -> bool:
    """Letters may be put together to a name, or be counted, which nobody would find in the rows any more."""
    letters = any(map(str.isalpha, literal.name)) and literal.name.casefold() not in _UNITS
    return literal.find_ancestor(exp.Length) is not None or (
        letters and literal.find_ancestor(*_BUILDERS) is not None
    )


def _is_factor(literal: exp.Literal) -> bool:
    """A factor stands directly beside what it multiplies, and that reads something."""
    node = _unwrapped(literal)
    above = node.parent
    if isinstance(above, exp.Pow):
        return node.arg_key == "expression" and float(literal.name) in _POWERS
    if not isinstance(above, exp.Mul | exp.Div | exp.IntDiv):
        return False
    other = above.expression if node is above.this else above.this
    return float(literal.name) in _FACTORS and other.find(exp.Column, exp.AggFunc, exp.Select) is not None


def _is_flag(literal: exp.Literal) -> bool:
    """Ones and zeros may be counted, stand in for nothing, or guard a division."""
    if float(literal.name) not in (0.0, 1.0):
        return False
    node = _unwrapped(literal)
    above = node.parent
    if isinstance(above, exp.If | exp.Case):
        return is_counted(literal)
    if isinstance(above, exp.Nullif | exp.Coalesce | exp.Lag | exp.Lead):
        return node.arg_key != "this"
    return isinstance(above, exp.Sum | exp.Count)


def _unwrapped(node: exp.Expr) -> exp.Expr:
    while isinstance(node.parent, _WRAPPED):
        node = node.parent
    return node


def _says_how(above: exp.Expr, below: exp.Expr) -> bool:
    if below.arg_key == "default":
        return False
    if isinstance(above, exp.Cast):
        return bool(below.arg_key == "to")
    if isinstance(above, exp.PercentileCont | exp.PercentileDisc):
        return bool(below.arg_key == "expression" or above.expression is None)
    return isinstance(above, _RANKS) or (isinstance(above, _HOW) and below.arg_key != "this")


def is_counted(node: exp.Expr) -> bool:
    """Whether a flag is counted, here or by a query around this one; alone it would be a number made up."""
    if node.find_ancestor(exp.Sum, exp.Count, exp.Avg) is not None:
        return True
    select = node.find_ancestor(exp.Select)
    return select is not None and select.find_ancestor(exp.Select) is not None


def _reads_nothing(call: exp.Func) -> bool:
    """`LENGTH('aaa')`, `PI()`, `RANDOM()`: a function that is given no column, where its value counts."""
    if isinstance(call, (*_RANKS, *_NO_SOURCES)) or isinstance(call.parent, exp.WithinGroup | exp.Dot):
        return False
    if isinstance(call, exp.CurrentDate):
        return isinstance(call.parent, exp.Alias | exp.Select)
    if call.find(exp.Column, exp.Select) or is_condition(call):
        return False
    if isinstance(call, exp.Cast):
        return call.find(exp.Literal) is not None
    return not (isinstance(call, exp.Sum) and isinstance(call.this, exp.Literal) and _is_flag(call.this))


def renames(tree: exp.Expr) -> bool:
    """`ast AS pts`: whether a column, or an aggregate of one, is given the name of another measure."""
    return any(
        isinstance(column := _only(alias.this), exp.Column) and _is_other(column.name, alias.alias)
        for alias in tree.find_all(exp.Alias)
        if not is_condition(alias)
    )


def _only(node: exp.Expr) -> exp.Expr:
    while isinstance(
        node, exp.Sum | exp.Avg | exp.Max | exp.Min | exp.Round | exp.Cast | exp.Paren | exp.Filter
    ):
        node = node.this
    return node


def _is_other(column: str, alias: str) -> bool:
    column, alias = column.casefold(), alias.casefold()
    return {column, alias} <= measures().keys() and column not in alias and alias not in column


def upwards(node: exp.Expr) -> Iterator[tuple[exp.Expr, exp.Expr]]:
    """(each node above, the one through which it is reached)."""
    while node.parent is not None:
        yield node.parent, node
        node = node.parent
