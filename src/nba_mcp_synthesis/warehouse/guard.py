"""The gate that untrusted SQL passes before any engine with data sees it.

Exactly one SELECT by DuckDB's own parser, over the tables that are served, and with no function that
acts on the server. Behind it stands the connection itself (duckdb_engine.py): a read-only file, no
other file, no network, settings locked.
"""

import json
import threading
from collections.abc import Iterator
from typing import Any

import duckdb

from nba_mcp_synthesis.errors import QueryRefused
from nba_mcp_synthesis.schema.tables import tables, views

MAX_LENGTH = 20_000
_RELATIONS = frozenset(tables()) | frozenset(views())
_TABLE_FUNCTIONS = frozenset({"range", "generate_series", "unnest"})
# Scalar functions that end the process, run SQL of their own, or tell about the server.
_FORBIDDEN = frozenset(
    {"json_structure", "json_contains", "json_execute_serialized_sql", "current_setting", "getvariable"}
)
_ASK_INSTEAD = "Send one SELECT over the tables that `describe` lists."


class Gate:
    """Parses SQL on an empty connection of its own, one statement at a time."""

    def __init__(self) -> None:
        self._connection = duckdb.connect(
            config={"threads": 1, "enable_external_access": "false", "lock_configuration": "true"}
        )
        self._lock = threading.Lock()

    def check(self, sql: str) -> str:
        """The statement without its closing semicolon; QueryRefused with the reason otherwise."""
        if len(sql) > MAX_LENGTH:
            raise QueryRefused(
                f"The statement has {len(sql):,} characters; the limit is {MAX_LENGTH:,}.",
                _ASK_INSTEAD,
            )
        if any(c == "\0" or "\ud800" <= c <= "\udfff" for c in sql):
            raise QueryRefused("The statement holds characters that no SQL can have.", _ASK_INSTEAD)
        with self._lock:
            self._one_select(sql)
        return sql.strip().rstrip(";").rstrip()

    def _one_select(self, sql: str) -> None:
        try:
            statements = self._connection.extract_statements(sql)
            if len(statements) == 1:
                found = self._connection.execute("SELECT json_serialize_sql(?)", [sql]).fetchone()
        except (duckdb.Error, RecursionError) as error:
            raise QueryRefused(f"The SQL could not be parsed: {_first_line(error)}", _ASK_INSTEAD) from None
        if len(statements) != 1:
            raise QueryRefused(f"There are {len(statements)} statements.", _ASK_INSTEAD)
        tree = _parsed(found[0] if found else "{}")
        if tree.get("error", True) or len(tree["statements"]) != 1:
            kind = statements[0].type.name
            raise QueryRefused(
                f"This is {'an' if kind[0] in 'AEIOU' else 'a'} {kind} statement or a form of SELECT that "
                "is not accepted; only one plain SELECT is.",
                _ASK_INSTEAD,
            )
        _check_tree(tree)


def _parsed(text: str) -> dict[str, Any]:
    try:
        tree: dict[str, Any] = json.loads(text)
    except RecursionError:
        raise QueryRefused("The statement is nested too deeply.", _ASK_INSTEAD) from None
    return tree


def _check_tree(tree: dict[str, Any]) -> None:
    nodes = list(_nodes(tree))
    own = {entry["key"].lower() for node in nodes for entry in (node.get("cte_map") or {}).get("map", [])}
    for node in nodes:
        kind = node.get("type")
        if kind == "BASE_TABLE" and not _is_served(node, own):
            raise QueryRefused(f"There is no table {node['table_name']!r} to query.", _ASK_INSTEAD)
        if kind == "TABLE_FUNCTION" and node["function"].get("function_name") not in _TABLE_FUNCTIONS:
            name = node["function"].get("function_name")
            raise QueryRefused(f"The table function {name} is not allowed.", _ASK_INSTEAD)
        if node.get("class") == "FUNCTION" and node.get("function_name") in _FORBIDDEN:
            raise QueryRefused(f"The function {node['function_name']} is not allowed.", _ASK_INSTEAD)


def _is_served(node: dict[str, Any], own: set[str]) -> bool:
    """True for a served table, or a name that the statement itself defines with WITH."""
    if node.get("catalog_name") or node.get("schema_name") not in ("", "main"):
        return False
    return node["table_name"].lower() in _RELATIONS | own


def _nodes(tree: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """All objects of a parse tree, without recursion: statements can be nested deeply."""
    waiting: list[Any] = [tree]
    while waiting:
        found = waiting.pop()
        if isinstance(found, dict):
            yield found
            waiting.extend(found.values())
        elif isinstance(found, list):
            waiting.extend(found)


def _first_line(error: Exception) -> str:
    return str(error).split("\n", 1)[0].removeprefix("Parser Error: ")
