"""A question cut into tokens: what each word or phrase stands for, before any grammar."""

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from nba_mcp_synthesis.analyst.lexicon import Meaning, lexicon
from nba_mcp_synthesis.basketball.matches import Match
from nba_mcp_synthesis.basketball.mentions import Mention, mentions
from nba_mcp_synthesis.basketball.names import Names
from nba_mcp_synthesis.basketball.words import words
from nba_mcp_synthesis.schema.seasons import season_from_start

Value = str | int | float | dt.date | tuple[object, ...]

_ISO_DATE = r"(?P<iso>\b\d{4}-\d{2}-\d{2}\b)"
_US_DATE = r"(?P<us>(?<![\d/])\d{1,2}/\d{1,2}(?:/\d{4})?\b(?!/))"
_SEASON = r"(?P<season>\b\d{4}\s?[-/\u2013]\s?(?:\d{4}|\d{2})\b)"
_SHORT_SEASON = r"(?P<short>(?<![\d/-])\d{2}[-\u2013]\d{2}\b(?![-/]))"
_FIGURES = re.compile(f"{_ISO_DATE}|{_US_DATE}|{_SEASON}|{_SHORT_SEASON}", re.ASCII)
_FIRST_SHORT = 46  # 46-47 was the first season
_ORDINAL = re.compile(r"([0-9]{1,2})(?:st|nd|rd|th)")
# Longer figures are no statistics, and would overflow dates.
_NUMBER = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,3})?")
_LONGEST_VALUE = 8
# Between two measures these make the second one a condition.
_LINKS = frozenset({"in", "on", "from", "with", "of"})
_SYMBOLS = {"%": "percentage", "&": "and", "#": "number"}


@dataclass(frozen=True, slots=True)
class Token:
    """A stretch of the question: the part it plays (`tag`), which one (`value`), and its words.

    Tags are those of the lexicon and `measure`, `name` (value: the matches), `nobody` (a name that is
    not in the data), `number`, `ordinal`, `date`, `day` (month and day), `season`, `unknown`.
    """

    tag: str
    value: Value
    text: str


@dataclass(frozen=True, slots=True)
class _Piece:
    """A word of the question on its way to a token, or a token already."""

    start: int
    end: int
    word: str
    token: Token | None = None


def tokens(
    text: str, names: Names, values: Mapping[str, Meaning] = MappingProxyType({})
) -> tuple[tuple[Token, ...], tuple[str, ...]]:
    """The tokens of a question without words that carry nothing, and how slips in it were read.

    `values` are phrases that the data give, such as `players from france`; they come before all names.
    """
    pieces = _with_values(text, _figures(text), values)
    ordinary = lexicon().words | {p.word for p in pieces if _is_slip(p, names)}
    pieces = _with_names(text, pieces, names, ordinary)
    slips = [(p.word, lexicon().corrected(p.word)) for p in pieces if p.token is None]
    read = tuple(f"Read {word!r} as {known!r}." for word, known in slips if word != known)
    found = tuple(_meaningful(list(_phrases(text, pieces))))
    return found, read + _read_names(found)


def _meaningful(found: list[Token]) -> Iterator[Token]:
    """All but what carries nothing; `points in double-doubles` is no list of two measures.

    `the best defense by points allowed` says with its second measure what the first one means.
    """
    for at, token in enumerate(found):
        if token.tag == "measure" and _is_told_by(found[at + 1 :]):
            continue
        linked = token.value in _LINKS and {found[i].tag for i in (at - 1, (at + 1) % len(found))} == {
            "measure"
        }
        if linked and 0 < at < len(found) - 1:
            yield Token("unknown", token.value, f"{token.text} {found[at + 1].text}")
        elif token.tag != "ignored":
            yield token


def _is_told_by(rest: list[Token]) -> bool:
    """True before `by points`, also with `leaders` in between."""
    rest = rest[1:] if rest and rest[0].tag == "leader" else rest
    return len(rest) > 1 and rest[0].value == "by" and rest[1].tag == "measure"


def _figures(text: str) -> list[_Piece]:
    """Words, with dates and seasons written in figures as tokens."""
    found = [m for m in _FIGURES.finditer(text) if not m["short"] or _short_season(m["short"])]
    figures = [(m.start(), m.end(), _figure(m)) for m in found]
    pieces = [_Piece(start, end, "", token) for start, end, token in figures]
    for word in words(text):
        if word.text != "/" and not any(start <= word.start < end for start, end, _ in figures):
            number = lexicon().numbers.get(word.text)
            known = str(number) if number is not None else _SYMBOLS.get(word.text, word.text)
            if known == "ft" and pieces and pieces[-1].word.isdecimal():
                known = "feet"  # and no free throws
            pieces += [_Piece(word.start, word.end, part) for part in lexicon().alike(known).split()]
    return sorted(pieces, key=lambda p: p.start)


