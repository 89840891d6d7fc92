"""The gate that untrusted SQL passes before any engine with data sees it.

First form: exactly one SELECT by DuckDB's own parser. What a SELECT could still reach is walled off
by the connection itself (see duckdb_engine.py): a read-only file, no other file, no network, settings
locked.
"""

import json
import threading
from typing import Any

import duckdb

from nba_mcp_synthesis.errors import QueryRefused

MAX_LENGTH = 20_000
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
        except duckdb.Error as error:
            raise QueryRefused(f"The SQL could not be parsed: {_first_line(error)}", _ASK_INSTEAD) from None
        if len(statements) != 1:
            raise QueryRefused(f"There are {len(statements)} statements.", _ASK_INSTEAD)
        tree: dict[str, Any] = json.loads(found[0]) if found else {}
        if tree.get("error", True) or len(tree["statements"]) != 1:
            kind = statements[0].type.name
            raise QueryRefused(
                f"This is {'an' if kind[0] in 'AEIOU' else 'a'} {kind} statement or a form of SELECT that "
                "is not accepted; only one plain SELECT is.",
                _ASK_INSTEAD,
            )


def _first_line(error: duckdb.Error) -> str:
    return str(error).splitlines()[0].removeprefix("Parser Error: ")
