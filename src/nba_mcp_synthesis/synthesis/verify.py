"""Checking a proposal: its queries are run again, and every number must be in what they return.

The analyst's answers are checked as a whole, words and all. Of a model's answer each claim is checked, and
what does not hold is left out; its words are checked when they are used.
"""

import math
from collections.abc import Callable
from dataclasses import replace

from nba_mcp_synthesis.errors import NbaMcpError
from nba_mcp_synthesis.facts import Claim, Evidence, Proposal, Result, Verdict
from nba_mcp_synthesis.shapes import json_rows
from nba_mcp_synthesis.synthesis.claims import settled
from nba_mcp_synthesis.synthesis.numbers import numbers_in, parts_of_dates, shown_by, values_of
from nba_mcp_synthesis.synthesis.second_way import Other, confirmed

Run = Callable[[str], Result]
RunAgain = Callable[[Evidence], Result]


def verify_claims(proposal: Proposal, run: RunAgain, other: Other = lambda _: None) -> Verdict:
    """Which claims of a voice hold; `run` executes the query of evidence again, `other` asks other tables.

    A claim holds when a row that the second run returned has its value, for whom it is about. The proposal
    that is given back has these claims with exact values, and the evidence that they cite, as it was returned
    by the second run. A proposal holds when a claim does.
    """
    if proposal.status != "answered":
        return Verdict(proposal, holds=not proposal.fault)
    cited = {claim.evidence for claim in proposal.claims}
    again, gone = _run_again([e for e in proposal.evidence if e.id in cited], run)
    claims, failures = settled(proposal.claims, again)
    if len({e.result.snapshot for e in again}) > 1:
        claims, failures = (), ("New data were loaded while its queries ran.",)
    used = {claim.evidence for claim in claims}
    kept = replace(proposal, claims=claims, evidence=tuple(e for e in again if e.id in used))
    return Verdict(
        kept,
        holds=bool(claims),
        checked=len(again) + len(proposal.claims),
        failures=(*gone, *failures),
        second_way=confirmed(claims, kept.evidence, other),
    )


def _run_again(evidence: list[Evidence], run: RunAgain) -> tuple[list[Evidence], tuple[str, ...]]:
    """(evidence with the rows of now, a sentence for each query that does not run any more)."""
    again, gone = [], []
    for one in evidence:
        try:
            again.append(replace(one, result=run(one)))
        except NbaMcpError as error:
            gone.append(f"A query could not be run again ({error.code}).")
    return again, tuple(gone)


def verify(proposal: Proposal, run: Run) -> Verdict:
    """Whether a proposal holds; `run` executes a query on the warehouse.

    It holds when each evidence query returns the same rows as before, each claim's value is in a row of its
    evidence that names its entity, each number of the table is in some evidence, and each number of the text
    is in some evidence, in the stated assumptions, conditions or definitions, or a date. A refusal or a
    question back claims nothing and always holds.
    """
    if proposal.status != "answered":
        return Verdict(proposal, holds=True)
    failures = [f for e in proposal.evidence for f in _changed(e, run)]
    failures += [f for claim in proposal.claims for f in _unproven(claim, proposal)]
    failures += [*_unshown_cells(proposal), *_unshown_numbers(proposal)]
    if not proposal.evidence:
        failures.append("There is no query behind the answer.")
    checked = len(proposal.evidence) + len(proposal.claims)
    return Verdict(proposal, holds=not failures, checked=checked, failures=tuple(failures))


def _changed(evidence: Evidence, run: Run) -> list[str]:
    again = run(evidence.sql)
    same = json_rows(again.rows) == json_rows(evidence.result.rows)
    if not same or again.columns != evidence.result.columns:
        return [f"The query of {evidence.id} returned other rows when it was run again."]
    return []


def _unproven(claim: Claim, proposal: Proposal) -> list[str]:
    rows = [r for e in proposal.evidence if e.id == claim.evidence for r in e.result.rows]
    named = [row for row in rows if claim.entity in row]
    # A query about one entity need not repeat its name in every row; a list of several has to.
    candidates = named or (rows if len(rows) == 1 else [])
    if claim.entity is None:
        candidates = rows
    if any(_is_value(claim, cell) for row in candidates for cell in row):
        return []
    return [f"{claim.measure} {claim.value} of {claim.entity} is not in the rows of {claim.evidence}."]


def _is_value(claim: Claim, cell: object) -> bool:
    if isinstance(claim.value, str):
        return claim.value == str(cell)
    scales = (1.0, 100.0) if claim.unit == "percent" else (1.0,)
    return any(
        math.isclose(v * scale, float(claim.value), rel_tol=1e-6, abs_tol=1e-9)
        for v in values_of([(cell,)])
        for scale in scales
    )


def _unshown_cells(proposal: Proposal) -> list[str]:
    shown = [*values_of(r for e in proposal.evidence for r in e.result.rows)]
    return [
        f"The value {value:g} of the table is in no evidence."
        for value in values_of(proposal.rows)
        if not any(
            math.isclose(value, v * s, rel_tol=1e-6, abs_tol=1e-9) for v in shown for s in (1.0, 100.0)
        )
    ]


def _unshown_numbers(proposal: Proposal) -> list[str]:
    rows = [r for e in proposal.evidence for r in e.result.rows]
    shown = [*values_of(rows), *parts_of_dates(rows)]
    shown += range(1, len(proposal.rows) + 1)  # places in a list
    stated = numbers_in(" ".join([*proposal.assumptions, *proposal.conditions, *proposal.definitions]))
    missing = [n for n in numbers_in(proposal.text) if n not in stated and not shown_by(n, shown)]
    return [f"The number {n} of the text is in no evidence." for n in missing]
