"""Whether a voice's own SQL reads its numbers from the data, or writes them itself.

`SELECT 31.2 AS pts_per_game` is a query, it runs, and what it returns is invented. So numbers and texts
with digits may stand in conditions, in arguments of functions, and as the constants of the game's formulas;
where a result's values come from, they may not.
"""

from collections.abc import Iterator
from functools import lru_cache

from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError

# Where a literal decides which rows are read, or how they are shown, and becomes no value.
_CONDITIONS = (
    exp.Where, exp.Having, exp.Qualify, exp.Join, exp.Predicate, exp.Filter, exp.Limit, exp.Offset, exp.Fetch,
    exp.Order, exp.Group, exp.WindowSpec, exp.DataType, exp.Interval, exp.Distinct,
)  # fmt: skip
# Functions whose second and later arguments say how, not what.
_HOW = (
    exp.Round, exp.Lag, exp.Lead, exp.Ntile, exp.Substring, exp.Extract, exp.DateTrunc, exp.TimestampTrunc,
    exp.TimeToStr, exp.DateDiff, exp.Split, exp.SplitPart, exp.NthValue, exp.FirstValue, exp.LastValue,
    exp.Left, exp.Right, exp.PercentileCont, exp.PercentileDisc, exp.Quantile, exp.GroupConcat,
)  # fmt: skip
# Factors of the published formulas: free throws' share of possessions, minutes, games, percentages.
_FACTORS = frozenset(
    {"0", "1", "2", "3", "4", "5", "10", "12", "25", "36", "40", "48", "60", "82", "100", "240", "1000"}
    | {
        "0.0",
        "0.4",
        "0.44",
        "0.5",
        "0.7",
        "1.0",
        "1.5",
        "2.0",
        "3.0",
        "4.0",
        "5.0",
        "36.0",
        "48.0",
        "60.0",
        "100.0",
    }
)
_PLAIN = frozenset({"0", "1", "0.0", "1.0"})
_WRITES_ITSELF = "its query writes values itself instead of reading them"
_DIALECTS = {"duckdb": "duckdb", "postgres": "postgres"}


@lru_cache(maxsize=512)
def invented(sql: str, engine: str) -> str:
    """Why the values of this SQL cannot be taken for data; empty where they can."""
    try:
        tree = parse_one(sql, dialect=_DIALECTS.get(engine, engine))
    except (SqlglotError, RecursionError):
        return "its query cannot be read"
    if not _reads_tables(tree):
        return "its query reads no table"
    made = any(_is_value(literal) for literal in tree.find_all(exp.Literal))
    return _WRITES_ITSELF if made or any(_is_of_literals(call) for call in tree.find_all(exp.Func)) else ""


@lru_cache(maxsize=512)
def texts(sql: str, engine: str) -> tuple[str, ...]:
    """The texts that a query compares with, such as names."""
    try:
        tree = parse_one(sql, dialect=_DIALECTS.get(engine, engine))
    except (SqlglotError, RecursionError):
        return ()
    return tuple(
        one.name for one in tree.find_all(exp.Literal) if one.is_string and one.find_ancestor(exp.Predicate)
    )


def _reads_tables(tree: exp.Expr) -> bool:
    """Whether every source is a table, a view, or a query over them: no list of values, no series."""
    ctes = {cte.alias_or_name for cte in tree.find_all(exp.CTE)}
    sources = [*tree.find_all(exp.Table)]
    made = [*tree.find_all(exp.Values, exp.Unnest, exp.Lateral, exp.GenerateSeries)]
    named = [table for table in sources if isinstance(table.this, exp.Identifier)]
    return not made and len(named) == len(sources) and any(table.name not in ctes for table in named)


def _is_value(literal: exp.Literal) -> bool:
    """Whether a literal may become part of a value that the query returns."""
    before: exp.Expr = literal
    for node in _upwards(literal):
        if isinstance(node, _CONDITIONS) or _says_how(node, before):
            return False
        if isinstance(node, exp.Mul | exp.Div) and not literal.is_string:
            return literal.name not in _FACTORS
        if isinstance(node, exp.Select | exp.SetOperation | exp.Subquery):
            break
        before = node
    if literal.is_string:
        return any(letter.isdigit() for letter in literal.name)
    return literal.name not in _PLAIN or isinstance(
        literal.parent, exp.Alias | exp.Select | exp.Add | exp.Sub
    )


def _is_of_literals(call: exp.Func) -> bool:
    """`LENGTH('aaa')`: a function that is given literals alone, where its value is no condition."""
    if call.find(exp.Column) or not call.find(exp.Literal) or isinstance(call, exp.If | exp.Case):
        return False
    return not any(isinstance(node, _CONDITIONS) for node in _upwards(call))


def _says_how(node: exp.Expr, before: exp.Expr) -> bool:
    if isinstance(node, exp.Cast):
        return before is not node.this
    if isinstance(node, exp.If | exp.Case):
        return before.arg_key == "this" and isinstance(node, exp.If)
    return isinstance(node, (*_HOW, exp.Anonymous)) and before is not node.this


def _upwards(node: exp.Expr) -> Iterator[exp.Expr]:
    parent = node.parent
    while parent is not None:
        yield parent
        parent = parent.parent
