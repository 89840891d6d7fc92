"""The facts: tables that counts are added up from, read from facts.toml."""

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Literal

import sqlglot
from sqlglot import exp

from nba_mcp_synthesis.schema.tables import tables, views
from nba_mcp_synthesis.warehouse.dialect import HOUSE

Entity = Literal["player", "team"]
# The SQL of the files here; `warehouse/dialect.py` makes other engines' of it.
DIALECT = HOUSE


@dataclass(frozen=True, slots=True)
class Join:
    """A table (or query, or the context of another fact) beside a fact's rows."""

    alias: str
    on: str
    table: str = ""
    query: str = ""
    context: Entity | None = None


@dataclass(frozen=True)
class Fact:
    """Rows to add up: `counts` are expressions over a row.

    `table` names a table, or a query in a file of this folder whose columns are `columns`. `only` leaves
    rows out; `time` orders them. `whole` names a query for the part of the table `of` that the fact has, by
    season; without one it is all of it. `on` and `dimensions` take the place of what is the same for other
    facts; `rows` has measures whose value in one row is there beside the counts; `note` has a sentence for a
    dimension or count that is special here. A fact that `serves` only some measures is never read for
    others. `splits_clubs` is true where a traded player has a row for each club; `rounded` where the counts
    come from published averages; `filled` where every row has a value for every count.
    """

    name: str
    entity: Entity
    grain: Literal["season", "game", "part"]
    table: str
    counts: dict[str, str]
    time: str = ""
    only: str = ""
    columns: tuple[str, ...] = ()
    dimensions: dict[str, str] = field(default_factory=dict)
    on: dict[str, str] = field(default_factory=dict)
    note: dict[str, str] = field(default_factory=dict)
    rows: dict[str, str] = field(default_factory=dict)
    whole: str = ""
    of: str = ""
    serves: tuple[str, ...] = ()
    splits_clubs: bool = False
    rounded: bool = False
    filled: bool = False

    @property
    def covered(self) -> str:
        """The table whose completeness is the fact's."""
        return self.of or self.table

    def row_values(self, name: str, counts: Iterable[str]) -> dict[str, str]:
        """What a condition on a measure of one row reads: its value, or the counts that it is made of."""
        return {name: self.rows[name]} if name in self.rows else {c: self.counts[c] for c in counts}

    def has(self, expression: str) -> bool:
        """True when all that an expression needs is in the fact or in its joins."""
        return all(self._has_column(column) for column in columns_of(expression))

    def join(self, alias: str) -> Join:
        """The join of that alias, on this fact's rows."""
        shared = joins()[alias]
        return replace(shared, on=self.on.get(alias, shared.on))

    def joins_for(self, expressions: Iterable[str]) -> list[Join]:
        """The joins that expressions need, in the order of facts.toml."""
        used = {column.table for text in expressions for column in columns_of(text)}
        return [self.join(alias) for alias in joins() if alias in used]

    def _has_column(self, column: exp.Column) -> bool:
        if column.table == "f":
            return column.name in self._columns()
        on = columns_of(self.join(column.table).on)
        return all(self._has_column(needed) for needed in on if needed.table != column.table)

    def _columns(self) -> tuple[str, ...]:
        known = {**tables(), **views()}
        return self.columns or known[self.table].column_names()


@lru_cache(maxsize=4_096)
def parsed(text: str) -> exp.Expr:
    """SQL text as a tree to look at; it is shared, and must not be changed or built upon."""
    return sqlglot.parse_one(text, dialect=DIALECT)


def tree(text: str) -> exp.Expr:
    """SQL text as a tree of one's own."""
    return parsed(text).copy()


@cache
def columns_of(text: str) -> tuple[exp.Column, ...]:
    """The columns that an expression names."""
    return tuple(parsed(text).find_all(exp.Column))


@cache
def facts() -> dict[str, Fact]:
    """All facts by name, in the order in which they are tried."""
    raw = _raw()
    return {
        name: _fact(name, _whole_spec(spec, raw["facts"]), raw["box"]) for name, spec in raw["facts"].items()
    }


@cache
def joins() -> dict[str, Join]:
    """All joins by alias."""
    return {alias: Join(alias, **spec) for alias, spec in _raw()["joins"].items()}


@cache
def query_text(name: str) -> str:
    """A query of this folder."""
    return files(__package__).joinpath(name).read_text("utf-8")


def _raw() -> dict[str, Any]:
    return tomllib.loads(query_text("facts.toml"))


def _whole_spec(spec: dict[str, Any], all_specs: dict[str, Any]) -> dict[str, Any]:
    """What a fact says itself, over what the one says that it is like."""
    if "like" not in spec:
        return dict(spec)
    own = {key: value for key, value in spec.items() if key != "like"}
    return _whole_spec(all_specs[spec["like"]], all_specs) | own


def _fact(name: str, spec: dict[str, Any], box: list[str]) -> Fact:
    counts = dict(_box_counts(spec.pop("box", {}), box)) | spec.pop("counts", {})
    columns, serves = tuple(spec.pop("columns", ())), tuple(spec.pop("serves", ()))
    return Fact(name=name, counts=counts, columns=columns, serves=serves, **spec)


def _box_counts(patterns: dict[str, str], box: list[str]) -> Iterator[tuple[str, str]]:
    for named, expression in patterns.items():
        yield from ((named.replace("*", count), expression.replace("*", count, 1)) for count in box)
