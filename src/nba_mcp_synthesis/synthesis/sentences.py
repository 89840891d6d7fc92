"""Prose of a model, kept sentence by sentence as far as the rows of the evidence have its numbers."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from nba_mcp_synthesis.facts import Evidence
from nba_mcp_synthesis.synthesis import figures
from nba_mcp_synthesis.synthesis.comparisons import are_ratios
from nba_mcp_synthesis.synthesis.garbled import is_garbled
from nba_mcp_synthesis.synthesis.mentions import Line, lines_of, mentions_in, strangers
from nba_mcp_synthesis.synthesis.number_words import has_number
from nba_mcp_synthesis.synthesis.numbers import numbers_in, stamps_in, with_plain_seasons
from nba_mcp_synthesis.synthesis.readings import readings

# A full stop behind an initial or one of these ends no sentence.
_END = re.compile(r"(?<=[.!?])(?<!\b[A-Z]\.)(?<!\bvs\.)(?<!\b[JS]r\.)(?<!\bSt\.)(?<!\bNo\.)\s+(?=\S)")
_PRONOUN = re.compile(r"\b(?:he|she|his|her|hers|him|they|their|theirs|them|it|its)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Prose:
    """What is left of a text, and how many sentences were dropped."""

    text: str
    dropped: int


def split(text: str) -> list[str]:
    """The sentences of a text."""
    return [sentence for sentence in _END.split(text.strip()) if sentence]


def checked(text: str, evidence: Sequence[Evidence], stated: str) -> Prose:
    """Keeps the sentences whose numbers are in the evidence, or are conditions that `stated` sets.

    Where a sentence names somebody whom rows name, the numbers beside his name have to be in the rows about
    him; a pronoun stands for whom the sentence before named.
    """
    lines = lines_of(evidence)
    sentences = split(text)
    kept: list[str] = []
    about: tuple[Line, ...] | None = None
    for sentence in sentences:
        holding, about = _judged(sentence, lines, stated, about)
        kept += [sentence] if holding else []
    return Prose(" ".join(kept), len(sentences) - len(kept))


def holds(sentence: str, evidence: Sequence[Evidence], stated: str = "") -> bool:
    """Whether the evidence has all numbers of a sentence."""
    return _judged(sentence, lines_of(evidence), stated, None)[0]


def is_stated(line: str, evidence: Sequence[Evidence], stated: str) -> bool:
    """Whether a line has no number but what `stated` sets, and seasons and dates that queries asked for."""
    line = with_plain_seasons(line)
    known = _dated(line, lines_of(evidence), stated)
    return known and not is_garbled(line) and not _counts(figures.without_conditions(line, stated, ()))


def _judged(
    sentence: str, lines: tuple[Line, ...], stated: str, about: tuple[Line, ...] | None
) -> tuple[bool, tuple[Line, ...] | None]:
    """(whether a sentence holds, the rows of whom a pronoun in the next one means: none if it does not)."""
    sentence = with_plain_seasons(sentence)
    if is_garbled(sentence) or not _dated(sentence, lines, stated):
        return False, ()
    mentioned, unknown = mentions_in(sentence, lines), strangers(sentence, lines)
    plain = figures.without_conditions(sentence, stated, lines)
    found = readings(plain, mentioned, lines, _meant(sentence, lines, about))
    following = found[-1].lines if mentioned else () if unknown else about
    if not _counts(plain):
        return True, following
    if unknown or not all(map(figures.are_shown, found)) or not are_ratios(plain, found, lines):
        return False, ()
    return True, following


def _meant(sentence: str, lines: tuple[Line, ...], about: tuple[Line, ...] | None) -> tuple[Line, ...]:
    """Rows that a sentence without a name is about: of whom the one before named, or else of nobody else."""
    if about is not None and _PRONOUN.search(sentence):
        return about
    if len({line.names for line in lines}) == 1:
        return lines
    return tuple(line for line in lines if not line.names)


def _counts(plain: str) -> bool:
    return bool(numbers_in(plain)) or has_number(plain)


def _dated(sentence: str, lines: Sequence[Line], stated: str) -> bool:
    """Whether all seasons and dates of a sentence were asked for, or are in rows."""
    known = [stated, *(str(cell) for line in lines for cell in line.row)]
    known += {line.evidence.sql for line in lines}
    return all(any(stamp in text for text in known) for stamp in stamps_in(sentence))
