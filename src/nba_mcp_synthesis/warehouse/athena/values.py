"""Values of Athena, which come as text, in the types that other engines give."""

import datetime as dt
import json
import re
from typing import Any

from pyathena.converter import DefaultTypeConverter

# `3 00:00:00.250` and `1-2` are how Trino writes intervals.
_DAYS = re.compile(r"(-?)(\d+) (\d+):(\d+):(\d+)\.(\d{3})")
# What the encoder of rows calls the types whose values need a look; see `workers.encoding`.
_KINDS = {
    "integer": "INTEGER",
    "bigint": "BIGINT",
    "double": "DOUBLE",
    "varchar": "VARCHAR",
    "boolean": "BOOLEAN",
}


def converter() -> DefaultTypeConverter:
    """The library's converter, with what it leaves as text."""
    made = DefaultTypeConverter()
    made.set("interval day to second", _interval)
    made.set("array", _array)
    return made


def kind(type_name: str) -> str:
    """The type of a column in DuckDB's words."""
    return _KINDS.get(type_name, type_name.upper())


def _interval(text: str | None) -> dt.timedelta | str | None:
    found = _DAYS.fullmatch(text or "")
    if found is None:
        return text
    sign, days, hours, minutes, seconds, thousandths = found.groups()
    span = dt.timedelta(
        days=int(days),
        hours=int(hours),
        minutes=int(minutes),
        seconds=int(seconds),
        milliseconds=int(thousandths),
    )
    return -span if sign else span


def _array(text: str | None) -> Any:
    """Numbers as numbers; of other values nobody sees where one ends: they stay Athena's text."""
    if text is None:
        return None
    try:
        found = json.loads(text)
    except ValueError:
        return text
    numbers = isinstance(found, list) and all(isinstance(one, int | float | None) for one in found)
    return found if numbers else text
