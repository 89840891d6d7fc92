"""The common table expressions of a plan: every source added up to the query's grain by itself."""

from sqlglot import exp

from nba_mcp_synthesis.basketball.stats.conditions import compared
from nba_mcp_synthesis.basketball.stats.dimensions import dimension, dimensions
from nba_mcp_synthesis.basketball.stats.facts import Fact, tree
from nba_mcp_synthesis.basketball.stats.formulas import Part, is_yes, over_row, parts
from nba_mcp_synthesis.basketball.stats.plan import Plan, Source
from nba_mcp_synthesis.basketball.stats.query import Condition, StatQuery
from nba_mcp_synthesis.basketball.stats.rows import rows_of

_TEAM_SEASON = ("season", "season_type", "team")


def totals(plan: Plan) -> list[tuple[str, exp.Select]]:
    """The common table expressions by name, in the order in which they build on each other."""
    query = plan.query
    made = []
    if plan.context:
        about = StatQuery((), "team", _TEAM_SEASON, query.seasons, query.season_types)
        made.append(("team", _total(plan.context, about)))
    if query.last:
        made.append(("latest", _latest(plan.sources[0].fact, query)))
    several = len(plan.sources) > 1
    made += [(s.fact.name if several else "totals", _total(s, query)) for s in plan.sources]
    return made


def _total(source: Source, query: StatQuery) -> exp.Select:
    fact = source.fact
    keys = [(str(dimension(name).key_in(fact)), dimension(name).column) for name in query.by]
    sums = [named(_sum(part, source), part.column) for part in source.parts]
    used = [key for key, _ in keys] + [fact.counts[part.count] for part in source.parts]
    select = rows_of(fact, [*used, *filtered(fact, query)]).select(
        *(named(tree(key), name) for key, name in keys), *sums, copy=False
    )
    if query.last:
        same = ("game_id", f"{query.entity}_id")
        select = select.join("latest", on=" AND ".join(f"latest.{c} = f.{c}" for c in same), copy=False)
    select = select.where(*conditions(fact, query), copy=False)
    return select.group_by(*(exp.Literal.number(n + 1) for n in range(len(keys))), copy=False)


def named(value: exp.Expr, name: str) -> exp.Alias:
    """A column of a SELECT."""
    return exp.Alias(this=value, alias=exp.to_identifier(name))


def _sum(part: Part, source: Source) -> exp.Expr:
    """The part over a group: empty where some row has no value, since a partial sum would be wrong."""
    value = tree(source.fact.counts[part.count])
    if isinstance(value, exp.Boolean):
        return exp.Count(this=exp.Star())
    if is_yes(value):
        total: exp.Expr = exp.Filter(this=exp.Count(this=exp.Star()), expression=exp.Where(this=value))
    else:
        total = {"sum": exp.Sum, "max": exp.Max, "min": exp.Min}[part.how](this=value)
    if part.count not in source.partial:
        return total
    whole = exp.EQ(this=exp.Count(this=value.copy()), expression=exp.Count(this=exp.Star()))
    return exp.Case(ifs=[exp.If(this=whole, true=total)])


def _latest(fact: Fact, query: StatQuery) -> exp.Select:
    """The newest games of each one that the conditions leave."""
    row = (
        f"ROW_NUMBER() OVER (PARTITION BY f.{query.entity}_id ORDER BY {fact.time} DESC, f.game_id DESC) "
        f"<= {query.last}"
    )
    games = rows_of(fact, filtered(fact, query)).select("f.game_id", f"f.{query.entity}_id", copy=False)
    games = games.where(*conditions(fact, query), copy=False)
    games.set("qualify", exp.Qualify(this=tree(row)))
    return games


def filtered(fact: Fact, query: StatQuery) -> list[str]:
    """The expressions over a row that the conditions compare."""
    texts = [dimension(c.name).key_in(fact) or "" for c in query.where if c.name in dimensions()]
    counted = [c.name for c in query.where if c.name not in dimensions()]
    for name in counted:
        texts += fact.row_values(name, [part.count for part in parts(name, query.entity)]).values()
    return texts


def conditions(fact: Fact, query: StatQuery) -> list[exp.Expr]:
    """The conditions on a row of a fact; first those on its season and type."""
    scope = (Condition("season", "=", query.seasons), Condition("season_type", "=", query.season_types))
    return [compared(_left(c, fact, query), c) for c in (*scope, *query.where)]


def _left(condition: Condition, fact: Fact, query: StatQuery) -> exp.Expr:
    if condition.name in dimensions():
        return tree(str(dimension(condition.name).key_in(fact)))
    return over_row(condition.name, query.entity, fact)
