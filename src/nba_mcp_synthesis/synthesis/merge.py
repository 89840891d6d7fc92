"""One answer from what survived checking."""

from collections.abc import Sequence

from nba_mcp_synthesis.facts import Answer, Question, Verdict, VoiceReport

# The text is what gets quoted elsewhere, so it carries the mark itself.
SIMULATED = " (simulated league)"
_MEANS = {
    1.0: "The built-in analyst computed it; its queries were run again and their rows hold every number.",
    0.0: "No answer is given.",
}


def merge(question: Question, verdicts: Sequence[Verdict]) -> Answer:
    """The answer of the first voice that holds; when none does, a refusal that says why."""
    voices = tuple(_report(verdict) for verdict in verdicts)
    kept = next((v.proposal for v in verdicts if v.holds), None)
    if kept is None:
        return _withheld(question, verdicts, voices)
    state = kept.evidence[0].result if kept.evidence else None
    simulated = state.simulated if state else False
    confidence = 1.0 if kept.status == "answered" else 0.0
    return Answer(
        id=question.id,
        question=question.text,
        text=kept.text + (SIMULATED if simulated else ""),
        status=kept.status,
        claims=kept.claims,
        columns=kept.columns,
        rows=kept.rows,
        evidence=kept.evidence,
        assumptions=kept.assumptions,
        definitions=kept.definitions,
        conditions=kept.conditions,
        explained=kept.explained,
        choices=kept.choices,
        confidence=confidence,
        confidence_means=_MEANS[confidence],
        voices=voices,
        cost_usd=sum(voice.cost_usd for voice in voices),
        data_as_of=state.data_as_of if state else None,
        snapshot=state.snapshot if state else "",
        simulated=simulated,
    )


def _report(verdict: Verdict) -> VoiceReport:
    proposal = verdict.proposal
    outcome = proposal.status if verdict.holds else f"withheld: {' '.join(verdict.failures)}"
    return VoiceReport(proposal.voice, outcome, proposal.cost_usd, proposal.tokens, proposal.seconds)


def _withheld(question: Question, verdicts: Sequence[Verdict], voices: tuple[VoiceReport, ...]) -> Answer:
    failures = [failure for verdict in verdicts for failure in verdict.failures]
    return Answer(
        id=question.id,
        question=question.text,
        text="I had an answer, but it did not survive checking, so I do not give it.",
        status="refused",
        confidence_means=_MEANS[0.0],
        dissent=tuple(failures),
        voices=voices,
        cost_usd=sum(voice.cost_usd for voice in voices),
    )
