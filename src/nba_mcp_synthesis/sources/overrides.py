"""Known-bad values of sources, corrected where rows become canonical: what is in overrides.toml."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from nba_mcp_synthesis.schema.tables import tables
from nba_mcp_synthesis.sources.values import Record


@dataclass(frozen=True, slots=True)
class Override:
    """One value of one row that is known to be wrong, and the right one."""

    column: str
    wrong: object
    right: object
    reason: str


def has_overrides(table: str) -> bool:
    """True where some value of the table is known to be wrong."""
    return bool(_by_key(table))


def corrected(table: str, records: Sequence[Record]) -> Sequence[Record]:
    """The records with the right values where they have those that are known to be wrong."""
    known = _by_key(table)
    if not known:
        return records
    key = tables()[table].key
    return [_mended(record, known.get(tuple(record.get(name) for name in key), ())) for record in records]


def _mended(record: Record, overrides: Sequence[Override]) -> Record:
    right = {o.column: o.right for o in overrides if o.column in record and record[o.column] == o.wrong}
    return record | right if right else record


@cache
def _by_key(table: str) -> dict[tuple[object, ...], list[Override]]:
    found: dict[tuple[object, ...], list[Override]] = {}
    for group in _groups().get(table, ()):
        for value in group["values"]:
            key = tuple(value[name] for name in tables()[table].key)
            override = Override(group["column"], value["wrong"], value["right"], group["reason"])
            found.setdefault(key, []).append(override)
    return found


@cache
def _groups() -> dict[str, list[dict[str, Any]]]:
    text = files("nba_mcp_synthesis.sources").joinpath("overrides.toml").read_text("utf-8")
    return tomllib.loads(text)
