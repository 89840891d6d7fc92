"""Decides whether SQL from a stranger may run in Athena or Spark.

Neither has a parser that could be asked here. So a statement is read by sqlglot, every part of its tree must
be on a list, and what runs is written anew from the tree: what the engine reads is what was judged. See
docs/decisions/0020-engines-over-the-lake.md.
"""

import logging
import re

import sqlglot
from sqlglot import ErrorLevel, exp
from sqlglot.errors import SqlglotError

from nba_mcp_synthesis.errors import QueryRefused
from nba_mcp_synthesis.warehouse.guard.judge import Checked, Judge
from nba_mcp_synthesis.warehouse.guard.lists import ASK_INSTEAD
from nba_mcp_synthesis.warehouse.guard.trees.kept import check_kept
from nba_mcp_synthesis.warehouse.guard.trees.ordering import in_total_order
from nba_mcp_synthesis.warehouse.guard.trees.reader import Reader
from nba_mcp_synthesis.warehouse.texts import text_of

_EXPLAIN = re.compile(r"\s*EXPLAIN\s+(ANALYZE\s+)?(?=SELECT\b|WITH\b)", re.IGNORECASE)
_SHOW_TABLES = re.compile(r"\s*SHOW\s+TABLES[\s;]*", re.IGNORECASE)
# What sqlglot raises where it cannot read or write.
_UNREADABLE = (
    SqlglotError,
    RecursionError,
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
    AssertionError,
)
# It writes statements that it cannot read to its log.
logging.getLogger("sqlglot").setLevel(logging.CRITICAL)


class TreeGate(Judge):
    """The judge of statements in a dialect, `trino` or `spark`."""

    def __init__(self, dialect: str, relations: frozenset[str] | None = None) -> None:
        super().__init__(relations)
        self._dialect = dialect

    def _checked(self, given: str) -> Checked:
        if _SHOW_TABLES.fullmatch(given):
            return Checked(self._list_of_tables(), frozenset(), is_repeatable=True)
        explained = _EXPLAIN.match(given)
        prefix = "" if explained is None else f"EXPLAIN {'ANALYZE ' if explained[1] else ''}"
        if "ANALYZE" in prefix and self._dialect == "spark":
            raise QueryRefused("Spark has no EXPLAIN ANALYZE.", "Send EXPLAIN and the query.")
        query = given[explained.end() :] if explained else given
        tree = self._only_query(query)
        reader = self._read(tree)
        sql = self._written(tree)
        check_kept(query, sql, tree, self._dialect)
        self._check_same(sql, tree, reader.relations)
        ordered = in_total_order(tree) if reader.is_repeatable and not prefix else None
        if ordered is not None:
            sql = self._written(ordered)
            self._check_same(sql, ordered, reader.relations)
        return Checked(prefix + sql, frozenset(reader.relations), is_repeatable=ordered is not None)

    def _read(self, tree: exp.Query) -> Reader:
        reader = Reader(self._relations, self._dialect)
        reader.read(tree)
        return reader

    def _only_query(self, sql: str) -> exp.Query:
        try:
            found = [tree for tree in sqlglot.parse(sql, dialect=self._dialect) if _is_statement(tree)]
        except _UNREADABLE:
            raise _unreadable() from None
        if len(found) != 1:
            raise QueryRefused(f"There are {len(found) or 'no'} statements; send exactly one.", ASK_INSTEAD)
        (tree,) = found
        if not isinstance(tree, exp.Select | exp.SetOperation | exp.Subquery):
            kind = tree.name if isinstance(tree, exp.Command) else type(tree).__name__
            raise QueryRefused(
                f"{kind.upper()[:30]} is not accepted: queries here only read, and only the served tables.",
                ASK_INSTEAD,
            )
        return tree

    def _written(self, tree: exp.Query) -> str:
        try:
            return text_of(tree, self._dialect, comments=False, unsupported_level=ErrorLevel.RAISE)
        except _UNREADABLE:
            raise _unreadable() from None

    def _check_same(self, sql: str, tree: exp.Query, relations: set[str]) -> None:
        """The text, read again, is the tree that was judged."""
        again = self._only_query(sql)
        if _plain(again) != _plain(tree) or self._read(again).relations != relations:
            raise QueryRefused(
                "This cannot be passed on as you wrote it: written anew it would be something else.",
                "Leave out unusual forms and arguments, or say it with simpler functions.",
            )

    def _list_of_tables(self) -> str:
        """The answer to SHOW TABLES, from the served names alone."""
        names = ", ".join("('" + name.replace("'", "''") + "')" for name in sorted(self._relations))
        return f"SELECT name FROM (VALUES {names}) AS served(name) ORDER BY name"


def _is_statement(tree: exp.Expr | None) -> bool:
    return tree is not None and not isinstance(tree, exp.Semicolon)


def _plain(tree: exp.Query) -> exp.Expr:
    """The tree with one class for what has two, and without the casts that are only for strict engines."""
    found = tree.copy()
    for node in reversed(list(found.find_all(exp.TryCast, exp.DateAdd))):
        if isinstance(node, exp.TryCast):  # Spark's CAST, unless it was written as TRY_CAST
            if not node.args.get("safe"):
                node.replace(exp.Cast(this=node.this, to=node.args["to"]))
        elif isinstance(node.expression, exp.Cast) and node.expression.is_type("BIGINT"):
            node.set("expression", node.expression.this)
    return found


def _unreadable() -> QueryRefused:
    return QueryRefused(
        "This is not SQL that can be read here: it is incomplete, nested too deeply, or in another dialect.",
        "Mend it and send it again.",
    )
