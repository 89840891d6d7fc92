"""Voices that say what a test has written for them, over queries that really run."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from time import monotonic

from nba_mcp_synthesis.basketball.stats.request import StatRequest
from nba_mcp_synthesis.facts import Claim, Evidence, Proposal, Question
from nba_mcp_synthesis.synthesis.voices.account import Account
from nba_mcp_synthesis.synthesis.voices.desk import Desk, Sources
from nba_mcp_synthesis.synthesis.voices.faults import fault_of
from nba_mcp_synthesis.synthesis.voices.purse import Purse

_HEAD = "SELECT full_name AS player, "
_OF = " FROM player_season_stats JOIN players USING (player_id) WHERE season = '2025-26'"
REQUESTS = (
    StatRequest(("pts", "gp"), ("player",)),
    StatRequest(("pts_per_game",), ("player",)),
    StatRequest(("pts_per_game",), ("player",), ("player=Ada Test",)),
    StatRequest(("wins", "losses", "pts_per_game"), ("team",)),
    StatRequest(("fg_pct", "ast"), ("player",), limit=2),
    StatRequest(("opp_pts", "pts"), ("team", "opponent")),
)
QUERIES = (
    f"{_HEAD}pts{_OF}",
    f"{_HEAD}pts * 1.0 / gp AS pts_per_game{_OF}",
    f"{_HEAD}pts, ast{_OF} AND full_name = 'Ada Test'",
    f"SELECT MAX(pts) AS pts{_OF}",
    f"SELECT SUM(pts) AS pts{_OF} AND full_name = 'Cid Sample'",
    "SELECT game_date, home_pts, away_pts FROM games",
    # names that are none
    f"{_HEAD}pts AS pts_31{_OF}",
    f"{_HEAD}pts AS thirty_one{_OF}",
    f"SELECT 'Ada Test' AS player, pts{_OF} AND full_name = 'Cid Sample'",
)
# those of voices that invent; nothing that they return may be taken for data
INVENTING = (
    f"{_HEAD}31.2 AS pts_per_game{_OF}",
    f"{_HEAD}36 * COUNT(*) / COUNT(*) AS pts{_OF} GROUP BY 1",
    f"SELECT 'sixty-one' AS player, pts{_OF}",
    f"{_HEAD}ast AS pts{_OF}",
)


def heard(sources: Sources) -> tuple[Evidence, ...]:
    """What a voice gets for each request and query, under ids of their own."""
    desk = Desk(sources, [])
    for request in REQUESTS:
        desk.query_stats(request)
    for sql in (*QUERIES, *INVENTING):
        desk.query_sql(sql)
    assert len(desk.evidence) == len((*REQUESTS, *QUERIES, *INVENTING))
    return tuple(desk.evidence)


class Free:
    """A day without a limit."""

    def add(self, usd: Decimal) -> Decimal:
        """What this call costs, as if it were the first."""
        return usd


@dataclass(frozen=True)
class Script:
    """What a voice does: how many turns it takes, and what it says then."""

    turns: int
    proposal: Proposal | None
    error: BaseException | None = None


class Scripted:
    """A voice that follows its script, and never fails otherwise than a model's voice does."""

    def __init__(self, name: str, script: Script, purse: Purse) -> None:
        self._name, self._script, self._purse = name, script, purse

    @property
    def name(self) -> str:
        """See `panel.Voice`."""
        return self._name

    def account(self) -> Account:
        """See `panel.Voice`."""
        return Account(self._purse, monotonic() + 60)

    async def propose(self, question: Question, account: Account) -> Proposal:
        """See `panel.Voice`."""
        for _ in range(self._script.turns):
            await asyncio.sleep(0)
        if self._script.proposal is None:
            return self.silent(account, self._script.error or TimeoutError())
        return replace(self._script.proposal, voice=self._name)

    def silent(self, account: Account, error: BaseException) -> Proposal:
        """See `panel.Voice`."""
        fault = fault_of(error)
        return Proposal(self._name, "refused", fault.text, fault=fault.kind)


def claim_of(evidence: Evidence, row: int, column: int) -> Claim:
    """The claim that a cell supports."""
    cells = evidence.result.rows[row % len(evidence.result.rows)]
    column %= len(cells)
    named = next((cell for cell in cells if isinstance(cell, str) and not cell[:1].isdigit()), None)
    return Claim(named, evidence.result.columns[column], cells[column], "", evidence.id)


def answer_of(
    text: str, claims: Sequence[Claim], evidence: Mapping[str, Evidence], assumptions: Sequence[str]
) -> Proposal:
    """An answer with all evidence that exists, as a voice that has run every query would give it."""
    return Proposal(
        "", "answered", text, tuple(claims), tuple(evidence.values()), assumptions=tuple(assumptions)
    )
