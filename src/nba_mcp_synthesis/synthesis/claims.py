"""Claims of voices held against the rows of their queries: the cell that has the number, or why none has."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from nba_mcp_synthesis.basketball.words import key
from nba_mcp_synthesis.facts import Claim, Evidence, Row
from nba_mcp_synthesis.synthesis.cells import in_fractions, is_fraction, says, unit_of, value_of
from nba_mcp_synthesis.synthesis.grounding import invented
from nba_mcp_synthesis.synthesis.invariants import impossible
from nba_mcp_synthesis.synthesis.naming import is_plain, named_by, names_of


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
    return impossible(in_fractions(evidence, row)) or _exact(claim, evidence, place, row)


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
    else:
        wanted = key(claim.entity)
        yield from (row for row in rows if _name(evidence, row, claim.measure, wanted))


def _name(evidence: Evidence, row: Row, measure: str, wanted: str) -> str | None:
    """What a row, or else its query, calls whom a claim names."""
    found = (
        *names_of(evidence, row, measure),
        *(named_by(evidence) if len(evidence.result.rows) == 1 else ()),
    )
    return next((name for name in found if wanted and f" {wanted} " in f" {key(name)} "), None)


def _exact(claim: Claim, evidence: Evidence, place: int, row: Row) -> Claim:
    """The claim as its cell says it, of whom the row names."""
    column = evidence.result.columns[place]
    name = claim.entity and _name(evidence, row, claim.measure, key(claim.entity))
    value = value_of(row[place], as_percent=is_fraction(evidence, place))
    return replace(claim, entity=name, measure=column, value=value, unit=unit_of(column))
