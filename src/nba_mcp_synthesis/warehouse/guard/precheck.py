"""What is looked at before any parser sees a statement: its length, its depth and its characters."""

import re

from nba_mcp_synthesis.errors import QueryRefused

MAX_LENGTH = 20_000
MAX_DEPTH = 100
# Parsers read nested comments in quadratic time.
MAX_COMMENTS = 100

_BRACKET = re.compile(r"[(\[{)\]}]")
_NOT_SQL = re.compile("[\0\ud800-\udfff]")


def precheck(sql: str) -> None:
    """Raises QueryRefused for a statement that no parser should be given."""
    if len(sql) > MAX_LENGTH:
        raise QueryRefused(
            f"The statement has {len(sql):,} characters; the limit is {MAX_LENGTH:,}.",
            "Ask in smaller parts; a list of many values is better as a condition or a join.",
        )
    if _NOT_SQL.search(sql):
        raise QueryRefused(
            "The statement holds a NUL or half a character, which no SQL can have.",
            "Send it as plain UTF-8 text.",
        )
    if _depth(sql) > MAX_DEPTH or sql.count("/*") > MAX_COMMENTS:
        raise QueryRefused(
            f"The statement is nested more than {MAX_DEPTH} brackets deep, or has as many comments.",
            "Name the inner parts with WITH, one after the other.",
        )


def _depth(sql: str) -> int:
    """The deepest nesting of brackets. Those in strings count as well: this is a limit, no parser."""
    deepest = depth = 0
    for bracket in _BRACKET.findall(sql):
        depth = depth + 1 if bracket in "([{" else max(0, depth - 1)
        deepest = max(deepest, depth)
    return deepest
