"""What engines over a published lake have in common: its state, and statements over its tables and views.

The lake has tables and no views. A view in a statement becomes its query, and a table gets the name under
which the engine knows it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from nba_mcp_synthesis.errors import QueryFailed
from nba_mcp_synthesis.lake.catalogue import staged_name
from nba_mcp_synthesis.schema.tables import query_of, tables, views
from nba_mcp_synthesis.warehouse import layout
from nba_mcp_synthesis.warehouse.dialect import written
from nba_mcp_synthesis.warehouse.scopes import is_defined
from nba_mcp_synthesis.warehouse.texts import text_of

# The schema of the rows as each source gave them.
STAGED = "staged"
# What may stand before a query; the gate writes it so.
EXPLAINS = ("EXPLAIN ANALYZE ", "EXPLAIN ")


@dataclass(frozen=True, slots=True)
class State:
    """One published state; `key` is the manifest, which no other state has."""

    key: str
    snapshot: str
    data_as_of: str | None
    simulated: bool


def runnable(sql: str, dialect: str, name_of: Callable[[str], str], most: int) -> str:
    """A query, or EXPLAIN and a query, as the engine can run it: `name_of` tells how it calls a table.

    No more than `most` rows are computed where the query sets no limit itself.

    Raises:
        QueryFailed: it is no query.
    """
    prefix = next((word for word in EXPLAINS if sql.startswith(word)), "")
    tree = _parsed(sql.removeprefix(prefix), dialect)
    _replace_relations(tree, dialect, name_of)
    if isinstance(tree, exp.Query) and not prefix and not (tree.args.get("limit") or tree.args.get("fetch")):
        tree = tree.limit(most, dialect=dialect, copy=False)
    return prefix + text_of(tree, dialect, pretty=True, normalize_functions=False)


def _parsed(sql: str, dialect: str) -> exp.Expr:
    try:
        tree = sqlglot.parse_one(sql, dialect=dialect)
    except (SqlglotError, RecursionError):
        raise QueryFailed("The query could not be run: syntax error.", "Mend it and send it again.") from None
    if not isinstance(tree, exp.Query):
        raise QueryFailed("The query could not be run: it is no SELECT.", "This engine only reads.")
    return tree


def _replace_relations(tree: exp.Expr, dialect: str, name_of: Callable[[str], str]) -> None:
    for table in [table for table in tree.find_all(exp.Table) if not is_defined(table)]:
        name = table.name.lower()
        if table.db.lower() == STAGED:
            _rename(table, name_of(staged_name(name)))
        elif table.db:
            continue
        elif name in views():
            table.replace(_inline(table, name, dialect, name_of))
        elif name in tables():
            _rename(table, name_of(name))


def _rename(table: exp.Table, name: str) -> None:
    if not table.alias:
        table.set("alias", exp.TableAlias(this=exp.to_identifier(table.name)))
    table.set("this", exp.to_identifier(name, quoted=True))
    table.set("db", None)


def _inline(table: exp.Table, view: str, dialect: str, name_of: Callable[[str], str]) -> exp.Subquery:
    query = _query(view, dialect).copy()
    _replace_relations(query, dialect, name_of)
    alias = table.args.get("alias") or exp.TableAlias(this=exp.to_identifier(table.name))
    return exp.Subquery(this=query, alias=alias)


@lru_cache(maxsize=64)
def _query(view: str, dialect: str) -> exp.Expr:
    query = layout.provenance(staged=STAGED) if view == "provenance" else query_of(view)
    return sqlglot.parse_one(written(query, dialect), dialect=dialect)
