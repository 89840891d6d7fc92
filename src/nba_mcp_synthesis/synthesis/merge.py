"""One answer from what survived checking."""

import math
from collections.abc import Sequence

from nba_mcp_synthesis.basketball.catalogue import measures
from nba_mcp_synthesis.facts import Answer, Evidence, Proposal, Question, Row, Verdict, VoiceReport
from nba_mcp_synthesis.synthesis import confidence as ranks
from nba_mcp_synthesis.synthesis.naming import is_plain, is_written
from nba_mcp_synthesis.synthesis.numbers import numbers_in
from nba_mcp_synthesis.synthesis.sentences import checked, holds, is_stated
from nba_mcp_synthesis.synthesis.telling import said, told
from nba_mcp_synthesis.synthesis.votes import Camp, camps, headline

# The text is what gets quoted elsewhere, so it carries the mark itself.
SIMULATED = " (simulated league)"
_WITHHELD = "I had an answer, but it did not survive checking, so I do not give it."
_NOT_KNOWN = "I could not answer that from the data."


def merge(question: Question, verdicts: Sequence[Verdict], words: str | None = None) -> Answer:
    """One answer: of the camp that is followed, or a refusal that says why.

    `words` are those of the model that writes. Where they are None, name no value, or hold a number that the
    evidence does not have, the words of the voice that is followed are used, as far as they can be checked.
    """
    found = camps(verdicts)
    if not found:
        return _refusal(question, verdicts)
    return (
        _computed(question, verdicts, found)
        if found[0].is_computed
        else _said(question, verdicts, found, words)
    )


def _computed(question: Question, verdicts: Sequence[Verdict], found: Sequence[Camp]) -> Answer:
    """The analyst's answer as it is, with what the others said."""
    return _answer(question, verdicts, found, found[0].first.proposal, ranks.ANALYST)


def _said(
    question: Question, verdicts: Sequence[Verdict], found: Sequence[Camp], words: str | None
) -> Answer:
    """A model's answer: its verified claims, their rows, and words that these rows support."""
    verdict = found[0].first
    heard = verdict.proposal
    text, left_out = _words(verdict, question, words)
    columns, rows = _table(heard)
    known = [measures()[c.measure] for c in heard.claims if c.measure in measures()]
    proposal = Proposal(
        heard.voice,
        "answered",
        text,
        claims=heard.claims,
        evidence=heard.evidence,
        columns=columns,
        rows=rows,
        assumptions=tuple(
            line for line in heard.assumptions if is_stated(line, heard.evidence, question.text)
        ),
        definitions=tuple(dict.fromkeys(m.told for m in known)),
    )
    dissent = (f"{heard.voice}: {left_out}",) if left_out else ()
    return _answer(
        question, verdicts, found, proposal, ranks.confidence(found, second_way=verdict.second_way), dissent
    )


def _words(verdict: Verdict, question: Question, words: str | None) -> tuple[str, str]:
    """(text, what was left out of a voice's own words)."""
    proposal = verdict.proposal
    if words is not None:
        written = checked(words, proposal.evidence, question.text)
        if not written.dropped and _tells(written.text, verdict):
            return written.text, ""
    own = checked(proposal.text, proposal.evidence, question.text)
    left_out = "a sentence was left out, since no query returned its number." if own.dropped else ""
    return (own.text if _tells(own.text, verdict) else told(proposal.claims)), left_out


def _tells(text: str, verdict: Verdict) -> bool:
    """Whether a text has a value that answers."""
    numbers = {n.rstrip("% ").replace(",", "") for n in numbers_in(text)}
    for claim in headline(verdict):
        written = said(claim).rstrip("% ").replace(",", "")
        if written in text or written in numbers or any(_rounds(claim.value, n) for n in numbers):
            return True
    return False


def _rounds(value: float | str, written: str) -> bool:
    try:
        decimals = len(written.partition(".")[2])
        return not isinstance(value, str) and math.isclose(round(float(value), decimals), float(written))
    except ValueError:
        return False


def _table(proposal: Proposal) -> tuple[tuple[str, ...], tuple[Row, ...]]:
    """The rows of the query that most claims cite, without columns that the query names or fills itself."""
    cited = [claim.evidence for claim in proposal.claims]
    chosen: Evidence = max(proposal.evidence, key=lambda e: cited.count(e.id))
    named = [n for n, column in enumerate(chosen.result.columns) if is_plain(column)]
    places = [n for n in named if not is_written(chosen, n)]
    columns = tuple(chosen.result.columns[n] for n in places)
    return columns, tuple(tuple(row[n] for n in places) for row in chosen.result.rows)


