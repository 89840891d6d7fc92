"""Compares the functions of the installed engine with the reviewed lists of the gate.

Run it after every change of the engine's version. Exit code 0: every function of the engine is allowed or
refused by name; 1: some are in no group (they are refused meanwhile), or a group names one that is gone.
"""

import sys
from collections.abc import Set as AbstractSet
from typing import Any

import duckdb

from nba_mcp_synthesis.warehouse.guard.lists import load

_VALUES = ("scalar", "aggregate", "macro")
_TABLES = ("table", "table_macro")  # pragma functions are reached by PRAGMA alone, which no query may hold


def engine_functions(kinds: tuple[str, ...]) -> set[str]:
    """The names of the engine's functions of these kinds, lower case."""
    with duckdb.connect() as connection:
        rows = connection.execute("SELECT function_type, lower(function_name) FROM duckdb_functions()")
        return {name for kind, name in rows.fetchall() if kind in kinds}


def compare(table: dict[str, Any], engine: AbstractSet[str]) -> tuple[list[str], list[str]]:
    """(names of the engine that are in no group, names in a group that the engine does not have)."""
    groups = {group: names for group, names in table["allowed"].items() if group != "grammar"}
    named = {name for names in groups.values() for name in names}
    named |= {name for group in table["refused"].values() for name in group["names"]}
    prefixes = tuple(p for group in table["refused"].values() for p in group.get("prefixes", ()))
    return sorted(n for n in engine - named if not n.startswith(prefixes)), sorted(named - engine)


def main() -> int:
    """Prints what is new and what is gone."""
    table = load("functions.toml")
    status = 0
    for title, part, kinds in (
        ("functions", table, _VALUES),
        ("table functions", table["table_functions"], _TABLES),
    ):
        for what, names in zip(("new", "gone"), compare(part, engine_functions(kinds)), strict=True):
            print(f"{title}, {what}: {', '.join(names) or 'none'}")
            status |= bool(names)
    return status


if __name__ == "__main__":
    sys.exit(main())
