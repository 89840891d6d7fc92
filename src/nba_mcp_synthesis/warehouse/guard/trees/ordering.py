"""A total order for pages: engines of many machines give rows that are equal in their order as they come."""

from sqlglot import exp

from nba_mcp_synthesis.schema.tables import tables, views

# Joins that only choose rows of what is before them.
_UNSEEN = ("SEMI", "ANTI")


def in_total_order(query: exp.Query) -> exp.Query | None:
    """The query with all of its columns behind its own order; None where nobody can count them."""
    count = _width(query, {})
    if count is None:
        return None
    order = query.args.get("order") or exp.Order(expressions=[])
    numbers = [exp.Ordered(this=exp.Literal.number(n), nulls_first=False) for n in range(1, count + 1)]
    order.set("expressions", [*order.expressions, *numbers])
    query.set("order", order)
    return query


def _width(query: exp.Expr, known: dict[str, int | None]) -> int | None:
    """How many columns a query has."""
    known = dict(known)
    defined = query.args.get("with_")
    for cte in defined.expressions if defined else ():
        named = cte.args["alias"].columns
        known[cte.alias.lower()] = len(named) or _width(cte.this, known)
    if isinstance(query, exp.SetOperation):
        return _width(query.this, known)
    if isinstance(query, exp.Subquery):
        return _width(query.this, known)
    if not isinstance(query, exp.Select):
        return None
    widths = [_of_column(column, query, known) for column in query.expressions]
    return None if None in widths else sum(width or 0 for width in widths)


def _of_column(column: exp.Expr, query: exp.Select, known: dict[str, int | None]) -> int | None:
    if not column.is_star or isinstance(column, exp.Alias | exp.Func):
        return 1
    joins = query.args.get("joins") or []
    if any(join.args.get("using") for join in joins) or query.args.get("from_") is None:
        return None
    shown = [join for join in joins if join.kind.upper() not in _UNSEEN]
    sources = [query.args["from_"].this, *(join.this for join in shown)]
    of = column.args["table"].name.lower() if isinstance(column, exp.Column) else None
    widths = [_of_source(source, known) for source in sources if of in (None, source.alias_or_name.lower())]
    return None if None in widths or not widths else sum(width or 0 for width in widths)


def _of_source(source: exp.Expr, known: dict[str, int | None]) -> int | None:
    if isinstance(source, exp.Table):
        name = source.name.lower()
        table = tables().get(name) or views().get(name)
        return known[name] if name in known else len(table.columns) if table else None
    return _width(source, known) if isinstance(source, exp.Subquery) else None
