"""Words for verified rows where no model's words are left: plain, and right by construction."""

from collections.abc import Sequence

from nba_mcp_synthesis.basketball.catalogue import measures
from nba_mcp_synthesis.facts import Claim

_MOST_NAMED = 10


def told(claims: Sequence[Claim]) -> str:
    """A sentence for each measure: who has how much of it."""
    by_measure: dict[str, list[Claim]] = {}
    for claim in claims:
        by_measure.setdefault(claim.measure, []).append(claim)
    return " ".join(_sentence(measure, found) for measure, found in by_measure.items())


def _sentence(measure: str, claims: Sequence[Claim]) -> str:
    known = measures().get(measure)
    label = known.label if known else measure.replace("_", " ")
    listed = ", ".join(_one(claim) for claim in claims[:_MOST_NAMED])
    more = ", and more in the table" if len(claims) > _MOST_NAMED else ""
    return f"{label[0].upper()}{label[1:]}: {listed}{more}."


def _one(claim: Claim) -> str:
    return f"{claim.entity} {said(claim)}" if claim.entity else said(claim)


def said(claim: Claim) -> str:
    """The value of a claim as people write it."""
    if isinstance(claim.value, str):
        return claim.value
    if isinstance(claim.value, int):
        return f"{claim.value:,}"
    known = measures().get(claim.measure)
    decimals = known.decimals if known else 0 if claim.value == int(claim.value) else 2
    return f"{claim.value:,.{decimals}f}" + (" %" if claim.unit == "percent" else "")
