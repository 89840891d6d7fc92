"""Whether a voice's own SQL reads its numbers from the data, or writes them itself.

`SELECT 31.2 AS pts_per_game` is a query, it runs, and what it returns is invented. So numbers and texts
with digits may stand in conditions, in arguments of functions, and as the constants of the game's formulas;
where a result's values come from, they may not (see literals.py), and neither may arithmetic that comes to
the same number whatever the data are (see constants.py).
"""

from functools import lru_cache

from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError

from nba_mcp_synthesis.synthesis import constants, literals, subjects

_WRITES_ITSELF = "its query writes values itself instead of reading them"
_RENAMES = "its query gives one figure the name of another"
_DIALECTS = {"athena": "trino"}  # where an engine has another name than its dialect
_QUERIES = (exp.Select, exp.SetOperation, exp.Subquery)


@lru_cache(maxsize=512)
def invented(sql: str, engine: str) -> str:
    """Why the values of this SQL cannot be taken for data; empty where they can."""
    tree = _parsed(sql, engine)
    if tree is None:
        return "its query cannot be read"
    if not isinstance(tree, _QUERIES) or not _reads_tables(tree):
        return "its query reads no table"
    try:
        if literals.makes_values(tree) or constants.makes_values(tree):
            return _WRITES_ITSELF
    except RecursionError:
        return "its query cannot be read"
    return _RENAMES if literals.renames(tree) else ""


@lru_cache(maxsize=512)
def texts(sql: str, engine: str) -> tuple[str, ...]:
    """The names that say whom all rows of a query are about: it reads no row of anybody else."""
    tree = _parsed(sql, engine)
    return () if tree is None else tuple(subjects.subjects(tree))


@lru_cache(maxsize=512)
def labels(sql: str, engine: str) -> frozenset[str]:
    """The words that a query writes into its rows itself, so that they prove nothing about the rows."""
    tree = _parsed(sql, engine)
    return frozenset() if tree is None else subjects.labels(tree)


@lru_cache(maxsize=512)
def is_hundredfold(sql: str, engine: str, column: str) -> bool:
    """Whether a query takes what it returns as a column times a hundred, as percentages are."""
    tree = _parsed(sql, engine)
    aliases = () if tree is None else tree.find_all(exp.Alias)
    made = [alias for alias in aliases if alias.alias.casefold() == column.casefold()]
    return any(
        float(one.name) == 100 for alias in made for one in alias.find_all(exp.Literal) if one.is_number
    )


def _parsed(sql: str, engine: str) -> exp.Expr | None:
    try:
        return parse_one(sql, dialect=_DIALECTS.get(engine, engine))
    except (SqlglotError, RecursionError):
        return None


def _reads_tables(tree: exp.Expr) -> bool:
    """Whether every source is a table, a view, or a query over them: no list of values, no series."""
    ctes = {cte.alias_or_name.casefold() for cte in tree.find_all(exp.CTE)}
    sources = [one for one in tree.find_all(exp.Table) if not literals.is_condition(one)]
    made: list[exp.Expr] = list(tree.find_all(exp.GenerateSeries))
    made += [one for one in tree.find_all(exp.Values, exp.Unnest) if not literals.is_condition(one)]
    made += [one for one in tree.find_all(exp.Lateral) if not isinstance(one.this, exp.Subquery)]
    named = [table for table in sources if isinstance(table.this, exp.Identifier)]
    reads = any(table.name.casefold() not in ctes for table in named)
    return not made and len(named) == len(sources) and reads and all(map(_has_source, _selects(tree)))


def _selects(tree: exp.Expr) -> list[exp.Select]:
    return [select for select in tree.find_all(exp.Select) if not literals.is_condition(select)]


def _has_source(select: exp.Select) -> bool:
    """A SELECT without FROM reads nothing, except subqueries that are looked at by themselves."""
    return select.args.get("from_") is not None or select.find(exp.Column, exp.Subquery) is not None