def _answer(
    question: Question,
    verdicts: Sequence[Verdict],
    found: Sequence[Camp],
    proposal: Proposal,
    rank: tuple[float, str],
    dissent: tuple[str, ...] = (),
) -> Answer:
    state = proposal.evidence[0].result if proposal.evidence else None
    simulated = state.simulated if state else False
    return Answer(
        id=question.id,
        question=question.text,
        text=proposal.text + (SIMULATED if simulated else ""),
        status=proposal.status,
        claims=proposal.claims,
        columns=proposal.columns,
        rows=proposal.rows,
        evidence=proposal.evidence,
        assumptions=proposal.assumptions,
        definitions=proposal.definitions,
        conditions=proposal.conditions,
        explained=proposal.explained,
        confidence=rank[0],
        confidence_means=rank[1],
        dissent=(*dissent, *_dissent(verdicts, found)),
        voices=_reports(question, verdicts, found),
        calls=tuple(call for v in verdicts for call in v.proposal.calls),
        cost_usd=_cost(verdicts),
        tokens=sum(v.proposal.tokens for v in verdicts),
        data_as_of=state.data_as_of if state else None,
        snapshot=state.snapshot if state else "",
        simulated=simulated,
    )


def _refusal(question: Question, verdicts: Sequence[Verdict]) -> Answer:
    """The analyst's refusal or question back, or a refusal for want of anything that holds."""
    computed = next((v for v in verdicts if v.holds and v.proposal.is_computed), None)
    spoken = computed.proposal if computed else None
    return Answer(
        id=question.id,
        question=question.text,
        text=" ".join(filter(None, (spoken.text if spoken else _reason(verdicts), _others(verdicts)))),
        status=spoken.status if spoken else "refused",
        explained=spoken.explained if spoken else (),
        choices=spoken.choices if spoken else (),
        confidence_means=ranks.NONE[1],
        dissent=_dissent(verdicts, ()),
        voices=_reports(question, verdicts, ()),
        calls=tuple(call for v in verdicts for call in v.proposal.calls),
        cost_usd=_cost(verdicts),
        tokens=sum(v.proposal.tokens for v in verdicts),
    )


def _reason(verdicts: Sequence[Verdict]) -> str:
    return _WITHHELD if any(v.proposal.status == "answered" for v in verdicts) else _NOT_KNOWN


def _others(verdicts: Sequence[Verdict]) -> str:
    """What became of the models, where some were asked."""
    models = [v for v in verdicts if not v.proposal.is_computed]
    if not models:
        return ""
    if all(v.proposal.fault for v in models):
        return "The models that were asked could not be heard; the voices of this answer say why."
    return "The models that were asked gave no answer that holds."


def _dissent(verdicts: Sequence[Verdict], found: Sequence[Camp]) -> tuple[str, ...]:
    """Who came to other values, and what of whom was not kept and why."""
    rivals = [v for camp in found[1:] for v in camp.verdicts]
    other = [f"{v.proposal.voice} came to other values of {_measure(v)}." for v in rivals]
    failed = [
        failure if v.proposal.is_computed else f"{v.proposal.voice}: {failure}"
        for v in verdicts
        for failure in v.failures
    ]
    return tuple(dict.fromkeys([*other, *failed]))


def _measure(verdict: Verdict) -> str:
    name = verdict.proposal.claims[0].measure
    return measures()[name].label if name in measures() else name


def _reports(
    question: Question, verdicts: Sequence[Verdict], found: Sequence[Camp]
) -> tuple[VoiceReport, ...]:
    followed = found[0].verdicts if found else ()
    return tuple(
        VoiceReport(p.voice, _fate(question, v, followed), p.cost_usd, p.tokens, p.seconds)
        for v in verdicts
        for p in (v.proposal,)
    )


def _fate(question: Question, verdict: Verdict, followed: Sequence[Verdict]) -> str:
    proposal = verdict.proposal
    if proposal.fault:
        return f"failed: {proposal.fault}: {proposal.text}"
    if not verdict.holds:
        return f"withheld: {' '.join(verdict.failures)}"
    if proposal.is_computed or proposal.status == "answered":
        return proposal.status if verdict in followed or proposal.is_computed else "answered otherwise"
    reason = proposal.text if holds(proposal.text, (), question.text) else ""
    return f"abstained: {reason}" if reason else "abstained"


def _cost(verdicts: Sequence[Verdict]) -> float:
    return round(math.fsum(v.proposal.cost_usd for v in verdicts), 10)
