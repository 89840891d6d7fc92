"""What a caller wrote against what is sent: no name, text or number of his may be missing.

A tree of sqlglot says the same of several functions, and its writer leaves out what it has no place for. So
words are counted in both texts. A function may go by another name in the second one where a list says that it
gives the same.
"""

from collections import Counter
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


def check_kept(given: str, sent: str, tree: exp.Expr, dialect: str) -> None:
    """Raises QueryRefused where `sent`, as which the tree of `given` was written, lacks one of its words."""
    tokens = sqlglot.tokenize(given, read=dialect)
    _check_texts(tokens)
    lost = _words(tokens, dialect)
    lost.subtract(_words(sqlglot.tokenize(sent, read=dialect), dialect))
    lost.subtract(_understood(tree, dialect))
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


def _words(tokens: list[Token], dialect: str) -> Counter[str]:
    """How often each name, text and number stands there; functions by what they are renamed to."""
    renamed = _LISTS["renamed"][dialect]
    callable_words = _callable_words(dialect)
    found: Counter[str] = Counter()
    before: TokenType | None = None
    for token, following in zip(tokens, [*tokens[1:], None], strict=True):
        kind, text = token.token_type, fold(token.text)
        is_call = following is not None and following.token_type == TokenType.L_PAREN
        if kind in _TEXTS:
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


def _understood(tree: exp.Expr, dialect: str) -> Counter[str]:
    """Numbers that say what goes without saying."""
    if dialect != "spark":
        return Counter()
    groups = (node.args.get("group") for node in tree.find_all(exp.RegexpExtract))
    return Counter("'1'" for group in groups if group is not None and group.name == "1")
