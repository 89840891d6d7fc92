"""Judging a file of statements without running them."""

import json
from collections.abc import Iterator
from pathlib import Path

from nba_mcp_synthesis.errors import QueryRefused, SourceError
from nba_mcp_synthesis.warehouse.untrusted import Judge


def judge(path: Path, gate: Judge) -> Iterator[dict[str, str | bool | None]]:
    """The verdict on every {"id", "sql"} line: its id, whether it is accepted, and the reason if not.

    All lines are read before the first is judged.

    Raises:
        SourceError: the file cannot be read, or a line is not such an object; the message has its number.
    """
    statements = _statements(path)
    return ({"id": name, **_verdict(gate, sql)} for name, sql in statements)


def _verdict(gate: Judge, sql: str) -> dict[str, str | bool | None]:
    try:
        gate.check(sql)
    except QueryRefused as error:
        return {"accepted": False, "reason": str(error)}
    return {"accepted": True, "reason": None}


def _statements(path: Path) -> list[tuple[str, str]]:
    try:
        lines = path.read_text("utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(f"{path} cannot be read as UTF-8 text: {error}.") from error
    return [_statement(path, n, line) for n, line in enumerate(lines, start=1) if line.strip()]


def _statement(path: Path, number: int, line: str) -> tuple[str, str]:
    try:
        found = json.loads(line)
        name, sql = str(found["id"]), found["sql"]
    except (ValueError, KeyError, TypeError, RecursionError):
        sql = None
    if not isinstance(sql, str):
        raise SourceError(
            f'{path} line {number} is not {{"id": …, "sql": …}}.', "Mend it; nothing was judged yet."
        )
    return name, sql
