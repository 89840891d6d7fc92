"""What a caller wrote against what is sent: no name, text or number of his may be missing.

A tree of sqlglot says the same of several functions, and its writer leaves out what it has no place for. So
words are counted in both texts. A function may go by another name in the second one where a list says that it
gives the same. Numbers that the writer adds are known too, and make up for none that is missing.
"""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

import sqlglot
from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.tokenizer_core import Token, TokenType

from nba_mcp_synthesis.errors import QueryRefused
from nba_mcp_synthesis.warehouse.guard.lists import fold, load, shown

_LISTS = load("trees/kept.toml")
_UNITS = frozenset(load("trees/lists.toml")["words"])
_TEXTS = frozenset((TokenType.STRING, TokenType.NATIONAL_STRING, TokenType.RAW_STRING))
_NAMES = frozenset((TokenType.VAR, TokenType.IDENTIFIER))
# Types whose size sqlglot does not take from the text that follows them.
_SIZED = frozenset((TokenType.DECIMAL, TokenType.CHAR, TokenType.NCHAR, TokenType.BPCHAR))
_CONSTANTS = frozenset((TokenType.TRUE, TokenType.FALSE, TokenType.NULL))
_OPEN = frozenset((TokenType.L_PAREN, TokenType.L_BRACKET))
_CLOSED = frozenset((TokenType.R_PAREN, TokenType.R_BRACKET))
_TIME = re.compile(r"\s*\d{4}(-\d\d?(-\d\d?([ T]\d\d?:\d\d?(:\d\d?(\.\d+)?)?)?)?)?\s*")
_FRACTION = re.compile(r"\.(\d+)")


def check_kept(given: str, sent: str, tree: exp.Expr, dialect: str) -> None:
    """Raises QueryRefused where `sent`, as which the tree of `given` was written, lacks one of its words."""
    tokens = sqlglot.tokenize(given, read=dialect)
    written = sqlglot.tokenize(sent, read=dialect)
    _check_texts(tokens)
    if dialect == "spark":
        _check_commas(tokens, written, tree)
        _check_times(tree)
    lost = _words(tokens, dialect)
    lost.update(_added(tokens, dialect))
    lost.subtract(_words(written, dialect))
    lost.subtract(_understood(tokens, dialect))
    lost["true"] += min(0, lost["ignore"])  # first_value(x, true) is written with IGNORE NULLS
    if missing := next((word for word, count in lost.items() if count > 0), None):
        raise QueryRefused(
            f"{shown(missing)} cannot be passed on here as you wrote it.",
            _LISTS["instead"].get(
                missing, "Say it in another way, with fewer arguments or another function."
            ),
        )


def _check_texts(tokens: list[Token]) -> None:
    for token, following in pairwise(tokens):
        if following.token_type not in _TEXTS:
            continue
        if token.token_type in _TEXTS:
            raise QueryRefused(
                "Two texts stand next to each other, which engines read in different ways.",
                "Join them with ||, and write a quotation mark within a text as chr(39).",
            )
        if token.token_type in _SIZED:
            raise QueryRefused(
                f"{shown(token.text)} before a text is not accepted: its size would get lost.",
                "Use CAST with the size, such as CAST('1.5' AS DECIMAL(3, 1)), or write a number as 1.5.",
            )


def _check_commas(given: list[Token], sent: list[Token], tree: exp.Expr) -> None:
    """Spark joins what a comma in FROM stands between before all else, and is sent CROSS JOIN for it."""
    if _count(sent, TokenType.CROSS) > _count(given, TokenType.CROSS) and any(
        join.side in ("RIGHT", "FULL") or join.args.get("using") for join in tree.find_all(exp.Join)
    ):
        raise QueryRefused(
            "A comma in FROM beside RIGHT JOIN, FULL JOIN or USING is read in different ways by engines.",
            "Write CROSS JOIN for the comma, and put what is to be joined first into a subquery.",
        )


def _count(tokens: list[Token], kind: TokenType) -> int:
    return sum(token.token_type == kind for token in tokens)


