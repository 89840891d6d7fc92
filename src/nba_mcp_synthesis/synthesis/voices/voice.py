"""One model as a voice: asked with tools and a form for its answer, within its time and money."""

import asyncio
import contextlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from time import monotonic
from traceback import extract_tb
from typing import TYPE_CHECKING

from pydantic_ai.usage import UsageLimits

from nba_mcp_synthesis.errors import NbaMcpError, Unavailable
from nba_mcp_synthesis.facts import ModelCall, Proposal, Question
from nba_mcp_synthesis.synthesis.threads import in_thread
from nba_mcp_synthesis.synthesis.voices.account import Account
from nba_mcp_synthesis.synthesis.voices.desk import Desk, Sources
from nba_mcp_synthesis.synthesis.voices.faults import fault_of
from nba_mcp_synthesis.synthesis.voices.gates import Gates
from nba_mcp_synthesis.synthesis.voices.metered import Metered, traced
from nba_mcp_synthesis.synthesis.voices.prices import Price
from nba_mcp_synthesis.synthesis.voices.providers import Keys, model_of, secret_of
from nba_mcp_synthesis.synthesis.voices.purse import Purse
from nba_mcp_synthesis.synthesis.voices.relevant import briefing
from nba_mcp_synthesis.synthesis.voices.speech import Said, speaker
from nba_mcp_synthesis.telemetry.logs import get_logger
from nba_mcp_synthesis.telemetry.traces import span
from nba_mcp_synthesis.voice_lines import VoiceLine

if TYPE_CHECKING:
    from pydantic import SecretStr
    from pydantic_ai.models import Model

# A model that has not answered after so many rounds goes in circles.
_LIMITS = UsageLimits(request_limit=12, tool_calls_limit=24)
_LONGEST_REASON = 200


@dataclass(frozen=True)
class Means:
    """What all voices share: gates before providers, keys, and a deadline of so many seconds."""

    gates: Gates
    keys: Keys
    seconds: float
    on_call: Callable[[ModelCall], None]


class Client:
    """The client of one model, made anew when its key changes. It outlives questions."""

    def __init__(self, line: VoiceLine, keys: Keys) -> None:
        self._line, self._keys = line, keys
        self._making = threading.Lock()
        self._made: tuple[SecretStr | None, Model] | None = None
        # A call may still be on its way on a client of the key before; keys change rarely.
        self._former: list[Model] = []

    def warm(self) -> None:
        """Makes the client ahead of the first call, if that is possible; whoever calls hears why not."""
        with contextlib.suppress(NbaMcpError):
            self.model()

    async def close(self) -> None:
        """Closes its connections."""
        for model in (*self._former, *([self._made[1]] if self._made else [])):
            async with model:
                pass  # leaving closes them, whoever opened them

    def model(self) -> "Model":
        """The model; SecretMissing where there is no key, NotInstalled where a library lacks."""
        name = secret_of(self._line)
        key = self._keys(name) if name else None
        with self._making:
            if self._made and self._made[0] == key:
                return self._made[1]
            if self._made:
                self._former.append(self._made[1])
            self._made = (key, model_of(self._line, key))
            return self._made[1]


class ModelVoice:
    """A model of a provider, over the data of one state."""

    def __init__(
        self, line: VoiceLine, price: Price, client: Client, means: Means, sources: Sources, purse: Purse
    ) -> None:
        self._line, self._price, self._client = line, price, client
        self._means, self._sources, self._purse = means, sources, purse

    @property
    def name(self) -> str:
        """Provider and model."""
        return self._line.name

    def account(self) -> Account:
        """See `panel.Voice`."""
        return Account(self._purse, monotonic() + self._means.seconds, self._means.on_call)

    async def propose(self, question: Question, account: Account) -> Proposal:
        """See `panel.Voice`."""
        try:
            async with asyncio.timeout(account.seconds_left):
                said = await self._said(question, account)
        except Exception as error:  # noqa: BLE001 - whatever goes wrong costs the answer one voice, not more
            return self.silent(account, error)
        return self._proposal(said, account)

    async def _said(self, question: Question, account: Account) -> Said:
        desk = Desk(self._sources, account.evidence)
        model, asked = await in_thread(self._prepared, question)
        metered = Metered(model, self._line, self._price, self._means.gates, account)
        told = {"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": self.name}
        with span(f"invoke_agent {self.name}", told):
            run = await speaker().run(asked, model=traced(metered), deps=desk, usage_limits=_LIMITS)
        return run.output

    def _prepared(self, question: Question) -> "tuple[Model, str]":
        return self._client.model(), briefing(question, self._sources)

    def silent(self, account: Account, error: BaseException) -> Proposal:
        """See `panel.Voice`."""
        fault = fault_of(error)
        if fault.kind == "internal_error":
            # where, and nothing of what: values and messages may hold what was asked, or a key
            where = [
                f"{f.filename.rpartition('/')[2]}:{f.lineno}" for f in extract_tb(error.__traceback__)[-5:]
            ]
            get_logger().error("error", voice=self.name, error=type(error).__name__, where=where)
        if isinstance(error, Unavailable) and fault.kind == "internal_error":
            fault = type(fault)(error.code, "the data could not be read")
        return self._spent(Proposal(self.name, "refused", fault.text, fault=fault.kind), account)

    def _proposal(self, said: Said, account: Account) -> Proposal:
        if said.abstention.strip() or not said.figures:
            reason = " ".join(said.abstention.split())[:_LONGEST_REASON]
            return self._spent(Proposal(self.name, "refused", reason), account)
        proposal = Proposal(
            self.name,
            "answered",
            " ".join(said.answer.split()),
            claims=said.claims,
            evidence=tuple(account.evidence),
            assumptions=tuple(" ".join(line.split()) for line in said.assumptions),
        )
        return self._spent(proposal, account)

    @staticmethod
    def _spent(proposal: Proposal, account: Account) -> Proposal:
        return replace(
            proposal,
            seconds=account.seconds,
            cost_usd=account.cost_usd,
            tokens=account.tokens,
            calls=tuple(account.calls),
        )
