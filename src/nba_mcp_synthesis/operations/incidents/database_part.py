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
# The parts of a statement in which a quote means something else, and those that are somebody's data.
# A statement may be cut off within each of them.
_TOKEN = re.compile(
    r"""(?xs)
    (?P<name>"(?:[^"]|"")*(?:"|\Z))
    |(?P<comment>--[^\n]*|/\*.*?(?:\*/|\Z))
    |(?P<text>
        \b[eE]'(?:[^'\\]|''|\\.)*(?:'|\\?\Z)
        |'(?:[^']|'')*(?:'|\Z)
        |\$(?P<tag>(?:[A-Za-z_]\w*)?)\$.*?(?:\$(?P=tag)\$|\Z)
    )
    |(?P<number>\b(?:0[xob]\w+|\d[\d_]{4,}\w*(?:\.\d+)?))
    """
)


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
            rows = [
                [_cell(name, value) for name, value in zip(names, row, strict=True)]
                for row in cursor.fetchall()
            ]
            texts.append(f"{question['title']}\n{table(names, rows)}")
    return "\n\n".join(texts)


def _questions() -> list[dict[str, str]]:
    return list(tomllib.loads(files(__package__).joinpath("database.toml").read_text("utf-8"))["questions"])


def _cell(name: str, value: Any) -> str:
    told = "" if value is None else str(value)
    return " ".join((statement(told) if name == "query" else told).split())


def statement(text: str) -> str:
    """A statement without texts, comments and long numbers, which are somebody's data; names stay."""
    return _TOKEN.sub(_without, text)


def _without(found: re.Match[str]) -> str:
    return {"name": found[0], "comment": "/*…*/", "text": "'…'", "number": "…"}[found.lastgroup or ""]


def table(names: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table of plain text."""
    if not rows:
        return "None."
    widths = [max(len(cell) for cell in column) for column in zip(names, *rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in [names, *rows]
    )