def _short_season(text: str) -> str:
    """`25-26` is a season where its years follow each other; empty for what is none, such as a score."""
    start, end = (int(year) for year in re.split(r"[-\u2013]", text))
    if (start + 1) % 100 != end:
        return ""
    return season_from_start(start + (1900 if start >= _FIRST_SHORT else 2000))


def _figure(match: re.Match[str]) -> Token:
    text = match[0]
    unknown = Token("unknown", text, text)
    if match["short"]:
        return Token("season", _short_season(text), text)
    if match["season"]:
        start, end = re.split(r"\s?[-/\u2013]\s?", text)
        season = season_from_start(int(start))
        return Token("season", season, text) if end in (season[5:], str(int(start) + 1)) else unknown
    try:
        if match["iso"]:
            return Token("date", dt.date.fromisoformat(text), text)
        month, day, *year = (int(part) for part in text.split("/"))
        if year:
            return Token("date", dt.date(year[0], month, day), text)
        # A leap year, so that 2/29 is a day.
        dt.date(2024, month, day)
    except ValueError:
        return unknown
    return Token("day", (month, day), text)


def _is_slip(piece: _Piece, names: Names) -> bool:
    return lexicon().corrected(piece.word) != piece.word and not names.called(piece.word)


def _with_values(text: str, pieces: list[_Piece], values: Mapping[str, Meaning]) -> list[_Piece]:
    """The longest phrases of `values` made tokens, from left to right."""
    done: list[_Piece] = []
    at = 0
    while at < len(pieces):
        size = min(_LONGEST_VALUE, len(pieces) - at) if values else 0
        while size and " ".join(p.word for p in pieces[at : at + size]) not in values:
            size -= 1
        if size and all(p.token is None for p in pieces[at : at + size]):
            start, end = pieces[at].start, pieces[at + size - 1].end
            meaning = values[" ".join(p.word for p in pieces[at : at + size])]
            done.append(_Piece(start, end, "", Token(meaning.tag, meaning.value, text[start:end])))
        else:
            done.append(pieces[at])
        at += max(size, 1)
    return done


def _with_names(text: str, pieces: list[_Piece], names: Names, ordinary: set[str]) -> list[_Piece]:
    for mention in mentions(names, text, ordinary):
        inside = [p for p in pieces if p.start < mention.end and mention.start < p.end]
        if all(p.token is None for p in inside):
            tag = "name" if mention.matches else "nobody"
            if _is_place(mention, pieces):
                tag = "unknown"
            token = Token(tag, mention.matches, text[mention.start : mention.end])
            pieces = [p for p in pieces if p not in inside]
            pieces.append(_Piece(mention.start, mention.end, "", token))
    return sorted(pieces, key=lambda p: p.start)


def _is_place(mention: Mention, pieces: list[_Piece]) -> bool:
    """True for `in boston`, which may be the team or where its games are."""
    before = [p.word for p in pieces if p.end <= mention.start][-1:]
    return before == ["in"] and any(m.how == "city" for m in mention.matches)


def _phrases(text: str, pieces: list[_Piece]) -> Iterator[Token]:
    """The longest known phrase at each place, from left to right."""
    at = 0
    while at < len(pieces):
        token, size = _longest(text, pieces[at : at + lexicon().longest])
        yield token
        at += size


def _longest(text: str, pieces: list[_Piece]) -> tuple[Token, int]:
    if pieces[0].token is not None:
        return pieces[0].token, 1
    free = next((i for i, p in enumerate(pieces) if p.token is not None), len(pieces))
    known = [lexicon().corrected(p.word) for p in pieces[:free]]
    for size in range(free, 0, -1):
        meaning = lexicon().meanings.get(" ".join(known[:size]))
        if meaning is not None:
            said = text[pieces[0].start : pieces[size - 1].end]
            return Token(meaning.tag, meaning.value, said), size
    return _word_token(known[0], text[pieces[0].start : pieces[0].end]), 1


def _word_token(word: str, said: str) -> Token:
    ordinal = _ORDINAL.fullmatch(word)
    if word in lexicon().ignored:
        return Token("ignored", word, said)
    if _NUMBER.fullmatch(word):
        return Token("number", float(word) if "." in word else int(word), said)
    if ordinal or word in lexicon().ordinals:
        return Token("ordinal", int(ordinal[1]) if ordinal else lexicon().ordinals[word], said)
    return Token("unknown", word, said)


def _read_names(found: tuple[Token, ...]) -> tuple[str, ...]:
    """Says which misspelt names were read as whose, where there is no doubt."""
    return tuple(
        f"Read {token.text!r} as {match.name}."
        for token in found
        if token.tag == "name" and isinstance(token.value, tuple) and len(token.value) == 1
        for match in token.value
        if isinstance(match, Match) and match.how == "spelling"
    )


def text_of(part: Iterable[Token]) -> str:
    """The words of several tokens."""
    return " ".join(token.text for token in part)
