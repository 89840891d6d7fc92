"""Claims of voices held against the rows of their queries: the cell that has the number, or why none has."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from nba_mcp_synthesis.basketball.catalogue import measures
from nba_mcp_synthesis.basketball.words import key
from nba_mcp_synthesis.facts import Claim, Evidence, Row
from nba_mcp_synthesis.synthesis.cells import says, unit_of, value_of
from nba_mcp_synthesis.synthesis.grounding import invented, texts
from nba_mcp_synthesis.synthesis.invariants import impossible

_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z_ ]*")


def settled(
    claims: Iterable[Claim], evidence: Iterable[Evidence]
) -> tuple[tuple[Claim, ...], tuple[str, ...]]:
    """(claims that a cell shows, with its exact value; a sentence for each other one, without its value)."""
    by_id = {one.id: one for one in evidence}
    kept: list[Claim] = []
    failures: list[str] = []
    for claim in claims:
        found = _settled(claim, by_id.get(claim.evidence))
        if isinstance(found, Claim):
            kept.append(found)
        else:
            called = claim.measure if is_plain(claim.measure) else "figure"
            failures.append(f"The {called} cannot be kept: {found}.")
    return tuple(dict.fromkeys(kept)), tuple(dict.fromkeys(failures))


def is_plain(name: str) -> bool:
    """Whether a column's name says no number, unless it is one of ours."""
    return name in measures() or bool(_PLAIN_NAME.fullmatch(name)) or name.startswith(("fg2", "fg3"))


def _settled(claim: Claim, evidence: Evidence | None) -> Claim | str:
    if evidence is None:
        return "it cites no query that was run"
    if why := _unfit(claim, evidence):
        return why
    columns = evidence.result.columns
    place = [column.casefold() for column in columns].index(claim.measure.casefold())
    rows = [*_rows_of(claim, evidence)]
    if not rows:
        return "no row of its query names whom it is about, so the query has to return the name too"
    row = next((row for row in rows if says(claim, row[place])), None)
    if row is None:
        return "its query returned another value"
    return impossible(dict(zip(columns, row, strict=True))) or _exact(claim, columns, place, row)


def _unfit(claim: Claim, evidence: Evidence) -> str:
    """Why a query can show no claim of this kind; empty where it can."""
    if not is_plain(claim.measure):
        return "its column has a number in its name"
    if claim.measure.casefold() not in [column.casefold() for column in evidence.result.columns]:
        return "its query has no such column"
    return invented(evidence.sql, evidence.result.engine) if evidence.written_by == "voice" else ""


def _rows_of(claim: Claim, evidence: Evidence) -> Iterator[Row]:
    """The rows about whom a claim is. A single row may leave the name to the conditions of its query."""
    rows = evidence.result.rows
    if claim.entity is None:
        yield from rows
        return
    wanted = key(claim.entity)
    named = [row for row in rows if any(isinstance(cell, str) and _names(cell, wanted) for cell in row)]
    yield from named
    if not named and len(rows) == 1:
        compared = texts(evidence.sql, evidence.result.engine)
        yield from rows if any(_names(text, wanted) for text in compared) else ()


def _names(cell: str, wanted: str) -> bool:
    return bool(wanted) and f" {wanted} " in f" {key(cell)} "


def _exact(claim: Claim, columns: Sequence[str], place: int, row: Row) -> Claim:
    """The claim as its cell says it, of whom the row names."""
    wanted = key(claim.entity or "")
    named = next((cell for cell in row if isinstance(cell, str) and _names(cell, wanted)), claim.entity)
    unit = unit_of(columns[place])
    return replace(claim, entity=named, measure=columns[place], value=value_of(row[place], unit), unit=unit)
