"""The canonical tables, read from tables.toml: names, types, keys and comments."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal, cast

# Written by the loader itself, not merged from sources.
RECORDS = ("load_history", "quality_history", "quality_results")
ColumnType = Literal["text", "integer", "bigint", "double", "boolean", "date", "timestamp"]
_INCLUDE = re.compile(r"(?P<group>\w+)(?: as (?P<pattern>[\w*]+) \((?P<note>.+)\))?")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, its type and the sentence that explains it."""

    name: str
    type: ColumnType
    comment: str


@dataclass(frozen=True, slots=True)
class Table:
    """One canonical table; `key` names the columns that identify a row (empty values allowed).

    A table `derived_from` another one is what the query in NAME.sql makes of it; no source fills it.
    """

    name: str
    comment: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    derived_from: str = ""

    def column_names(self) -> tuple[str, ...]:
        """Names of the columns, in order."""
        return tuple(column.name for column in self.columns)

    @property
    def has_season(self) -> bool:
        """True for tables whose rows belong to a season and season type."""
        return "season_type" in self.column_names()


@cache
def tables() -> dict[str, Table]:
    """All canonical tables by name."""
    return _read("tables")


@cache
def views() -> dict[str, Table]:
    """All views by name, described as tables are."""
    return _read("views")


def merged_tables() -> list[Table]:
    """The canonical tables that are merged from what sources give."""
    return [t for name, t in tables().items() if name not in RECORDS and not t.derived_from]


def query_of(name: str) -> str:
    """The query behind a view or a derived table."""
    return files("nba_mcp_synthesis.schema").joinpath(f"{name}.sql").read_text("utf-8")


def _read(kind: str) -> dict[str, Table]:
    text = files("nba_mcp_synthesis.schema").joinpath("tables.toml").read_text("utf-8")
    raw = tomllib.loads(text)
    return {name: _table(name, spec, raw["groups"]) for name, spec in raw[kind].items()}


def _table(name: str, spec: dict[str, Any], groups: dict[str, dict[str, str]]) -> Table:
    own = [_column(n, text) for n, text in spec["columns"].items()]
    shared = [c for include in spec.get("include", []) for c in _included(include, groups)]
    by_name = {c.name: c for c in [*own, *shared]}
    head = [by_name.pop(key) for key in spec["key"]]
    columns = (*head, *by_name.values())
    return Table(name, spec["comment"], tuple(spec["key"]), columns, spec.get("derived_from", ""))


def _included(include: str, groups: dict[str, dict[str, str]]) -> list[Column]:
    match = _INCLUDE.fullmatch(include)
    if match is None:
        msg = f"tables.toml: cannot read the include {include!r}"
        raise ValueError(msg)
    columns = [_column(n, text) for n, text in groups[match["group"]].items()]
    if match["pattern"] is None:
        return [Column(c.name, c.type, _sentence(c.comment)) for c in columns]
    return [_renamed(c, match["pattern"], match["note"]) for c in columns]


def _renamed(column: Column, pattern: str, note: str) -> Column:
    averaged: ColumnType = "double" if "per_game" in pattern else column.type
    comment = _sentence(f"{column.comment} {note}")
    return Column(pattern.replace("*", column.name), averaged, comment)


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:] + ("" if text.endswith(".") else ".")


def _column(name: str, text: str) -> Column:
    kind, _, comment = text.partition(": ")
    return Column(name, cast("ColumnType", kind), comment)
