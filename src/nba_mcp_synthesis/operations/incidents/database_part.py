"""What PostgreSQL is doing now: sessions, who waits for whom, and the counters of the database."""

import re
import tomllib
from collections.abc import Sequence
from importlib.resources import files
from typing import Any

from nba_mcp_synthesis.connectors.rds import RDSConnector
from nba_mcp_synthesis.operations.incidents.collecting import Part
from nba_mcp_synthesis.operations.reports.database import hidden_sessions

_MILLISECONDS = 5_000
_LITERAL = re.compile(r"'(?:[^']|'')*'|\$(\w*)\$.*?\$\1\$", re.DOTALL)


def part(door: RDSConnector) -> Part:
    """The database's activity; statements without the values in them."""
    return Part("database activity", lambda: _look(door))


def _look(door: RDSConnector) -> str:
    with door.connect(options=f"-c statement_timeout={_MILLISECONDS}") as connection:
        connection.read_only = True
        hidden = hidden_sessions(connection)
        texts = [hidden] if hidden else []
        for question in _questions():
            cursor = connection.execute(question["sql"].encode())
            names = [column.name for column in cursor.description or ()]
            rows = [[_plain(value) for value in row] for row in cursor.fetchall()]
            texts.append(f"{question['title']}\n{table(names, rows)}")
    return "\n\n".join(texts)


def _questions() -> list[dict[str, str]]:
    return list(tomllib.loads(files(__package__).joinpath("database.toml").read_text("utf-8"))["questions"])


def _plain(value: Any) -> str:
    """A cell; what stands in quotes in a statement is somebody's data."""
    return "" if value is None else " ".join(_LITERAL.sub("'…'", str(value)).split())


def table(names: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table of plain text."""
    if not rows:
        return "None."
    widths = [max(len(cell) for cell in column) for column in zip(names, *rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in [names, *rows]
    )
