"""The allow lists, held against every object of PostgreSQL's parse tree."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from nba_mcp_synthesis.errors import QueryRefused
from nba_mcp_synthesis.schema.tables import tables, views
from nba_mcp_synthesis.warehouse.guard.lists import ASK_INSTEAD, did_you_mean, fold, functions, load, shown
from nba_mcp_synthesis.warehouse.guard.postgres import arguments

_Node = dict[str, Any]
_Names = frozenset[str]
_FUNCTIONS, _ = functions("postgres/functions.toml")
_NODES = load("postgres/nodes.toml")
_KINDS, _FIELDS, _TYPES, _OPERATORS, _VALUES, _COLLATIONS, _METHODS = (
    frozenset(_NODES[name])
    for name in ("kinds", "fields", "types", "operators", "values", "collations", "sample_methods")
)
_UNREPEATABLE = frozenset(load("postgres/functions.toml")["unrepeatable"]["functions"])
_COLUMNS = frozenset(
    column for table in (*tables().values(), *views().values()) for column in table.column_names()
) | frozenset(_NODES["field_names"])

# Types and functions whose reading tells about the server; an alias of that name does not change it.
_OF_SYSTEM = re.compile(
    r"reg[a-z]+|pg_.*|xml.*|.*_to_xml.*|oid.*|[cx]id8?|tid|binary_.*|(gin|brin)_.*|ts_debug|row_.*"
)


@dataclass
class _Defined:
    """What a statement itself names: its columns, and what stands for a function in FROM."""

    columns: set[str] = field(default_factory=set)
    functions: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, tree: _Node) -> "_Defined":
        """The names in a tree."""
        made, waiting = cls(), [tree]
        while waiting:
            node = waiting.pop()
            waiting += node if isinstance(node, list) else node.values() if isinstance(node, dict) else ()
            if isinstance(node, dict):
                made._note(node)
        return made

    def _note(self, node: _Node) -> None:
        self.columns |= {str(node[key]) for key in ("name", "colname") if isinstance(node.get(key), str)}
        self.columns |= {word for key in ("colnames", "aliascolnames") for word in _words(node.get(key, []))}
        self.functions |= {*[*_words(node.get("funcname", []))][-1:]}
        if alias := (node.get("RangeFunction") or {}).get("alias"):
            self.functions.add(alias["aliasname"])


class Reader:
    """Reads one tree: which served relations it names, and whether it gives the same rows each time."""

    def __init__(self, served: _Names, schemas: _Names) -> None:
        self.relations: set[str] = set()
        self.is_repeatable = True
        self._served = served
        self._schemas = schemas
        self._sizes = arguments.Sizes()
        self._names = _Defined()

    def read(self, tree: _Node) -> None:
        """Looks at every object, without recursion; raises QueryRefused at the first that is not allowed."""
        waiting: list[tuple[Any, _Names]] = [(tree, frozenset())]
        self._names = _Defined.of(tree)
        while waiting:
            node, scope = waiting.pop()
            if isinstance(node, list):
                waiting.extend((part, scope) for part in node)
            elif isinstance(node, dict):
                self._check(node, scope)
                waiting.extend(_parts(node, scope))

    def _check(self, node: _Node, scope: _Names) -> None:
        """The kinds and fields of an object, and the names in it, wherever it stands."""
        for key in node:
            if key not in (_KINDS if key[:1].isupper() else _FIELDS):
                raise _unknown(key)
        if "relname" in node:
            self._check_table(node, scope)
        if "funcname" in node:
            self._check_function(node)
        if "names" in node:
            _check_type(node)
        for key in node.keys() & _NAMED.keys():
            _NAMED[key](node[key])
        self._check_column(node.get("fields", []))
        if "SQLValueFunction" in node or "RangeTableSample" in node:
            self._check_changing(node)

    def _check_table(self, node: _Node, scope: _Names) -> None:
        schema, name = fold(node.get("schemaname", "")), fold(node["relname"])
        if not schema and node["relname"] in scope:
            return
        if (schema and schema not in self._schemas) or name not in self._served:
            full = ".".join(part for part in (schema, node["relname"]) if part)
            hint = did_you_mean(name, self._served, "SHOW TABLES lists the tables.")
            raise QueryRefused(f"There is no table {shown(full)} to query.", hint)
        self.relations.add(name)

    def _check_function(self, node: _Node) -> None:
        *schema, name = _words(node["funcname"])
        if schema not in ([], ["pg_catalog"]):
            raise QueryRefused(
                f"The function {shown('.'.join([*schema, name]))} is not one of PostgreSQL's own.",
                "Use an ordinary function, by its bare name.",
            )
        _FUNCTIONS.check(name, "function")
        self._sizes.check(name, node)
        if name in _UNREPEATABLE:
            self.is_repeatable = False

    def _check_column(self, fields: list[_Node]) -> None:
        """`t.name` calls the function of that name, or casts to it, where t has no such column.

        What a function in FROM gives is no row but a value, which can be cast to anything.
        """
        *tables, name = [*_words([part for part in fields if "String" in part])] or [""]
        if not tables or name in _COLUMNS:
            return
        if reason := _FUNCTIONS.reason(name):
            raise QueryRefused(f"{shown(name)} is not allowed: {reason.reason}.", reason.instead)
        is_known = name in self._names.columns or (name in _FUNCTIONS.allowed and name not in _UNREPEATABLE)
        if tables[-1] in self._names.functions and (not is_known or _OF_SYSTEM.fullmatch(name)):
            raise QueryRefused(
                f"{shown(tables[-1])}.{shown(name)} could call a function: only columns may be named there.",
                "Name the column, as in generate_series(1, 3) AS t(n), or call the function as name(…).",
            )

    def _check_changing(self, node: _Node) -> None:
        """What is another thing each time that a query runs."""
        if value := node.get("SQLValueFunction"):
            if value["op"] not in _VALUES:
                raise QueryRefused(
                    f"{shown(value['op'].removeprefix('SVFOP_').lower())} is not allowed: it tells about the "
                    "server, not about basketball.",
                    "Leave it out; `data_status` tells how fresh the data are.",
                )
            self.is_repeatable = False
        if sample := node.get("RangeTableSample"):
            if [*_words(sample["method"])] not in [[method] for method in _METHODS]:
                raise _unknown("sample method")
            self.is_repeatable = self.is_repeatable and "repeatable" in sample


def _check_type(node: _Node) -> None:
    *schema, name = _words(node["names"])
    if schema not in ([], ["pg_catalog"]) or name not in _TYPES or node.get("pct_type"):
        raise QueryRefused(
            f"The data type {shown('.'.join([*schema, name]))} is not accepted here.",
            "Use an ordinary one, such as integer, numeric or text.",
        )
    arguments.check_type(name, node)


def _check_operators(expression: _Node) -> None:
    _check_operator(expression["name"])


def _check_operator(names: list[_Node]) -> None:
    *schema, name = _words(names)
    if schema not in ([], ["pg_catalog"]) or name not in _OPERATORS:
        raise QueryRefused(f"There is no operator {shown(name)} here.", "Use an ordinary one, or a function.")


def _check_collation(names: list[_Node]) -> None:
    *schema, name = _words(names)
    if schema not in ([], ["pg_catalog"]) or name not in _COLLATIONS:
        raise QueryRefused(f"There is no collation {shown(name)} here.", 'Use "C" or "default".')


def _check_fields(indirection: list[_Node]) -> None:
    """`(x).name` calls the function of that name where x has no such field."""
    for name in _words([part for part in indirection if "String" in part]):
        if name not in _COLUMNS and name not in _FUNCTIONS.allowed:
            raise QueryRefused(
                f"({'…'}).{shown(name)} could call a function, so only names of columns may stand there.",
                "Give the column a name in a subquery, or call the function as name(…).",
            )


# Checks by the name of the field or the kind whose content they look at.
_NAMED: dict[str, Callable[[Any], None]] = {
    "A_Expr": _check_operators,
    "operName": _check_operator,
    "collname": _check_collation,
    "indirection": _check_fields,
}


def _parts(node: _Node, scope: _Names) -> Iterator[tuple[Any, _Names]]:
    """What an object is made of, each with the names that WITH has defined for it so far.

    A name is in scope for later parts of its own WITH (for all of them, where it is recursive) and for the
    query behind it, never in another branch: there it would be the catalogue's.
    """
    defined = node.get("withClause") or {}
    entries = [entry["CommonTableExpr"] for entry in defined.get("ctes", ())]
    if defined.get("recursive"):
        scope |= {entry["ctename"] for entry in entries}
    if defined:
        yield {key: value for key, value in defined.items() if key != "ctes"}, scope
    for entry in entries:
        yield {"CommonTableExpr": entry}, scope
        scope |= {entry["ctename"]}
    for name, part in node.items():
        if name != "withClause" and isinstance(part, dict | list):
            yield part, scope


def _words(names: list[_Node]) -> Iterator[str]:
    """The parts of a name; whatever is no text has none, which is in no list."""
    return (str(part.get("String", {}).get("sval", "")) for part in names)


def _unknown(form: str) -> QueryRefused:
    if told := _NODES["refused_forms"].get(form):
        return QueryRefused(*told)
    words = "".join(f" {c.lower()}" if c.isupper() else c for c in form).replace("_", " ").strip()
    return QueryRefused(
        f"This form of SELECT ({words}) is not accepted: only forms that were reviewed are.", ASK_INSTEAD
    )
