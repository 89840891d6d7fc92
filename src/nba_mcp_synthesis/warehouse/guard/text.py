"""The text of a statement, cut where the engine's own tokenizer cuts it."""

import re
from dataclasses import dataclass

import duckdb

from nba_mcp_synthesis.errors import QueryRefused

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Token:
    """A word or sign and its place in the UTF-8 bytes of the statement; white space before it is not part."""

    start: int
    end: int
    text: str

    @property
    def word(self) -> str:
        """The keyword that it begins with, upper case; empty for a sign."""
        found = _WORD.match(self.text)
        return found.group().upper() if found else ""


def tokens(sql: str) -> list[Token]:
    """The tokens of a statement; a comment belongs to the token before it."""
    whole = sql.encode()
    starts = [start for start, _ in duckdb.tokenize(sql)]
    cut = ((a, whole[a:b].rstrip()) for a, b in zip(starts, [*starts[1:], len(whole)], strict=True))
    return [Token(start, start + len(text), text.decode("utf-8", "replace")) for start, text in cut]


def without_semicolons(sql: str) -> str:
    """One statement without the semicolons around it."""
    if ";" not in sql:
        return sql.strip()
    found = tokens(sql)
    own = [token for token in found if not token.text.startswith(";")]
    if not own:
        return ""
    after = [token.start for token in found if token.start > own[-1].start]
    return sql.encode()[own[0].start : min(after, default=None)].decode().strip()


def explained(sql: str) -> tuple[str, str]:
    """(EXPLAIN or EXPLAIN ANALYZE, written plainly; what it explains).

    Raises:
        QueryRefused: the tokenizer, which knows ASCII spaces alone, would take a word of the query along.
    """
    found = tokens(sql)
    analyze = len(found) > 1 and found[1].word in ("ANALYZE", "ANALYSE")
    begin = found[2 if analyze else 1 :]
    cut = begin[0].start if begin else None
    before, inner = sql.encode()[:cut], sql.encode()[cut:] if begin else b""
    if not before.isascii():
        raise QueryRefused(
            "Behind EXPLAIN stands a character that is no plain space.", "Write EXPLAIN SELECT …"
        )
    return "EXPLAIN ANALYZE " if analyze else "EXPLAIN ", inner.decode()
