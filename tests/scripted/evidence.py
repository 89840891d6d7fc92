"""Evidence and verdicts in a few words, for tests of what is decided about them."""

from collections.abc import Sequence
from typing import Any, Literal

from nba_mcp_synthesis.facts import Claim, Evidence, Proposal, Result, Verdict

SQL = "SELECT full_name AS player, pts FROM player_season_stats WHERE season = '2025-26'"


def shown(
    columns: str,
    *rows: Sequence[Any],
    sql: str = SQL,
    by: Literal["product", "voice"] = "product",
    called: str = "e1",
    truncated: bool = False,
) -> Evidence:
    """Evidence with these columns and rows."""
    result = Result(tuple(columns.split()), tuple(map(tuple, rows)), sql, truncated=truncated)
    return Evidence(called, sql, result, by)


def claimed(
    entity: str | None, measure: str, value: float | str, evidence: str = "e1", unit: str = ""
) -> Claim:
    """A claim as a voice makes it."""
    return Claim(entity, measure, value, unit, evidence)


def held(
    voice: str, *claims: Claim, evidence: Sequence[Evidence] = (), text: str = "", computed: bool = False
) -> Verdict:
    """A verdict on an answer that holds."""
    proposal = Proposal(
        voice, "answered", text, claims, tuple(evidence) or (shown("player pts", ("Ada Test", 200)),),
        is_computed=computed,
    )  # fmt: skip
    return Verdict(proposal, holds=True)
