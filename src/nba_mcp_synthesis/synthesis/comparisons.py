"""Comparisons in prose, such as `twice as many` and `a third`, beside the figures that are compared."""

from collections.abc import Iterator, Sequence
from itertools import permutations

from nba_mcp_synthesis.synthesis.cells import is_share
from nba_mcp_synthesis.synthesis.invariants import PARTS
from nba_mcp_synthesis.synthesis.mentions import Line
from nba_mcp_synthesis.synthesis.number_words import ratios
from nba_mcp_synthesis.synthesis.numbers import values_of
from nba_mcp_synthesis.synthesis.readings import Reading

# `a third` of 0.35 is fair, of 0.40 is not.
_NEAR = 0.07
_MOST_COMPARED = 20


def are_ratios(plain: str, found: Sequence[Reading], lines: Sequence[Line]) -> bool:
    """Whether comparisons such as `twice as many` are those of two values of one column."""
    named = [line for reading in found for line in reading.lines if reading.names]
    compared = list({id(line): line for line in named or lines}.values())
    return all(_is_ratio(ratio, compared) for ratio in ratios(plain))


def _is_ratio(ratio: float, lines: Sequence[Line]) -> bool:
    pairs = [pair for pair in _pairs(lines) if pair[1]]
    return any(abs(a / b - ratio) <= _NEAR * ratio for a, b in pairs)


def _pairs(lines: Sequence[Line]) -> Iterator[tuple[float, float]]:
    """(value, what it is compared with): the first named with the second, a part with its whole, shares."""
    ordered = [(lines[0], lines[1])] if len(lines) == 2 else [*permutations(lines[:_MOST_COMPARED], 2)]
    for one, other in ordered:
        for n, column in enumerate(one.evidence.result.columns):
            if column in other.evidence.result.columns:
                m = other.evidence.result.columns.index(column)
                yield from _both(one.row[n], other.row[m])
    for line in lines:
        yield from _within(line)


def _within(line: Line) -> Iterator[tuple[float, float]]:
    """A part with its whole, and shares with one, in a row."""
    cells = dict(zip(map(str.casefold, line.evidence.result.columns), line.row, strict=True))
    for part, whole in PARTS:
        yield from _both(cells.get(part), cells.get(whole))
    for column, cell in cells.items():
        if is_share(column):
            yield from ((value if value <= 1 else value / 100, 1.0) for value in values_of(((cell,),)))


def _both(one: object, other: object) -> Iterator[tuple[float, float]]:
    found = [*values_of(((one, other),))]
    if len(found) == 2:
        yield found[0], found[1]
