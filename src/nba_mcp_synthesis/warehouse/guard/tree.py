"""The allow lists, held against every object of a parse tree."""

from collections.abc import Iterator
from typing import Any

from nba_mcp_synthesis.errors import QueryRefused
from nba_mcp_synthesis.warehouse.guard import arguments
from nba_mcp_synthesis.warehouse.guard.lists import ASK_INSTEAD, did_you_mean, fold, functions, load, shown

_Node = dict[str, Any]
_FUNCTIONS, _TABLE_FUNCTIONS = functions()
_NODES = load("nodes.toml")
_TYPES, _CLASSES, _FIELDS, _DATA_TYPES = (
    frozenset(_NODES[name]) for name in ("types", "classes", "fields", "data_types")
)
_NAMED_TYPES, _COLLATIONS = frozenset(_NODES["named_types"]), frozenset(_NODES["collations"])
_UNREPEATABLE = {kind: frozenset(names) for kind, names in load("functions.toml")["unrepeatable"].items()}
# (catalogue, schema) under which the served tables lie.
_PLACES = frozenset({("", ""), ("", "main"), ("", "nba"), ("nba", "main")})


class Reader:
    """Reads one tree: which served relations it names, and whether it gives the same rows each time."""

    def __init__(self, served: frozenset[str]) -> None:
        self.relations: set[str] = set()
        self.is_repeatable = True
        self._served = served

    def read(self, tree: _Node) -> None:
        """Looks at every object, without recursion; raises QueryRefused at the first that is not allowed."""
        waiting: list[tuple[Any, frozenset[str]]] = [(tree, frozenset())]
        while waiting:
            node, scope = waiting.pop()
            if isinstance(node, list):
                waiting.extend((part, scope) for part in node)
            elif isinstance(node, dict):
                _check_form(node)
                self._check_names(node, scope)
                waiting.extend(_parts(node, scope))

    def _check_names(self, node: _Node, scope: frozenset[str]) -> None:
        if node.get("sample"):
            self.is_repeatable = False
        match node.get("type"):
            case "BASE_TABLE":
                self._check_table(node, scope)
            case "TABLE_FUNCTION":
                self._check_table_function(node["function"])
            case "COLUMN_REF":
                self._check_column(node["column_names"])
            case _ if node.get("class") in ("FUNCTION", "WINDOW"):
                self._check_function(node)

    def _check_table(self, node: _Node, scope: frozenset[str]) -> None:
        place, name = (fold(node["catalog_name"]), fold(node["schema_name"])), fold(node["table_name"])
        if name in scope and place in (("", ""), ("", "recurring")):
            return
        if place not in _PLACES or name not in self._served:
            full = ".".join(part for part in (*place, node["table_name"]) if part)
            hint = did_you_mean(name, self._served, "SHOW TABLES lists the tables.")
            raise QueryRefused(f"There is no table {shown(full)} to query.", hint)
        self.relations.add(name)

    def _check_table_function(self, node: _Node) -> None:
        if node.get("class") != "FUNCTION":
            raise _unknown("an expression in FROM")
        name = fold(node["function_name"])
        _TABLE_FUNCTIONS.check(name, "table function")
        arguments.check(name, node, _FUNCTIONS)

    def _check_function(self, node: _Node) -> None:
        name = fold(node["function_name"])
        _FUNCTIONS.check(name, "function")
        arguments.check(name, node, _FUNCTIONS)
        if name in _UNREPEATABLE["functions"]:
            self.is_repeatable = False

    def _check_column(self, names: list[str]) -> None:
        """The engine calls some functions where their bare name stands as a column."""
        if len(names) > 1:
            return
        name = fold(names[0])
        reason = _FUNCTIONS.reason(name)
        if reason and reason.as_column and name not in _UNREPEATABLE["columns"]:
            raise QueryRefused(f"{shown(name)} is not allowed: {reason.reason}.", reason.instead)
        if name in _UNREPEATABLE["columns"]:
            self.is_repeatable = False


def _check_form(node: _Node) -> None:
    """The kind of an object, its fields, and what its own lists say."""
    kind, expression = node.get("type"), node.get("class", "COLUMN_REF")
    if isinstance(kind, str) and kind not in _TYPES:  # the type of a value is an object of its own
        raise _unknown(kind, _NODES["refused_types"].get(kind))
    if expression not in _CLASSES:
        raise _unknown(expression)
    for field in node.keys() - _FIELDS:
        if node[field]:
            raise _unknown(field, _NODES["refused_fields"].get(field))
    if "type_info" in node and node["id"] not in _DATA_TYPES:
        raise _unknown_type(node["id"])
    if isinstance(kind, str) and kind in _FORMS:
        _FORMS[kind](node)


def _check_named_type(node: _Node) -> None:
    if fold(node["name"]) not in _NAMED_TYPES or node.get("catalog") or node.get("schema"):
        raise _unknown_type(node["name"])


def _check_collation(node: _Node) -> None:
    if not all(fold(part) in _COLLATIONS for part in node["collation"].split(".")):
        raise QueryRefused(
            f"There is no collation {shown(node['collation'])} here.",
            "Use nocase, noaccent or nocase.noaccent.",
        )


def _check_shown(node: _Node) -> None:
    if not node["query"] or node["show_type"] not in ("DESCRIBE", "SUMMARY"):
        raise QueryRefused(
            "SHOW, and DESCRIBE without a name, list what the server holds.",
            "Send SHOW TABLES for the tables, or DESCRIBE games for the columns of one.",
        )


_FORMS = {
    "UNBOUND_TYPE_INFO": _check_named_type,
    "ARRAY_TYPE_INFO": arguments.check_array,
    "COLLATE": _check_collation,
    "SHOW_REF": _check_shown,
}


def _parts(node: _Node, scope: frozenset[str]) -> Iterator[tuple[Any, frozenset[str]]]:
    """What an object is made of, each with the names that WITH has defined for it so far.

    A name is in scope for later parts of its own WITH and for the query behind it, never before, and never
    in another branch: there it would be the catalogue's.
    """
    for entry in (node.get("cte_map") or {}).get("map", ()):
        yield entry["value"], scope
        scope |= {fold(entry["key"])}
    for field, part in node.items():
        if field == "function" and node.get("type") == "TABLE_FUNCTION":
            yield part["children"], scope
        elif field == "right" and node.get("type") == "RECURSIVE_CTE_NODE":
            yield part, scope | {fold(node["cte_name"])}
        elif field != "cte_map" and isinstance(part, (dict, list)):
            yield part, scope


def _unknown(form: str, told: list[str] | None = None) -> QueryRefused:
    words = form.lower().replace("_", " ")
    general = f"This form of SELECT ({words}) is not accepted: only forms that were reviewed are."
    return QueryRefused(*(told or (general, ASK_INSTEAD)))


def _unknown_type(name: str) -> QueryRefused:
    return QueryRefused(
        f"The data type {shown(name)} is not accepted here.",
        "Use an ordinary one, such as INTEGER or VARCHAR.",
    )
