"""Asking voices, side by side, until enough has been heard."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from nba_mcp_synthesis.facts import Proposal, Question
from nba_mcp_synthesis.synthesis.voices.account import Account

# Takes a proposal in; True says that no other voice needs to be waited for.
Heard = Callable[[Proposal], Awaitable[bool]]


class Voice(Protocol):
    """A model that is asked over a network. Its errors are faults of its proposal, and never raised."""

    @property
    def name(self) -> str:
        """What answers call it."""

    def account(self) -> Account:
        """A new account, with the voice's whole time before it."""
        ...

    async def propose(self, question: Question, account: Account) -> Proposal:
        """An answer with its evidence, an abstention, or a proposal with the fault that kept it from one."""
        ...

    def silent(self, account: Account, error: BaseException) -> Proposal:
        """The proposal of a voice that is not waited for any more: what it cost until then."""
        ...


async def hear(voices: Sequence[Voice], question: Question, heard: Heard) -> None:
    """Asks all voices at once and hands each proposal on as it comes.

    Once `heard` says that it is enough, or whoever asked has left, the others are stopped, and their calls
    with them. `heard` gets the proposals of those as well, but not where the asker has left.
    """
    accounts = [voice.account() for voice in voices]
    tasks = {
        asyncio.create_task(voice.propose(question, account)): (voice, account)
        for voice, account in zip(voices, accounts, strict=True)
    }
    waiting = set(tasks)
    try:
        enough = False
        while waiting and not enough:
            done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            # in the order of the voices, so that the same replies lead to the same answer
            for task in (task for task in tasks if task in done):
                enough = await heard(task.result()) or enough
    finally:
        await _stop(waiting)
    for task in (task for task in tasks if task in waiting):
        voice, account = tasks[task]
        await heard(voice.silent(account, asyncio.CancelledError()))


async def _stop(tasks: set[asyncio.Task[Proposal]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
