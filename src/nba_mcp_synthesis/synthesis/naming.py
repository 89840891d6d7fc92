"""Names in rows: of whom a row's figures are, and whether a column's name is one."""

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from importlib.resources import files

from nba_mcp_synthesis.basketball.catalogue import measures
from nba_mcp_synthesis.basketball.words import key
from nba_mcp_synthesis.facts import Evidence, Row
from nba_mcp_synthesis.synthesis.grounding import labels, texts
from nba_mcp_synthesis.synthesis.number_words import has_number
from nba_mcp_synthesis.synthesis.subjects import OTHERS

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_ ]*")
_SHOTS = re.compile(r"(?:fg|p)?[23](?:p|pt|pts|pm|pa|m|a|s)?|(?:q|h)[1-4]")
_PER = frozenset({"36", "40", "48", "100"})
_SIDES = frozenset({"home", "away", "host", "visit"})
_OF_PLAYERS = re.compile(r"player|full_?name", re.IGNORECASE)
_OF_TEAMS = re.compile(r"team|club|abbr|franchise", re.IGNORECASE)


def is_plain(name: str) -> bool:
    """Whether a column's name says no number, unless it is one of ours."""
    if name.casefold() in measures():
        return True
    words = [word for word in re.split(r"[_ ]", name) if word]
    digits = [n for n, word in enumerate(words) if not word.isalpha() and not _is_term(words, n)]
    rest = " ".join(word for word in words if word.isalpha())
    return bool(_PLAIN.fullmatch(name)) and not digits and not has_number(rest)


def _is_term(words: list[str], place: int) -> bool:
    word = words[place].casefold()
    if word in _PER:
        return place > 0 and words[place - 1].casefold() == "per"
    return bool(_SHOTS.fullmatch(word) and not word.isdigit()) or word in _known_words()


@cache
def _known_words() -> frozenset[str]:
    """Parts of our own names that have digits and letters."""
    parts = {part for name in measures() for part in name.split("_")}
    return frozenset(part for part in parts if not part.isalpha() and not part.isdigit())


@lru_cache(maxsize=8_192)
def folded(text: str) -> str:
    """`words.key` of a text of a row; the same rows are looked at for each sentence."""
    return key(text)


def sides_of(columns: Sequence[str]) -> tuple[str, ...]:
    """The columns whose figures may be of other names than those of the rest, which "" stands for."""
    return ("", *(column for column in columns if OTHERS.search(column)))


def names_of(evidence: Evidence, row: Row, measure: str) -> Iterator[str]:
    """The names in a row of whom its figure of a column is.

    An opponent's name is not, nor that of a player's team, nor a text that a voice's query writes itself.
    """
    columns = evidence.result.columns
    texts_in = [(c, v) for c, v in zip(columns, row, strict=True) if isinstance(v, str)]
    of_player = any(_OF_PLAYERS.search(column) for column, _ in texts_in)
    own = _own_words(evidence)
    for column, text in texts_in:
        if of_player and _OF_TEAMS.search(column) and not _OF_PLAYERS.search(column):
            continue
        if _is_side_of(column, measure) and own.isdisjoint(folded(text).split()):
            yield text


def named_by(evidence: Evidence) -> tuple[str, ...]:
    """The names that a query's conditions say all its rows are about."""
    return texts(evidence.sql, evidence.result.engine)


def is_written(evidence: Evidence, place: int) -> bool:
    """Whether a column names somebody by words of a voice's query, who may be anybody else in truth."""
    words = _own_words(evidence) - plain_words()
    cells = (row[place] for row in evidence.result.rows)
    return any(not words.isdisjoint(folded(cell).split()) for cell in cells if isinstance(cell, str))


@cache
def plain_words() -> frozenset[str]:
    """Words that name nobody, though they may begin a sentence."""
    return frozenset(files(__package__).joinpath("plain_words.txt").read_text("utf-8").split())


def _is_side_of(column: str, measure: str) -> bool:
    """Whether a name's column is of the side that a figure is of: `home_team` of `home_pts` only.

    What a team has allowed, `opp_pts`, is its own figure, so an opponent's name never is of that side.
    """
    side = OTHERS.search(column)
    if side is None:
        return True
    return side[0].casefold() in _SIDES and side[0].casefold() in measure.casefold()


def _own_words(evidence: Evidence) -> frozenset[str]:
    """Words that the rows have from a voice's query, and that it does not look for either."""
    if evidence.written_by == "product":
        return frozenset()
    compared = {word for text in named_by(evidence) for word in key(text).split()}
    return labels(evidence.sql, evidence.result.engine) - compared
