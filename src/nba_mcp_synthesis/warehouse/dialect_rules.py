"""What engines compute differently, said in full: rules by kind of node, for each dialect."""

from collections.abc import Callable, Mapping
from functools import cache

import sqlglot
from sqlglot import exp

from nba_mcp_synthesis.errors import QueryFailed
from nba_mcp_synthesis.schema.tables import tables, views

HOUSE = "duckdb"
_DOUBLE = "DOUBLE"
Rule = Callable[..., exp.Expr]


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
    digits = node.args.get("decimals")
    value, scale = node.this.sql(HOUSE), f"CAST({10 ** (digits.to_py() if digits else 0)} AS DOUBLE)"
    text = f"(SIGN({value}) * FLOOR(ABS({value}) * {scale} + CAST(0.5 AS DOUBLE)) / {scale})"
    return sqlglot.parse_one(text, dialect=HOUSE)


_COMMON: dict[type[exp.Expr], Rule] = {
    exp.Literal: _fraction,
    exp.Avg: _average,
    exp.Extract: _part_of_date,
    exp.Contains: _contains,
    exp.Round: _rounded,
}


def _weekday(unit: str, sunday_first: str) -> Rule:
    """Days of the week by the engine's own words for them: Monday is 1; in `dow`, Sunday is 0."""

    def rule(node: exp.Extract) -> exp.Expr:
        asked, found = node.name.upper(), node.copy()
        if asked in ("ISODOW", "DOW", "DAYOFWEEK"):
            found.set("this", exp.var(unit))
        whole = exp.cast(found, "BIGINT")
        return (
            sqlglot.parse_one(f"({whole.sql(HOUSE)}) % 7", dialect=HOUSE) if asked in sunday_first else whole
        )

    return rule


def _texts(node: exp.Expr) -> exp.Expr:
    """Numbers are no text there until they are made one."""
    found = node.copy()
    for name in ("this", "expression", "expressions"):
        part = found.args.get(name)
        if isinstance(part, list):
            found.set(name, [_text(one) for one in part])
        elif isinstance(part, exp.Expr):
            found.set(name, _text(part))
    return found


def _text(node: exp.Expr) -> exp.Expr:
    is_text = (isinstance(node, exp.Literal) and node.is_string) or isinstance(node, exp.DPipe)
    return node.copy() if is_text or node.is_type("VARCHAR", "TEXT") else exp.cast(node.copy(), "VARCHAR")


def _days(node: exp.Sub) -> exp.Expr:
    """The difference of two dates is a number of days here, and an interval there."""
    if not (_is_date(node.this) and _is_date(node.expression)):
        return node.copy()
    days = exp.DateDiff(
        this=node.this.unnest().copy(), expression=node.expression.unnest().copy(), unit=exp.var("DAY")
    )
    return exp.cast(days, "BIGINT")


def _dated(node: exp.Expr) -> exp.Expr:
    """A text that is compared with a date is a date."""
    found = node.copy()
    parts = [found.args.get(name) for name in ("this", "expression", "low", "high")]
    if any(isinstance(part, exp.Expr) and _is_date(part) for part in parts):
        for part in parts:
            if isinstance(part, exp.Literal) and part.is_string:
                part.replace(exp.cast(part.copy(), "DATE"))
    return found


@cache
def _dates() -> frozenset[str]:
    relations = (*tables().values(), *views().values())
    found = {c.name for t in relations for c in t.columns if c.type == "date"}
    return frozenset(found | {"newest_game", "first_game", "last_game"})


_PASS_ON = (
    exp.Max,
    exp.Min,
    exp.Lag,
    exp.Lead,
    exp.FirstValue,
    exp.LastValue,
    exp.Coalesce,
    exp.Window,
    exp.Paren,
)


def _is_date(node: exp.Expr) -> bool:
    """Whether a value is a date, by what the statement and the schema say."""
    if isinstance(node, exp.Cast):
        return bool(node.is_type("DATE"))
    if isinstance(node, exp.Column):
        return node.name in _dates()
    return isinstance(node, _PASS_ON) and _is_date(node.this)


def _never_by_zero(node: exp.Div | exp.Mod) -> exp.Expr:
    """A quotient by zero is unknown here, and an error there."""
    found, by = node.copy(), node.expression
    if not (isinstance(by, exp.Literal) and by.to_py()) and not isinstance(by, exp.Nullif):
        found.set("expression", exp.Nullif(this=exp.paren(by.copy()), expression=exp.Literal.number(0)))
    return found


def _nothing_same(node: exp.Expr) -> exp.Expr:
    """What sqlglot would write as something approximate, or of another definition."""
    raise QueryFailed(
        f"The engine has no function that gives what {node.sql(HOUSE)} gives.",
        "Number the rows by ROW_NUMBER, and take the middle ones.",
    )


_STRICT: dict[type[exp.Expr], Rule] = {
    exp.DPipe: _texts,
    exp.ConcatWs: _texts,
    exp.Concat: _texts,
    exp.Sub: _days,
    exp.Div: _never_by_zero,
    exp.Mod: _never_by_zero,
    **dict.fromkeys((exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.Between), _dated),
}
RULES: Mapping[str, Mapping[type[exp.Expr], Rule]] = {
    "postgres": _COMMON,
    "trino": {
        **_COMMON,
        **_STRICT,
        exp.Extract: _weekday("DOW", "DOW DAYOFWEEK"),
        **dict.fromkeys((exp.PercentileCont, exp.PercentileDisc, exp.Median, exp.Quantile), _nothing_same),
    },
    "spark": {
        **_COMMON,
        **_STRICT,
        exp.Extract: _weekday("DAYOFWEEK_ISO", "DOW DAYOFWEEK"),
        exp.Quantile: _nothing_same,
    },
}
