"""Hearing models in rounds, each proposal verified as it comes, until verified results agree."""

from collections.abc import Awaitable, Callable, Sequence
from time import perf_counter

from nba_mcp_synthesis.facts import Progress, Proposal, Question, Verdict
from nba_mcp_synthesis.synthesis.panel import Voice, hear
from nba_mcp_synthesis.synthesis.pipeline import Hearing, Written
from nba_mcp_synthesis.synthesis.stopping import is_settled, stands_alone
from nba_mcp_synthesis.synthesis.threads import in_thread
from nba_mcp_synthesis.synthesis.votes import camps

# Verifies the claims of a proposal.
Check = Callable[[Proposal], Verdict]
# Puts the claims of a verdict into words.
Writer = Callable[[Question, Verdict], Awaitable[Written]]


async def ask_voices(hearing: Hearing, rounds: Sequence[Sequence[Voice]], check: Check) -> None:
    """Hears one round of voices after the other, until verified results agree or nobody is left.

    A round of one is enough where that voice's answer stands alone.
    """
    for number, voices in enumerate(rounds, start=1):
        await _hear(hearing, voices, check)
        is_last = number == len(rounds)
        if not is_last and (is_settled(hearing.verdicts, 0) or _stands(hearing, voices)):
            return


async def _hear(hearing: Hearing, voices: Sequence[Voice], check: Check) -> None:
    started, verifying = perf_counter(), 0.0
    hearing.tell(Progress("voices", f"Asking {', '.join(voice.name for voice in voices)}"))
    arrived: dict[str, Verdict] = {}

    async def heard(proposal: Proposal) -> bool:
        nonlocal verifying
        begun = perf_counter()
        verdict = arrived[proposal.voice] = await in_thread(check, proposal)
        hearing.tell(Progress("verification", heard_of(verdict)))
        verifying += perf_counter() - begun
        return is_settled([*hearing.verdicts, *arrived.values()], len(voices) - len(arrived))

    await hear(voices, hearing.question, heard)
    # in the order of the voices, not in that of their arrival
    hearing.verdicts += [arrived[voice.name] for voice in voices if voice.name in arrived]
    hearing.took("voices", started + verifying)
    hearing.took("verification", perf_counter() - verifying)


def heard_of(verdict: Verdict) -> str:
    """What came of a voice, without its words: nothing of those has been merged yet."""
    proposal = verdict.proposal
    if proposal.fault:
        return f"{proposal.voice} failed ({proposal.fault})"
    if proposal.status != "answered":
        return f"{proposal.voice} gives no answer"
    held, lost = len(proposal.claims) if verdict.holds else 0, len(verdict.failures)
    return f"{proposal.voice}: {held} figures hold, {lost} do not"


def _stands(hearing: Hearing, voices: Sequence[Voice]) -> bool:
    models = [v for v in hearing.verdicts if not v.proposal.is_computed]
    return len(voices) == 1 and stands_alone(models[-1])


async def write(hearing: Hearing, writer: Writer) -> None:
    """Has a model's answer put into words."""
    found = camps(hearing.verdicts)
    if found and not found[0].is_computed:
        started = perf_counter()
        hearing.tell(Progress("writing", "What was verified is put into words"))
        hearing.written = await writer(hearing.question, found[0].first)
        hearing.took("writing", started)
