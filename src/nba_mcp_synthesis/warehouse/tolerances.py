"""How exactly each source tells a value: tolerances.toml, checked against tables and sources."""

import math
import tomllib
from dataclasses import dataclass
from typing import Any

from nba_mcp_synthesis.errors import SettingsError
from nba_mcp_synthesis.schema.tables import Column, Table
from nba_mcp_synthesis.warehouse.layout import merged_tables
from nba_mcp_synthesis.warehouse.merging import sources_of

ANY = "any"
NUMBERS = ("integer", "bigint", "double")
_HINT = "Mend that line; names are those of schema/tables.toml and sources/precedence.toml."


@dataclass(frozen=True)
class Tolerances:
    """How far a value may be off, by (table, column): "any", a number, or numbers by source."""

    default: float
    entries: dict[tuple[str, str], Any]

    def compares(self, table: Table, column: Column) -> bool:
        """False for columns that sources tell as they like."""
        return self.entries.get((table.name, column.name)) != ANY

    def of(self, table: Table, column: Column) -> tuple[dict[str, float], float]:
        """How far each listed source may be off, and all others."""
        entry = self.entries.get((table.name, column.name), self.default)
        return (entry, self.default) if isinstance(entry, dict) else ({}, entry)


def parse(text: str) -> Tolerances:
    """Tolerances from the text of a file such as tolerances.toml.

    Raises:
        SettingsError: it names a table, column or source that is not there, or something is no tolerance.
    """
    try:
        sections = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"tolerances.toml is not valid TOML: {error}.") from error
    default = sections.pop("default", None)
    if not _is_amount(default):
        raise SettingsError(f"tolerances.toml: default is {default!r}, not an amount of at least 0.")
    known = {table.name: table for table in merged_tables()}
    entries = {}
    for name, columns in sections.items():
        if name not in known or not isinstance(columns, dict):
            raise SettingsError(f"tolerances.toml: {name} is not a table that is merged.", _HINT)
        for column, entry in columns.items():
            _check(known[name], column, entry)
            entries[name, column] = entry
    return Tolerances(default, entries)


def _check(table: Table, name: str, entry: Any) -> None:
    place = f"tolerances.toml: {table.name}.{name}"
    column = next((c for c in table.columns if c.name == name and name not in table.key), None)
    if column is None:
        raise SettingsError(f"{place} is not a column to compare.", _HINT)
    if entry == ANY:
        return
    if column.type not in NUMBERS:
        raise SettingsError(f'{place} is no number: it is equal, or "any".', _HINT)
    by_source = entry if isinstance(entry, dict) else {}
    for source in by_source.keys() - set(sources_of(table)):
        raise SettingsError(f"{place}.{source}: no source of {table.name} is called {source!r}.", _HINT)
    for amount in by_source.values() if isinstance(entry, dict) else [entry]:
        if not _is_amount(amount):
            raise SettingsError(f'{place}: {amount!r} is neither an amount of at least 0 nor "any".', _HINT)


def _is_amount(value: Any) -> bool:
    return type(value) in (int, float) and math.isfinite(value) and value >= 0
