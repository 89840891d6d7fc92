"""Decides whether SQL from a stranger may run in PostgreSQL, by PostgreSQL's own parser.

The sibling of the gate for DuckDB, with the same manners: docs/decisions/0007-guard.md says why. It reads the
tree as JSON, since the parser's other form can end the process on long expressions.
"""

import json
from typing import Any

from pglast.parser import ParseError, parse_sql_json, scan

from nba_mcp_synthesis.errors import QueryRefused
from nba_mcp_synthesis.warehouse.guard.judge import Checked, Judge
from nba_mcp_synthesis.warehouse.guard.lists import ASK_INSTEAD, load, shown
from nba_mcp_synthesis.warehouse.guard.postgres.tree import Reader

_OPTIONS = frozenset(load("postgres/nodes.toml")["explain_options"])
# Signs of the tokenizer that are no part of a statement.
_AROUND = frozenset({"SQL_COMMENT", "C_COMMENT", "ASCII_59"})
_Node = dict[str, Any]


class PostgresGate(Judge):
    """The judge of statements for PostgreSQL, over relations in `schemas`."""

    def __init__(self, relations: frozenset[str] | None = None, schemas: tuple[str, ...] = ("nba",)) -> None:
        super().__init__(relations)
        self._schemas = frozenset(schemas)

    def _checked(self, given: str) -> Checked:
        _only_statement(given)
        sql = _without_surroundings(given)
        kind, node = _only_statement(sql)
        if kind == "VariableShowStmt" and node.get("name") == "tables":
            return Checked(self._list_of_tables(), frozenset(), is_repeatable=True)
        measured = False
        if kind == "ExplainStmt":
            measured = _check_options(node.get("options", []))
            ((kind, node),) = node["query"].items()
        if kind != "SelectStmt":
            raise _not_a_query(kind)
        reader = Reader(self._relations, self._schemas)
        reader.read({kind: node})
        return Checked(sql, frozenset(reader.relations), reader.is_repeatable and not measured)

    def _list_of_tables(self) -> str:
        """The answer to SHOW TABLES, from the served names alone."""
        names = ", ".join("'" + name.replace("'", "''") + "'" for name in sorted(self._relations))
        return f"SELECT unnest(ARRAY[{names}]::text[]) AS name"


def _only_statement(sql: str) -> tuple[str, _Node]:
    """(kind, content) of the one statement there is."""
    try:
        found = json.loads(parse_sql_json(sql)).get("stmts", [])
    except ParseError as error:
        raise _unreadable(sql, error) from None
    except (ValueError, RecursionError, MemoryError, SystemError):
        raise _unreadable(sql, None) from None
    if len(found) != 1:
        raise QueryRefused(f"There are {len(found) or 'no'} statements; send exactly one.", ASK_INSTEAD)
    ((kind, node),) = found[0]["stmt"].items()
    return kind, node


def _without_surroundings(sql: str) -> str:
    """The statement without the comments and semicolons around it."""
    try:
        own = [token for token in scan(sql) if token.name not in _AROUND]
    except (ParseError, ValueError, SystemError):
        raise _unreadable(sql, None) from None
    return sql[own[0].start : own[-1].end + 1] if own else ""


def _check_options(options: list[_Node]) -> bool:
    """True where EXPLAIN is to run what it explains."""
    names = [option["DefElem"]["defname"] for option in options]
    for name in names:
        if name not in _OPTIONS:
            raise QueryRefused(
                f"EXPLAIN is not accepted with the option {shown(name)}.",
                f"Use {', '.join(sorted(_OPTIONS))}.",
            )
    return "analyze" in names


def _unreadable(sql: str, error: ParseError | None) -> QueryRefused:
    """Says where reading the statement failed, in its own words and not the parser's."""
    place = error.args[1] if error is not None and len(error.args) > 1 else None
    near = shown(" ".join(sql[place:].split())[:30]) if isinstance(place, int) and place < len(sql) else ""
    where = (
        f"It goes wrong at “{near}”"
        if near
        else "It is incomplete, nested too deeply, or a form that the engine does not have"
    )
    return QueryRefused(f"This is not SQL that the engine can read. {where}.", "Mend it and send it again.")


def _not_a_query(kind: str) -> QueryRefused:
    """A kind is called InsertStmt, CreateRoleStmt and the like."""
    words = "".join(f" {c}" if c.isupper() else c for c in kind.removesuffix("Stmt")).strip().upper()
    return QueryRefused(
        f"{words} statements are not accepted: queries here only read, and only the served tables.",
        ASK_INSTEAD,
    )
