"""PIVOT without its values: the engine would first look for them with a statement of its own.

The same PIVOT with the values written out is one plain SELECT, so the refusal shows where they go.
"""

from collections.abc import Iterator

from nba_mcp_synthesis.errors import QueryRefused
from nba_mcp_synthesis.warehouse.guard.text import Token, tokens

_END = frozenset({"USING", "GROUP", "ORDER", "LIMIT", "OFFSET", "QUALIFY", "WHERE"})
_EXAMPLES = {
    "season": "'2024-25', '2025-26'",
    "season_type": "'Regular Season', 'Playoffs'",
    "conference": "'East', 'West'",
}


def with_values(sql: str) -> str:
    """The statement with a list of values after each column of a PIVOT that has none."""
    rewritten = sql.encode()
    for end, column in reversed(list(_open_ends(tokens(sql)))):
        values = _EXAMPLES.get(column.lower(), "'first value', 'second value'")
        rewritten = rewritten[:end] + f" IN ({values})".encode() + rewritten[end:]
    return rewritten.decode()


def refusal(rewritten: str) -> QueryRefused:
    """The refusal of a PIVOT without values, with the statement to send instead."""
    return QueryRefused(
        "This PIVOT does not name the values that become columns, so the engine would have to run a second "
        "statement to find them.",
        f"List them with IN and your own values: {rewritten}",
    )


def _open_ends(found: list[Token]) -> Iterator[tuple[int, str]]:
    """(byte where the list of values belongs, column) for each column of a PIVOT that has none."""
    for start, token in enumerate(found):
        if token.word.startswith("PIVOT"):
            yield from _open_columns(list(_same_level(found[start + 1 :])))


def _open_columns(level: list[Token]) -> Iterator[tuple[int, str]]:
    words = [token.word for token in level]
    if "ON" not in words:
        return
    column: list[Token] = []
    for token in level[words.index("ON") + 1 :]:
        if token.word not in _END and token.text[:1] not in (",", ")", ";"):
            column.append(token)
            continue
        yield from _without_values(column)
        column = []
        if not token.text.startswith(","):
            return
    yield from _without_values(column)


def _without_values(column: list[Token]) -> Iterator[tuple[int, str]]:
    if column and "IN" not in [token.word for token in column]:
        yield column[-1].end, column[0].text.split()[0]


def _same_level(found: list[Token]) -> Iterator[Token]:
    """The tokens outside of brackets, up to the bracket that closes around them, which is the last one."""
    depth = 0
    for token in found:
        if depth == 0:
            yield token
        opens, closes = token.text[:1] == "(", token.text[:1] == ")"
        if closes and depth == 0:
            return
        depth += opens - closes
