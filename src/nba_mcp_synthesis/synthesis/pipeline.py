"""The way of a question: the analyst, then models where they are needed (rounds.py), and merging.

Commands that need no model load nothing of what waiting for one takes.
"""

import uuid
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import Protocol

from nba_mcp_synthesis.errors import UsageError
from nba_mcp_synthesis.facts import (
    Answer,
    ModelCall,
    Progress,
    Proposal,
    Question,
    Tell,
    Verdict,
    VoiceReport,
    tell_nobody,
)
from nba_mcp_synthesis.synthesis.merge import merge
from nba_mcp_synthesis.synthesis.verify import verify
from nba_mcp_synthesis.warehouse.cautions import Cautions
from nba_mcp_synthesis.warehouse.engine import Warehouse

MAX_QUESTION = 2_000


class Speaker(Protocol):
    """Whatever answers at once: the built-in analyst."""

    def propose(self, question: Question) -> Proposal:
        """An answer with its evidence, a question back, or an abstention with its reason."""
        ...


@dataclass(frozen=True, slots=True)
class Written:
    """Words of the model that writes, None where it failed, and what they cost."""

    text: str | None
    report: VoiceReport
    calls: tuple[ModelCall, ...]


@dataclass(slots=True)
class Hearing:
    """One question on its way: what has been heard and verified, and the seconds that each stage took."""

    question: Question
    verdicts: list[Verdict] = field(default_factory=list)
    stages: dict[str, float] = field(default_factory=dict)
    tell: Tell = tell_nobody
    written: Written | None = None

    @property
    def is_closed(self) -> bool:
        """Whether no other voice could add anything: an answer, a question back, or what nobody can know."""
        return any(v.holds and not v.proposal.is_open for v in self.verdicts)

    @property
    def is_of_one_state(self) -> bool:
        """True unless data were loaded meanwhile, and queries saw different states."""
        return len({e.result.snapshot for v in self.verdicts for e in v.proposal.evidence}) <= 1

    def took(self, stage: str, started: float) -> None:
        """Adds the time since `started` to a stage."""
        self.stages[stage] = round(self.stages.get(stage, 0.0) + perf_counter() - started, 4)


def question_of(text: str, answer_id: str | None = None, previous: str | None = None) -> Question:
    """The question; UsageError where it is empty, longer than MAX_QUESTION characters, or no text."""
    if not text.strip():
        raise UsageError("The question is empty.", 'Ask something like "who led the league in scoring".')
    longest = max(len(text), len(previous or ""))
    if longest > MAX_QUESTION:
        raise UsageError(f"The question has {longest:,} characters; the limit is {MAX_QUESTION:,}.")
    if any("\ud800" <= letter <= "\udfff" for letter in text + (previous or "")):
        raise UsageError("The question has half a character, which no text can have.", "Send it as UTF-8.")
    return Question(answer_id or uuid.uuid4().hex[:12], text.strip(), previous)


def begin(
    question: Question, analyst: Speaker | None, warehouse: Warehouse, tell: Tell = tell_nobody
) -> Hearing:
    """Hears the analyst, if he is asked at all.

    Raises:
        NoWarehouse, Busy: there is nothing to ask, or no place to ask in.
    """
    hearing = Hearing(question, tell=tell)
    warehouse.state()
    if analyst is not None:
        started = perf_counter()
        tell(Progress("analyst", "The built-in analyst reads the question"))
        proposal = analyst.propose(question)
        hearing.took("analyst", started)
        proposal = replace(proposal, seconds=hearing.stages["analyst"])
        started = perf_counter()
        tell(Progress("verification", f"{_counted(len(proposal.evidence), 'query')} run again"))
        hearing.verdicts.append(verify(proposal, warehouse.query))
        hearing.took("verification", started)
    return hearing


def finish(hearing: Hearing, warehouse: Warehouse, cautions: Cautions) -> Answer:
    """The answer, with what its readers should beware of."""
    started = perf_counter()
    hearing.tell(Progress("merging", "One answer is put together from what holds"))
    written = hearing.written
    answer = merge(hearing.question, hearing.verdicts, written.text if written else None)
    if written:
        answer = _with_writer(answer, written)
    # A refusal has no evidence to take these from, and still speaks about the data that are loaded.
    touched = [
        caution
        for e in answer.evidence
        for caution in (*cautions.games_lacking(e.sql), *cautions.quarantined(e.sql))
        if not answer.simulated
    ]
    state = warehouse.state()
    hearing.took("merging", started)
    return replace(
        answer,
        cautions=tuple(dict.fromkeys(touched)),
        data_as_of=answer.data_as_of or state.data_as_of,
        snapshot=answer.snapshot or state.snapshot,
        simulated=answer.simulated or state.simulated,
        stages=tuple(hearing.stages.items()),
    )


def _counted(number: int, thing: str) -> str:
    many = f"{thing.removesuffix('y')}ies" if thing.endswith("y") else f"{thing}s"
    return f"{number} {thing if number == 1 else many}"


def _with_writer(answer: Answer, written: Written) -> Answer:
    report = written.report
    return replace(
        answer,
        voices=(*answer.voices, report),
        calls=(*answer.calls, *written.calls),
        cost_usd=round(answer.cost_usd + report.cost_usd, 10),
        tokens=answer.tokens + report.tokens,
    )
