"""Which voices say the same: by the values that their queries returned, never by their words."""

from collections.abc import Sequence
from dataclasses import dataclass

from nba_mcp_synthesis.facts import Claim, Verdict
from nba_mcp_synthesis.synthesis.cells import same


@dataclass(frozen=True, slots=True)
class Camp:
    """Verdicts that agree, the one that is followed first."""

    verdicts: tuple[Verdict, ...]

    @property
    def first(self) -> Verdict:
        """The verdict whose words and rows are used."""
        return self.verdicts[0]

    @property
    def queries(self) -> int:
        """Different queries that led to the same values."""
        return len({e.sql for v in self.verdicts for e in v.proposal.evidence})

    @property
    def is_compiled(self) -> bool:
        """Whether somebody in it had all SQL written by the product, from measures."""
        return any(all(e.written_by == "product" for e in v.proposal.evidence) for v in self.verdicts)

    @property
    def is_computed(self) -> bool:
        """Whether the built-in analyst is in it."""
        return any(v.proposal.is_computed for v in self.verdicts)

    @property
    def weight(self) -> tuple[int, int, int, int]:
        """Camps with more of it are followed: the analyst, voices, compiled queries, ways to the values."""
        return self.is_computed, len(self.verdicts), self.is_compiled, self.queries


def camps(verdicts: Sequence[Verdict]) -> tuple[Camp, ...]:
    """The camps of answers that hold, the weightiest first; earlier voices lead in a draw."""
    found: list[list[Verdict]] = []
    for verdict in verdicts:
        if verdict.holds and verdict.proposal.status == "answered":
            mates = next((camp for camp in found if agree(camp[0], verdict)), None)
            if mates is None:
                found.append([verdict])
            else:
                mates.append(verdict)
    made = [Camp(tuple(sorted(camp, key=_by_hand))) for camp in found]
    return tuple(sorted(made, key=lambda camp: camp.weight, reverse=True))


def agree(one: Verdict, other: Verdict) -> bool:
    """Whether both give the same values to the question: of the figures that they put first."""
    first, second = headline(one), headline(other)
    if len(first) != len(second):
        return False
    return _are_in(first, second) and _are_in(second, first)


def _are_in(claims: Sequence[Claim], others: Sequence[Claim]) -> bool:
    return all(any(same(claim, other) for other in others) for claim in claims)


def headline(verdict: Verdict) -> tuple[Claim, ...]:
    """The claims that answer: those of the measure that is given first."""
    claims = verdict.proposal.claims
    return tuple(claim for claim in claims if claim.measure == claims[0].measure)


def _by_hand(verdict: Verdict) -> tuple[bool, bool]:
    proposal = verdict.proposal
    return not proposal.is_computed, any(e.written_by == "voice" for e in proposal.evidence)
