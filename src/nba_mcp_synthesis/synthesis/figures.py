"""Numbers of a piece of a sentence beside the figures of the rows that it is about."""

import re
from collections.abc import Iterator, Sequence

from nba_mcp_synthesis.basketball.catalogue import measures
from nba_mcp_synthesis.basketball.words import key
from nba_mcp_synthesis.synthesis.mentions import Line
from nba_mcp_synthesis.synthesis.number_words import places, spelled
from nba_mcp_synthesis.synthesis.numbers import numbers_in, shown_by, stamps_in, values_of
from nba_mcp_synthesis.synthesis.readings import Reading

# What a number behind one of these says is a condition, and no figure.
_LEADS = (
    r"at least|minimum(?: of)?|min\.?|more than|over|under|fewer than|less than|below|above|within|"
    r"top|last|first|past|next|final|latest|recent"
)
_CONDITION = re.compile(
    rf"\b(?P<lead>{_LEADS})[- ]+(?P<one>[\w.-]*\w)"
    r"|(?P<two>\d[\d.,]*)(?:\+| or (?:more|fewer|less|better)\b|-game\b)",
    re.IGNORECASE,
)
_PLACE = re.compile(r"\b(\d+)(?:st|nd|rd|th)\b")
_RANK = re.compile(r"rank|place|position|seed|round|season_?number", re.IGNORECASE)
_BELOW_ZERO = re.compile(r"\b(?:minus|negative)\s+(?=\d)", re.IGNORECASE)
_NOUN = r"\s+(points?|rebounds?|assists?|steals?|blocks?|turnovers?|minutes|games|wins|losses|fouls?)\b"
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip
_DAY = re.compile(rf"\b({'|'.join(_MONTHS)}) (\d{{1,2}})(?:st|nd|rd|th)?(?:,? (\d{{4}}))?\b")


def without_conditions(sentence: str, stated: str, lines: Sequence[Line]) -> str:
    """A sentence with blanks in place of what `stated` sets, of dates, and of names with digits."""
    given = {float(n) for n in numbers_in(stated) if n.replace(".", "", 1).isdecimal()} | {*spelled(stated)}
    shown = {float(len(line.evidence.result.rows)) for line in lines if not line.evidence.result.truncated}
    dates = {str(cell)[:10] for line in lines for cell in line.row}

    def condition(match: re.Match[str]) -> str:
        known = given | shown if (match["lead"] or "").casefold() == "top" else given
        said = match["one"] or match["two"]
        numbers = [float(n) for n in numbers_in(said) if n.replace(".", "", 1).isdecimal()] or [
            *spelled(said)
        ]
        return " " * len(match[0]) if numbers and known.issuperset(numbers) else match[0]

    def day(match: re.Match[str]) -> str:
        told = f"-{_MONTHS.index(match[1]) + 1:02d}-{int(match[2]):02d}"
        years = [date[:4] for date in dates if date[4:] == told]
        return " " * len(match[0]) if years and match[3] in (None, *years) else match[0]

    for name in _with_digits(lines):
        sentence = sentence.replace(name, " " * len(name))
    for stamp in stamps_in(sentence):
        sentence = sentence.replace(stamp, " " * len(stamp))
    return _CONDITION.sub(condition, _DAY.sub(day, sentence))


def _with_digits(lines: Sequence[Line]) -> list[str]:
    cells = {cell for line in lines for cell in line.row if isinstance(cell, str)}
    return sorted(
        (c for c in cells if any(map(str.isdigit, c)) and any(map(str.isalpha, c))), key=len, reverse=True
    )


def are_shown(reading: Reading) -> bool:
    """Whether the rows of a piece have all its numbers, in columns that its words do not contradict."""
    text = _BELOW_ZERO.sub("-", reading.text)
    values = [*values_of((_cells(reading),))]
    spots = {*(float(line.place) for line in reading.lines), *_ranks(reading)}
    ranked = [*map(float, _PLACE.findall(text)), *places(text)]
    if any(place not in spots for place in ranked):
        return False
    plain = _PLACE.sub(" ", text)
    if not all(any(_is_about(number, value) for value in values) for number in spelled(plain)):
        return False
    return all(_is_shown(number, plain, reading, values) for number in numbers_in(plain))


def _ranks(reading: Reading) -> Iterator[float]:
    """The places that queries have counted themselves."""
    for line in reading.lines:
        cells = zip(line.evidence.result.columns, line.row, strict=True)
        yield from values_of((tuple(cell for column, cell in cells if _RANK.search(column)),))


def _is_about(number: float, value: float) -> bool:
    return abs(number - value) < 0.5 if number else value == 0


def _is_shown(number: str, text: str, reading: Reading, values: Sequence[float]) -> bool:
    if not shown_by(number, values):
        return False
    noun = re.search(re.escape(number) + _NOUN, text)
    said = "percent" if number.endswith(("%", "percent")) else noun[1].rstrip("s") if noun else ""
    return not said or any(_may_be(said, column) for column in _columns_with(number, reading))


def _columns_with(number: str, reading: Reading) -> Iterator[str]:
    """The columns in which the rows of a piece have a number."""
    for line in reading.lines:
        for n in _columns(line, reading.names):
            if shown_by(number, values_of(((line.row[n],),))):
                yield line.evidence.result.columns[n]


def _may_be(noun: str, column: str) -> bool:
    """Whether a column may hold what stands behind a number; names that are not ours may mean anything."""
    known = measures().get(column.casefold())
    if known is None:
        return True
    return noun in key(f"{known.unit} {known.told} {' '.join(known.words)}")


def _cells(reading: Reading) -> tuple[object, ...]:
    return tuple(line.row[n] for line in reading.lines for n in _columns(line, reading.names))


def _columns(line: Line, names: frozenset[str]) -> Iterator[int]:
    mine = names & line.names
    if not mine:
        yield from range(len(line.row))
    else:
        yield from {n for name in mine for n in line.columns_of(name)}
