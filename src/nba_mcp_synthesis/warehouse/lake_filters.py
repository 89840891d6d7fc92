"""Filters on rows of a published table, such as `pts>=40`: names are looked up, values are typed."""

import datetime as dt
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from nba_mcp_synthesis.errors import UnknownName, UsageError
from nba_mcp_synthesis.schema.tables import Column, ColumnType, Table

_FILTER = re.compile(r"\s*(?P<name>\w+)\s*(?P<sign>>=|<=|!=|=|<|>)\s*(?P<value>.*?)\s*", re.DOTALL)
_HINT = "Write NAME=VALUE, or with one of != >= <= > <, such as pts>=40."
_MOST, _LONGEST = 20, 200


def _boolean(text: str) -> bool:
    return {"true": True, "false": False}[text.lower()]


def _whole(text: str) -> int:
    number = int(text)
    if not -(2**63) <= number < 2**63:
        raise ValueError(text)
    return number


_READ: dict[ColumnType, Callable[[str], Any]] = {
    "text": str,
    "integer": _whole,
    "bigint": _whole,
    "double": float,
    "boolean": _boolean,
    "date": dt.date.fromisoformat,
    "timestamp": dt.datetime.fromisoformat,
}


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition; all of them have to hold."""

    column: Column
    sign: str
    value: Any


def filters_of(table: Table, texts: Sequence[str]) -> list[Filter]:
    """The conditions that texts mean.

    Raises:
        UnknownName: the table has no such column.
        UsageError: a text is no condition, or its value does not fit the column.
    """
    if len(texts) > _MOST:
        raise UsageError(f"There are {len(texts)} filters; the limit is {_MOST}.")
    return [_filter(table, text) for text in texts]


def column_of(table: Table, name: str) -> Column:
    """A column by its name; UnknownName where there is none."""
    for column in table.columns:
        if column.name == name:
            return column
    near = [c.name for c in table.columns if name.lower()[:3] in c.name][:3]
    raise UnknownName(f"column of {table.name}", name[:_LONGEST], near)


def _filter(table: Table, text: str) -> Filter:
    match = _FILTER.fullmatch(text)
    if match is None or len(text) > _LONGEST:
        raise UsageError(f"{text[:_LONGEST]!r} is no filter.", _HINT)
    column = column_of(table, match["name"])
    try:
        return Filter(column, match["sign"], _READ[column.type](match["value"]))
    except (ValueError, KeyError):
        told = f"{match['value'][:_LONGEST]!r} is no value for {column.name}, which is {column.type}."
        raise UsageError(told, _HINT) from None
