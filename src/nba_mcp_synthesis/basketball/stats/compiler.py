"""A plan into SQL: one readable SELECT with literals only, so that it can be run again as it is printed.

Each source is added up to the query's grain by itself and only then joined, so nothing is counted twice;
ratios are taken of the sums.
"""

from collections.abc import Callable, Iterable

from sqlglot import exp

from nba_mcp_synthesis.basketball.catalogue import measures
from nba_mcp_synthesis.basketball.stats.conditions import compared
from nba_mcp_synthesis.basketball.stats.dimensions import dimension
from nba_mcp_synthesis.basketball.stats.facts import DIALECT, tree
from nba_mcp_synthesis.basketball.stats.formulas import Part, over_sums
from nba_mcp_synthesis.basketball.stats.plan import Plan
from nba_mcp_synthesis.basketball.stats.query import Condition, StatQuery
from nba_mcp_synthesis.basketball.stats.totals import totals
from nba_mcp_synthesis.warehouse.dialect import written

# Who an id is: (table, its alias, its key, its name for whoever has one).
_NAMES = {
    "player": ("players", "p", "player_id", "COALESCE(p.full_name, 'player ' || {id})"),
    "team": ("teams", "t", "team_id", "COALESCE(t.full_name, 'team ' || {id})"),
    "opponent": ("teams", "o", "team_id", "COALESCE(o.full_name, 'team ' || {id})"),
}


def names_of(dimension_name: str) -> tuple[str, str, str, str]:
    """Who an id of a dimension is: table, its alias, its key, and the name for whoever has the id `{id}`."""
    return _NAMES[dimension_name]


def to_sql(plan: Plan, dialect: str = DIALECT) -> str:
    """The SQL of a plan. Columns: rank (of a board), the dimensions, the measures."""
    query, ctes = plan.query, totals(plan)
    told = _told(plan, [name for name, _ in ctes if name not in ("team", "latest")])
    if query.is_board:
        ctes.append(("board", told))
    result = _ranked(query) if query.is_board else _ordered(query, told)
    for name, cte in ctes:
        result = result.with_(name, as_=cte, copy=False)
    return written(result, dialect)


def _told(plan: Plan, names: list[str]) -> exp.Select:
    """Names of the dimensions and values of the measures, from the totals."""
    query = plan.query
    first, *others = names
    select = exp.Select().from_(first, copy=False)
    for other in others:
        columns = [dimension(name).column for name in query.by]
        same = [tree(f"{first}.{column} IS NOT DISTINCT FROM {other}.{column}") for column in columns]
        select = select.join(other, on=exp.and_(*same, copy=False), join_type="left", copy=False)
    for name in query.by:
        select = _named(select, name, first)
    told = [
        exp.Alias(this=over_sums(n, query.entity, _place(plan, n)), alias=exp.to_identifier(n))
        for n in _shown(query)
    ]
    return select.select(*told, copy=False).where(*_minimums(plan), copy=False)


def _named(select: exp.Select, name: str, first: str) -> exp.Select:
    column = f"{first}.{dimension(name).column}"
    if name not in _NAMES:
        return select.select(column, copy=False)
    table, alias, own, shown = _NAMES[name]
    joined = select.join(f"{table} AS {alias}", on=f"{alias}.{own} = {column}", join_type="left", copy=False)
    return joined.select(f"{shown.format(id=column)} AS {name}", dialect=DIALECT, copy=False)


def _shown(query: StatQuery) -> list[str]:
    extra = [name for name, _ in query.order_by if name in measures()]
    return list(dict.fromkeys([*query.measures, *extra]))


def _ranked(query: StatQuery) -> exp.Select:
    first, descending = query.order_by[0]
    rank = f"RANK() OVER (ORDER BY {first} {'DESC' if descending else 'ASC'}) AS rank"
    ranked = (
        exp.select(rank, *query.by, *_shown(query), dialect=DIALECT)
        .from_("board", copy=False)
        .where(f"NOT {first} IS NULL", copy=False)
        .order_by("rank", *_others(query), *query.by, dialect=DIALECT, copy=False)
    )
    ranked.set("qualify", exp.Qualify(this=tree(f"rank <= {query.limit}")))
    return ranked


def _others(query: StatQuery) -> list[str]:
    return [f"{name} {'DESC' if descending else 'ASC'}" for name, descending in query.order_by[1:]]


def _ordered(query: StatQuery, told: exp.Select) -> exp.Select:
    named = [name for name, _ in query.order_by]
    rest = [name for name in query.by if name not in named]
    orders = [f"{name} {'DESC' if descending else 'ASC'} NULLS LAST" for name, descending in query.order_by]
    ordered = told.order_by(*orders, *rest, dialect=DIALECT, copy=False) if query.by else told
    return ordered.limit(query.limit, copy=False) if query.limit else ordered


def _place(plan: Plan, name: str) -> Callable[[Part], str]:
    """Where each part of a measure is: in the totals, or in its source's where there are several."""
    if len(plan.sources) == 1:
        return lambda part: part.column
    others = [source.fact for source in plan.sources[1:] if source.share >= 1]
    # Without rows of a whole kind, such as shots, there were none.
    none_is_zero = {fact.name for fact in others if fact.grain == "part"}

    def place(part: Part) -> str:
        column = f"{plan.places[name, part]}.{part.column}"
        return f"COALESCE({column}, 0)" if plan.places[name, part] in none_is_zero else column

    return place


def _minimums(plan: Plan) -> Iterable[exp.Expr]:
    for condition in plan.query.having:
        value = over_sums(condition.name, plan.query.entity, _place(plan, condition.name))
        yield compared(value, condition)
    for least in plan.query.minimum:
        count = _place(plan, f"at least {least.count}")(Part(least.count))
        yield compared(tree(count), Condition(least.count, ">=", (least.value,)))
