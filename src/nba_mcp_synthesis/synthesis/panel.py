"""Asking the voices. First form: one voice, the built-in analyst."""

from collections.abc import Sequence
from dataclasses import replace
from time import perf_counter
from typing import Protocol

from nba_mcp_synthesis.facts import Proposal, Question


class Voice(Protocol):
    """Whatever can answer a question with evidence."""

    def propose(self, question: Question) -> Proposal:
        """An answer with its evidence, a question back, or an abstention with its reason."""
        ...


def hear(voices: Sequence[Voice], question: Question) -> tuple[Proposal, ...]:
    """What each voice says, with the seconds it took."""
    return tuple(_timed(voice, question) for voice in voices)


def _timed(voice: Voice, question: Question) -> Proposal:
    started = perf_counter()
    proposal = voice.propose(question)
    return replace(proposal, seconds=round(perf_counter() - started, 4))
