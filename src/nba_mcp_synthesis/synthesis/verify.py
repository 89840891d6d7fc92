"""Checking a proposal: its queries are run again, and every number must be in what they return."""

import math
from collections.abc import Callable

from nba_mcp_synthesis.facts import Claim, Evidence, Proposal, Question, Result, Verdict
from nba_mcp_synthesis.synthesis.numbers import numbers_in, shown_by, values_of

Run = Callable[[str], Result]


def verify(proposal: Proposal, question: Question, run: Run) -> Verdict:
    """Whether a proposal holds; `run` executes a query on the warehouse.

    It holds when each evidence query returns the same rows as before, each claim's value is in the
    rows of its evidence, and each number of the text is in some evidence, in the question, or in the
    stated assumptions and definitions. A refusal or a question back makes no claims and always holds.
    """
    if proposal.status != "answered":
        return Verdict(proposal, holds=True)
    failures = [f for e in proposal.evidence for f in _changed(e, run)]
    failures += [f for claim in proposal.claims for f in _unproven(claim, proposal)]
    failures += _unshown(proposal, question)
    if not proposal.evidence:
        failures.append("There is no query behind the answer.")
    checked = len(proposal.evidence) + len(proposal.claims)
    return Verdict(proposal, holds=not failures, checked=checked, failures=tuple(failures))


def _changed(evidence: Evidence, run: Run) -> list[str]:
    again = run(evidence.sql)
    if again.rows != evidence.result.rows or again.columns != evidence.result.columns:
        return [f"The query of {evidence.id} returned other rows when it was run again."]
    return []


def _unproven(claim: Claim, proposal: Proposal) -> list[str]:
    rows = [r for e in proposal.evidence if e.id == claim.evidence for r in e.result.rows]
    if isinstance(claim.value, str):
        proven = any(claim.value == str(value) for row in rows for value in row)
    else:
        wanted = abs(float(claim.value))
        scales = (1.0, 100.0) if claim.unit == "percent" else (1.0,)
        proven = any(
            math.isclose(abs(v) * scale, wanted, rel_tol=1e-6, abs_tol=1e-9)
            for v in values_of(rows)
            for scale in scales
        )
    if proven:
        return []
    return [f"{claim.measure} {claim.value} of {claim.entity} is not in the rows of {claim.evidence}."]


def _unshown(proposal: Proposal, question: Question) -> list[str]:
    shown = list(values_of(row for e in proposal.evidence for row in e.result.rows))
    stated = " ".join([question.text, *proposal.assumptions, *proposal.definitions])
    shown += [float(n.replace(",", "")) for n in numbers_in(stated)]
    shown += range(1, len(proposal.rows) + 1)  # places in a list
    missing = [n for n in numbers_in(proposal.text) if not shown_by(n, shown)]
    return [f"The number {n} of the text is in no evidence." for n in missing]
