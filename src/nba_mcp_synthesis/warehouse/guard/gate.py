"""Decides whether SQL from a stranger may run: by the engine's own parser, before any engine with data.

docs/decisions/0007-guard.md says why.
"""

import json
import threading
from typing import Any

import duckdb

from nba_mcp_synthesis.errors import QueryRefused
from nba_mcp_synthesis.warehouse.guard import pivots
from nba_mcp_synthesis.warehouse.guard.judge import Checked, Judge
from nba_mcp_synthesis.warehouse.guard.lists import ASK_INSTEAD, shown
from nba_mcp_synthesis.warehouse.guard.text import explained, tokens, without_semicolons
from nba_mcp_synthesis.warehouse.guard.tree import Reader


class Gate(Judge):
    """The judge of statements for DuckDB."""

    def __init__(self, relations: frozenset[str] | None = None) -> None:
        super().__init__(relations)
        self._connection = _empty_engine()
        self._lock = threading.Lock()
        self._show_tables = self._parse("SHOW TABLES")

    def _checked(self, given: str) -> Checked:
        with self._lock:
            return self._judged(given)

    def _judged(self, given: str) -> Checked:
        kind = self._only_statement(given)
        sql, prefix = without_semicolons(given), ""
        if kind == "EXPLAIN":
            prefix, sql = explained(sql)
        if sql != given:
            self._only_statement(sql)
        tree = self._parse(sql)
        if tree == self._show_tables and not prefix:
            return Checked(self._list_of_tables(), frozenset(), is_repeatable=True)
        reader = Reader(self._relations)
        reader.read(tree)
        repeatable = reader.is_repeatable and "ANALYZE" not in prefix
        return Checked(prefix + sql, frozenset(reader.relations), repeatable)

    def _only_statement(self, sql: str) -> str:
        """What the engine calls the one statement."""
        try:
            found = self._connection.extract_statements(sql)
        except (duckdb.Error, RecursionError, UnicodeError, RuntimeError):
            raise self._unreadable(sql) from None
        if len(found) > 1 and ";" not in without_semicolons(sql):
            raise self._several_from_one(sql)
        if len(found) != 1:
            raise QueryRefused(f"There are {len(found) or 'no'} statements; send exactly one.", ASK_INSTEAD)
        kind = found[0].type.name
        if kind not in ("SELECT", "EXPLAIN"):
            raise _not_a_query(sql, kind)
        return kind

    def _several_from_one(self, sql: str) -> QueryRefused:
        """The refusal of what the engine makes several statements of, which PIVOT without IN is."""
        whole = without_semicolons(sql)
        rewritten = pivots.with_values(whole)
        if rewritten == whole:
            return _not_a_query(sql, "Such")
        self._judged(rewritten)  # raises where the values alone would not help
        return pivots.refusal(rewritten)

    def _parse(self, sql: str) -> dict[str, Any]:
        try:
            tree = self._serialized(sql)
        except (duckdb.Error, RecursionError, ValueError, RuntimeError):
            raise self._unreadable(sql) from None
        if tree.get("error_type", "not implemented") != "not implemented":
            raise self._unreadable(sql)
        if tree.get("error", True) or len(tree["statements"]) != 1:
            raise _not_a_query(sql, "Such")
        return tree

    def _serialized(self, sql: str) -> dict[str, Any]:
        found = self._connection.execute("SELECT json_serialize_sql(?)", [sql]).fetchone()
        tree: dict[str, Any] = json.loads(found[0] if found else "{}")
        return tree

    def _unreadable(self, sql: str) -> QueryRefused:
        """Says where reading the statement failed, in its own words and not the parser's."""
        try:
            told = self._serialized(sql)
        except (duckdb.InternalException, duckdb.FatalException):
            self._connection = _empty_engine()  # the engine answers nothing any more after such an error
            told = {}
        except (duckdb.Error, RecursionError, ValueError, RuntimeError):
            told = {}
        place = int(told.get("position", len(sql.encode())))
        near = shown(" ".join(sql.encode()[place:].decode("utf-8", "replace").split())[:30])
        where = (
            f"It goes wrong at “{near}”"
            if place < len(sql.encode())
            else "It is incomplete, nested too deeply, or a form that the engine does not have"
        )
        return QueryRefused(
            f"This is not SQL that the engine can read. {where}.", "Mend it and send it again."
        )

    def _list_of_tables(self) -> str:
        """The answer to SHOW TABLES, from the served names alone."""
        names = ", ".join("'" + name.replace("'", "''") + "'" for name in sorted(self._relations))
        return f"SELECT unnest([{names}]) AS name"


def _empty_engine() -> duckdb.DuckDBPyConnection:
    """An engine without data or access to anything, for parsing."""
    return duckdb.connect(
        config={"threads": 1, "enable_external_access": "false", "lock_configuration": "true"}
    )


def _not_a_query(sql: str, kind: str) -> QueryRefused:
    first = next((token.word for token in tokens(sql) if token.word.isalpha()), "")
    named = kind if first in ("", "WITH", "FROM", "SELECT", "EXPLAIN") else first
    return QueryRefused(
        f"{named} statements are not accepted: queries here only read, and only the served tables.",
        ASK_INSTEAD,
    )
