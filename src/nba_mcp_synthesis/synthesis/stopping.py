"""When enough voices have been heard."""

from collections.abc import Sequence

from nba_mcp_synthesis.facts import Verdict
from nba_mcp_synthesis.synthesis.votes import camps

# So many voices with the same verified values end a panel that nobody contradicts.
ENOUGH = 2


def is_settled(verdicts: Sequence[Verdict], outstanding: int) -> bool:
    """Whether the voices that are still to come cannot change what is followed, or need not be waited for."""
    found = camps(verdicts)
    if not found:
        return False
    leading = len(found[0].verdicts)
    following = len(found[1].verdicts) if len(found) > 1 else 0
    if not following:
        return leading >= ENOUGH
    return leading > following + outstanding


def stands_alone(verdict: Verdict) -> bool:
    """Whether one voice is enough: its answer holds whole, and the product wrote all of its SQL.

    In what measures can say, compiled queries are right far more often than those written by hand; for the
    others a second voice has to come to the same values.
    """
    proposal = verdict.proposal
    if not (verdict.holds and proposal.status == "answered") or verdict.failures:
        return False
    return all(e.written_by == "product" and not e.result.truncated for e in proposal.evidence)
