"""The rows of a fact as SQL: its table, the joins that something needs, and what is left out."""

from collections.abc import Iterable

from sqlglot import exp

from nba_mcp_synthesis.basketball.stats.facts import Fact, Join, query_text, tree


def rows_of(fact: Fact, expressions: Iterable[str]) -> exp.Select:
    """A SELECT without columns over the rows of a fact, with the joins that `expressions` need."""
    needed = [*expressions, fact.only] if fact.only else list(expressions)
    select = exp.Select().from_(source(fact), copy=False)
    for join in fact.joins_for(needed):
        select = select.join(_joined(join), on=tree(join.on), join_type="left", copy=False)
    return select.where(tree(fact.only), copy=False) if fact.only else select


def source(fact: Fact) -> exp.Expr:
    """The fact's table or query as `f`."""
    if fact.table.endswith(".sql"):
        return exp.Subquery(this=tree(query_text(fact.table))).as_("f")
    return exp.to_table(fact.table, alias="f")


def _joined(join: Join) -> exp.Expr:
    if join.query:
        return exp.Subquery(this=tree(query_text(join.query))).as_(join.alias)
    return exp.to_table(join.context or join.table, alias=join.alias)