def _check_times(tree: exp.Expr) -> None:
    """Times have no zone here: Spark leaves out that of a text, and writes now for some words."""
    for cast in tree.find_all(exp.Cast):
        text = cast.this.unnest()
        is_time = cast.is_type("TIMESTAMP", "TIMESTAMPTZ", "TIMESTAMPNTZ")
        if is_time and isinstance(text, exp.Literal) and text.is_string and not _TIME.fullmatch(text.name):
            raise QueryRefused(
                f"The text {shown(text.name)} is no time without a zone, and only such a one may stand here.",
                "Times here are UTC: write it in UTC, without a zone, such as '2024-01-31 23:00:00'.",
            )


def _words(tokens: list[Token], dialect: str) -> Counter[str]:
    """How often each name, text and number stands there; functions by what they are renamed to."""
    renamed = _LISTS["renamed"][dialect]
    callable_words = _callable_words(dialect)
    found: Counter[str] = Counter()
    before: TokenType | None = None
    for token, is_call in _calls(tokens):
        kind, text = token.token_type, fold(token.text)
        if kind in _CONSTANTS:
            found[text] += 1
        elif kind in _TEXTS:
            parts = token.text.split() if before == TokenType.INTERVAL else [token.text]
            found.update(f"'{_as_unit(part)}'" for part in parts)
        elif kind == TokenType.NUMBER:
            found[f"'0.{text}'" if before == TokenType.DOT else f"'{text}'"] += 1
        elif is_call and (kind in _NAMES or kind in callable_words):
            found[renamed.get(text, text)] += 1
        elif kind in _NAMES:
            found[text] += 1
        before = kind
    del found[""]
    return found


def _as_unit(text: str) -> str:
    """Units of time are written in capitals; all other texts are kept as they are."""
    return text.upper() if text.upper() in _UNITS else text


def _callable_words(dialect: str) -> frozenset[TokenType]:
    """Words of the grammar that are functions before a bracket, but for types: the tree has those."""
    parser = Dialect.get_or_raise(dialect).parser_class
    return frozenset(parser.FUNC_TOKENS) - frozenset(parser.TYPE_TOKENS)


def _calls(tokens: list[Token]) -> Iterator[tuple[Token, bool]]:
    """Each token, and whether a bracket opens behind it."""
    for token, following in zip(tokens, [*tokens[1:], None], strict=True):
        yield token, following is not None and following.token_type == TokenType.L_PAREN


def _added(tokens: list[Token], dialect: str) -> Counter[str]:
    """Numbers that the writer adds to functions."""
    added = _LISTS["added"][dialect]
    called = (fold(token.text) for token, is_call in _calls(tokens) if is_call)
    found = Counter(f"'{added[name]}'" for name in called if name in added)
    if dialect == "trino":
        found.update(f"'{digits}'" for digits in _fractions(tokens))
    return found


def _fractions(tokens: list[Token]) -> Iterator[int]:
    """The digits of seconds of each text after TIMESTAMP, which becomes a cast to a time of so many."""
    for token, following in pairwise(tokens):
        if fold(token.text) == "timestamp" and following.token_type in _TEXTS:
            fraction = _FRACTION.search(following.text)
            yield len(fraction[1]) if fraction else 0


def _understood(tokens: list[Token], dialect: str) -> Counter[str]:
    """Numbers of no effect in Spark: the first group of regexp_extract, and how long a VARCHAR may be."""
    if dialect != "spark":
        return Counter()
    calls = (at for at, (token, is_call) in enumerate(_calls(tokens)) if is_call and _is_extract(token))
    lengths = (
        length.text
        for kind, bracket, length in zip(tokens, tokens[1:], tokens[2:], strict=False)
        if (kind.token_type, bracket.token_type) == (TokenType.VARCHAR, TokenType.L_PAREN)
    )
    groups = Counter("'1'" for at in calls if _third(tokens[at + 1 :]) == ["1"])
    return groups + Counter(f"'{length}'" for length in lengths)


def _is_extract(token: Token) -> bool:
    return fold(token.text) == "regexp_extract"


def _third(tokens: list[Token]) -> list[str]:
    """The words of the third argument of a call, from its bracket on."""
    depth, commas, found = 0, 0, []
    for token in tokens:
        depth += (token.token_type in _OPEN) - (token.token_type in _CLOSED)
        if not depth:
            break
        if depth == 1 and token.token_type == TokenType.COMMA:
            commas += 1
        elif commas == 2:
            found.append(token.text)
    return found
