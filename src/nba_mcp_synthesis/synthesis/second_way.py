"""A second way to the same figures: other tables, such as box scores beside season totals or play-by-play."""

from collections.abc import Callable, Sequence

from nba_mcp_synthesis.errors import NbaMcpError
from nba_mcp_synthesis.facts import Claim, Evidence, Result
from nba_mcp_synthesis.synthesis.cells import is_share, same, unit_of, value_of

# The same figures from other tables; None where there are none.
Other = Callable[[Evidence], Result | None]


def confirmed(claims: Sequence[Claim], evidence: Sequence[Evidence], other: Other) -> bool | None:
    """Whether other tables give the same values for all claims that they can speak about; None for none."""
    found = [
        is_same
        for one in evidence
        if one.written_by == "product" and (result := _asked(one, other)) is not None
        for claim in claims
        if claim.evidence == one.id and (is_same := _has(claim, result)) is not None
    ]
    return all(found) if found else None


def _asked(evidence: Evidence, other: Other) -> Result | None:
    try:
        return other(evidence)
    except NbaMcpError:
        return None  # a check that cannot be made says nothing about the answer


def _has(claim: Claim, result: Result) -> bool | None:
    """Whether the row about the same one has the same value; None where it is in no row."""
    if claim.measure not in result.columns:
        return None
    place, unit = result.columns.index(claim.measure), unit_of(claim.measure)
    percent = is_share(claim.measure)  # the product's own shares are fractions
    rows = [row for row in result.rows if claim.entity is None or claim.entity in row]
    values = [value_of(row[place], as_percent=percent) for row in rows if row[place] is not None]
    if not values:
        return None
    return any(same(claim, Claim(claim.entity, claim.measure, value, unit, "")) for value in values)
