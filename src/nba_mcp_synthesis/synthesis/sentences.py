"""Prose of a model, kept sentence by sentence as far as the rows of the evidence have its numbers."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import permutations

from nba_mcp_synthesis.basketball.words import key
from nba_mcp_synthesis.facts import Evidence, Row
from nba_mcp_synthesis.synthesis.number_words import ratios, spelled
from nba_mcp_synthesis.synthesis.numbers import numbers_in, parts_of_dates, shown_by, values_of

# A full stop behind an initial or one of these ends no sentence.
_END = re.compile(r"(?<=[.!?])(?<!\b[A-Z]\.)(?<!\bvs\.)(?<!\b[JS]r\.)(?<!\bSt\.)(?<!\bNo\.)\s+(?=\S)")
_SHORTEST_NAME = 3
# `a third` of 0.35 is fair, of 0.40 is not.
_NEAR = 0.07
_MOST_COMPARED = 60


@dataclass(frozen=True, slots=True)
class Prose:
    """What is left of a text, and how many sentences were dropped."""

    text: str
    dropped: int


def checked(text: str, evidence: Sequence[Evidence], stated: Iterable[str]) -> Prose:
    """Keeps the sentences whose numbers are in the evidence or in texts of `stated`, such as the question.

    Where a sentence names somebody whom rows name, its numbers have to be in the rows about him.
    """
    given = frozenset(numbers_in(" ".join(stated)))
    sentences = [sentence for sentence in _END.split(text.strip()) if sentence]
    kept = [sentence for sentence in sentences if holds(sentence, evidence, given)]
    return Prose(" ".join(kept), len(sentences) - len(kept))


def holds(sentence: str, evidence: Sequence[Evidence], given: frozenset[str] = frozenset()) -> bool:
    """Whether the evidence has all numbers of a sentence."""
    rows = _rows_about(sentence, evidence)
    values = [*values_of(rows), *parts_of_dates(rows), *map(float, range(1, _longest(evidence) + 1))]
    # a number inside a name that rows have (a team, a season, a game's label) is part of the name
    plain = _without_names(sentence, evidence)
    if any(n not in given and not shown_by(n, values) for n in numbers_in(plain)):
        return False
    words = [float(n) for n in given if n.replace(".", "", 1).isdigit()]
    if any(not any(abs(n - v) < 0.5 for v in (*values, *words)) for n in spelled(plain)):
        return False
    return all(_is_ratio(ratio, [*values_of(rows)][:_MOST_COMPARED]) for ratio in ratios(plain))


def _longest(evidence: Sequence[Evidence]) -> int:
    return max((len(e.result.rows) for e in evidence), default=0)


def _rows_about(sentence: str, evidence: Sequence[Evidence]) -> list[Row]:
    """Rows that name somebody whom the sentence names; all rows where it names nobody of them.

    A query with one row speaks about whom its conditions name, so its row always counts.
    """
    said = f" {key(sentence)} "
    every = [row for e in evidence for row in e.result.rows]
    named = [row for row in every if any(_is_named(cell, said) for cell in row if isinstance(cell, str))]
    single = [e.result.rows[0] for e in evidence if len(e.result.rows) == 1]
    return [*named, *single] if named else every


def _is_named(cell: str, said: str) -> bool:
    words = key(cell).split()
    if not words or not any(letter.isalpha() for letter in words[-1]) or len(words[-1]) < _SHORTEST_NAME:
        return False
    return f" {' '.join(words)} " in said or f" {words[-1]} " in said


def _without_names(sentence: str, evidence: Sequence[Evidence]) -> str:
    for cell in {c for e in evidence for row in e.result.rows for c in row if isinstance(c, str)}:
        if any(letter.isdigit() for letter in cell) and any(letter.isalpha() for letter in cell):
            sentence = sentence.replace(cell, " ")
    return sentence


def _is_ratio(ratio: float, values: Sequence[float]) -> bool:
    if any(abs(value - ratio) <= _NEAR * ratio for value in values if 0 < value < 1):
        return True
    return any(b and abs(a / b - ratio) <= _NEAR * ratio for a, b in permutations(values, 2))
