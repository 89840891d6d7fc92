"""The way of a question: panel, verification, merging."""

import uuid
from collections.abc import Sequence
from dataclasses import replace

from nba_mcp_synthesis.errors import UsageError
from nba_mcp_synthesis.facts import Answer, Question
from nba_mcp_synthesis.synthesis.merge import merge
from nba_mcp_synthesis.synthesis.panel import Voice, hear
from nba_mcp_synthesis.synthesis.verify import verify
from nba_mcp_synthesis.warehouse.cautions import Cautions
from nba_mcp_synthesis.warehouse.engine import Warehouse

MAX_QUESTION = 2_000


def ask(
    text: str,
    voices: Sequence[Voice],
    warehouse: Warehouse,
    cautions: Cautions,
    answer_id: str | None = None,
    previous: str | None = None,
) -> Answer:
    """Answers one question from the warehouse; `previous` is the one that it may follow up on.

    Raises:
        UsageError: the question is empty or longer than MAX_QUESTION characters.
        NoWarehouse, Busy: there is nothing to ask, or no place to ask in.
    """
    if not text.strip():
        raise UsageError("The question is empty.", 'Ask something like "who led the league in scoring".')
    longest = max(len(text), len(previous or ""))
    if longest > MAX_QUESTION:
        raise UsageError(f"The question has {longest:,} characters; the limit is {MAX_QUESTION:,}.")
    question = Question(answer_id or uuid.uuid4().hex[:12], text.strip(), previous)
    state = warehouse.state()
    verdicts = [verify(p, warehouse.query) for p in hear(voices, question)]
    answer = merge(question, verdicts)
    # A refusal has no evidence to take these from, and still speaks about the data that are loaded.
    touched = [
        caution
        for e in answer.evidence
        for caution in (*cautions.games_lacking(e.sql), *cautions.quarantined(e.sql))
        if not answer.simulated
    ]
    return replace(
        answer,
        cautions=tuple(dict.fromkeys(touched)),
        data_as_of=answer.data_as_of or state.data_as_of,
        snapshot=answer.snapshot or state.snapshot,
        simulated=answer.simulated or state.simulated,
    )


def is_of_one_state(answer: Answer) -> bool:
    """True unless data were loaded while the question was answered, and queries saw different states."""
    return len({evidence.result.snapshot for evidence in answer.evidence}) <= 1
