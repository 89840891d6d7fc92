"""The formulas of measures as expressions over the tables that a query reads.

In them `s` is the table of season figures (of players, or published of teams) and `g` the sums over a
team's games.
"""

import sqlglot
from sqlglot import exp

from nba_mcp_synthesis.basketball.catalogue import Measure
from nba_mcp_synthesis.basketball.matches import Kind
from nba_mcp_synthesis.errors import UsageError
from nba_mcp_synthesis.schema.tables import tables

DIALECT = "duckdb"


def value(of: Measure, by: Kind) -> exp.Expr:
    """The measure as SQL: no division of integers, none by zero.

    Raises:
        UsageError: the measure does not exist for that kind.
    """

    def division(node: exp.Expr) -> exp.Expr:
        if not isinstance(node, exp.Div):
            return node
        safe = parse(":top * 1.0 / NULLIF(:bottom, 0)")
        return exp.replace_placeholders(safe, top=node.this, bottom=node.expression.unnest())

    def column(node: exp.Expr) -> exp.Expr:
        return _base(node.name, by) if isinstance(node, exp.Column) else node

    return parse(formula(of, by)).transform(division).transform(column)


def formula(of: Measure, by: Kind) -> str:
    """The formula over base counts, as the catalogue has it; UsageError when there is none."""
    if by not in of.formulas:
        other = "teams" if by == "player" else "players"
        raise UsageError(f"The measure {of.name} exists for {other} only.", f"Ask for {other}.")
    return of.formulas[by]


def is_published(count: str) -> bool:
    """True for averages that are published for teams, and not counted from their games."""
    return count.endswith("_per_game") and count in tables()["team_season_stats"].column_names()


def parse(text: str) -> exp.Expr:
    """SQL text as a tree."""
    return sqlglot.parse_one(text, dialect=DIALECT)


def _base(count: str, by: Kind) -> exp.Expr:
    if by == "player":
        return exp.Sum(this=exp.column(count, "s"))
    return exp.column(count, "s" if is_published(count) else "g")
