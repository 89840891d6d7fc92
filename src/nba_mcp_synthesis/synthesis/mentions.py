"""Whom a sentence names, of those whom the rows of the evidence name, and where."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nba_mcp_synthesis.basketball.words import Word, words
from nba_mcp_synthesis.facts import Evidence, Row
from nba_mcp_synthesis.synthesis.naming import folded, named_by, names_of, plain_words, sides_of

_SHORTEST = 3


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the evidence: whom it names, and the columns whose figures are his.

    `others` are the row's other texts, such as an opponent or a player's team.
    """

    evidence: Evidence
    row: Row
    place: int
    names: frozenset[str]
    others: frozenset[str]

    def columns_of(self, name: str) -> Iterator[int]:
        """The columns whose figures are those of a name."""
        if name in {folded(one) for one in named_by(self.evidence)}:
            yield from range(len(self.row))
            return
        for n, column in enumerate(self.evidence.result.columns):
            if name in {folded(one) for one in names_of(self.evidence, self.row, column)}:
                yield n


@dataclass(frozen=True, slots=True)
class Mention:
    """A place in a sentence that names somebody: the keys that may be meant."""

    start: int
    end: int
    names: frozenset[str]


def lines_of(evidence: Sequence[Evidence]) -> tuple[Line, ...]:
    """All rows of the evidence. What every row of a query says tells none of them apart, and is no name."""
    return tuple(line for one in evidence for line in _lines(one))


def _lines(evidence: Evidence) -> Iterator[Line]:
    rows, sides = evidence.result.rows, sides_of(evidence.result.columns)
    named = [
        frozenset(folded(name) for side in sides for name in names_of(evidence, row, side)) for row in rows
    ]
    everywhere = frozenset.intersection(*named) if len(rows) > 1 else frozenset[str]()
    by_query = frozenset(map(folded, named_by(evidence))) if len(rows) == 1 else frozenset[str]()
    for place, (row, found) in enumerate(zip(rows, named, strict=True), start=1):
        names = (found | by_query) - everywhere - {""}
        told = frozenset(folded(cell) for cell in row if isinstance(cell, str))
        yield Line(evidence, row, place, names, told - names - everywhere - {""})


def mentions_in(sentence: str, lines: Sequence[Line]) -> tuple[Mention, ...]:
    """Where a sentence names whom rows name, whole names before parts of names."""
    tokens = words(sentence)
    known = {name for line in lines for name in (*line.names, *line.others)}
    found = [*_whole(tokens, known)]
    free = [token for token in tokens if not any(m.start <= token.start < m.end for m in found)]
    found += _parts(free, known)
    return tuple(sorted(found, key=lambda mention: mention.start))


def _whole(tokens: Sequence[Word], known: set[str]) -> Iterator[Mention]:
    texts, taken = [token.text for token in tokens], set[int]()
    for name in sorted(known, key=len, reverse=True):
        parts = name.split()
        for at in range(len(texts) - len(parts) + 1):
            span = range(at, at + len(parts))
            if texts[at : at + len(parts)] == parts and taken.isdisjoint(span):
                taken.update(span)
                yield Mention(tokens[at].start, tokens[span[-1]].end, frozenset({name}))


def _parts(tokens: Sequence[Word], known: set[str]) -> Iterator[Mention]:
    """First names, surnames, cities and nicknames; parts that stand together mean whom all of them fit."""
    before: Mention | None = None
    for token in tokens:
        fitting = frozenset(name for name in known if token.text in name.split())
        if len(token.text) < _SHORTEST or not fitting or token.text in plain_words() or token.text.isdigit():
            continue
        if before and token.start - before.end <= 1 and before.names & fitting:
            before = Mention(before.start, token.end, before.names & fitting)
        else:
            if before:
                yield before
            before = Mention(token.start, token.end, fitting)
    if before:
        yield before


def strangers(sentence: str, lines: Sequence[Line]) -> tuple[str, ...]:
    """Names in a sentence that no row has: capitals that are neither known nor plain words."""
    cells = {cell for line in lines for cell in line.row if isinstance(cell, str)}
    names = {*map(folded, cells), *(name for line in lines for name in line.names)}
    known = {word for name in names for word in name.split()}
    return tuple(
        token.text
        for token in words(sentence)
        if token.capital and token.text not in known and token.text not in plain_words()
    )
