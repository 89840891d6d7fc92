"""All voices of a process: who is configured, what they share, and in which rounds a strategy asks them."""

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal

from anyio import CapacityLimiter

from nba_mcp_synthesis.errors import Busy
from nba_mcp_synthesis.facts import ModelCall, Proposal, Verdict
from nba_mcp_synthesis.settings import Settings
from nba_mcp_synthesis.synthesis.pipeline import Hearing
from nba_mcp_synthesis.synthesis.rounds import ask_voices, write
from nba_mcp_synthesis.synthesis.threads import in_thread, taking_turns
from nba_mcp_synthesis.synthesis.verify import verify_claims
from nba_mcp_synthesis.synthesis.voices.desk import Sources
from nba_mcp_synthesis.synthesis.voices.faults import KINDS
from nba_mcp_synthesis.synthesis.voices.gates import Gates
from nba_mcp_synthesis.synthesis.voices.prices import Price, price_of
from nba_mcp_synthesis.synthesis.voices.providers import Keys
from nba_mcp_synthesis.synthesis.voices.purse import Allowance, Purse
from nba_mcp_synthesis.synthesis.voices.speech import speaker
from nba_mcp_synthesis.synthesis.voices.voice import Client, Means, ModelVoice
from nba_mcp_synthesis.synthesis.voices.writing import ModelWriter
from nba_mcp_synthesis.voice_lines import VoiceLine

# Questions on their way for each place at a provider, since a voice also reads; and those who may wait.
_QUESTIONS_A_PLACE, _MOST_WAITING = 2, 1_000


class Choir:
    """The configured models. Made once a process, so that clients, breakers and the day's money last."""

    def __init__(
        self,
        settings: Settings,
        keys: Keys,
        sources: Sources,
        days: Callable[[], Sequence[Allowance]],
        on_call: Callable[[ModelCall], None],
    ) -> None:
        """`days` gives the money of the day that whoever asks may spend.

        Raises SettingsError where the price of a model is not known.
        """
        self._settings, self._sources, self._days = settings, sources, days
        self._means = Means(Gates(settings.voice_concurrency), keys, settings.voice_seconds, on_call)
        # As many as the warehouse answers at one time, however many questions there are.
        self._readers = CapacityLimiter(settings.query_concurrency)
        # Others wait for their turn, and their deadlines wait with them.
        self._questions = CapacityLimiter(_QUESTIONS_A_PLACE * settings.voice_concurrency)
        lines = (*settings.models, *settings.synthesizer)
        self._known: dict[VoiceLine, tuple[Price, Client]] = {
            line: (price_of(line), Client(line, keys)) for line in lines
        }

    @property
    def with_analyst(self) -> bool:
        """Whether the built-in analyst is heard first."""
        return self._settings.strategy != "single"

    def is_content_with(self, hearing: Hearing) -> bool:
        """Whether no model is asked after what the analyst said."""
        return self._settings.strategy == "cascade" and hearing.is_closed

    def outcomes(self) -> Iterator[tuple[str, str]]:
        """Each voice with each way in which a request to it may end."""
        return ((line.name, kind) for line in self._known for kind in ("ok", *sorted(KINDS)))

    def warm(self) -> None:
        """Loads the providers' libraries, which takes seconds, before any deadline runs."""
        for _, client in self._known.values():
            client.warm()
        speaker()

    async def close(self) -> None:
        """Closes the connections of all clients."""
        for _, client in self._known.values():
            await client.close()

    async def hear(self, hearing: Hearing) -> None:
        """Asks the models, and has their answer put into words where a model for that is configured.

        Raises:
            Busy: too many questions wait for models already.
        """
        if self._questions.statistics().tasks_waiting >= _MOST_WAITING:
            raise Busy(f"{_MOST_WAITING} questions wait for models already.", "Ask again in a moment.")
        async with self._questions:
            await self._hear(hearing)

    async def _hear(self, hearing: Hearing) -> None:
        await in_thread(self.warm)
        purse = self.purse()
        with taking_turns(self._readers):
            await ask_voices(hearing, self.rounds(purse), self._check)
        writer = self.writer(purse)
        if writer is not None:
            await write(hearing, writer)

    def _check(self, proposal: Proposal) -> Verdict:
        return verify_claims(proposal, self._sources.run, self._sources.second_way)

    def purse(self) -> Purse:
        """The money of one question."""
        return Purse(Decimal(str(self._settings.budget_usd)), self._days())

    def rounds(self, purse: Purse) -> Sequence[Sequence[ModelVoice]]:
        """Who is asked together, one round after the other, as the strategy has it."""
        voices = [self._voice(line, purse) for line in self._settings.models]
        if self._settings.strategy == "cascade":
            return [part for part in (voices[:1], voices[1:]) if part]
        return [voices[:1] if self._settings.strategy == "single" else voices]

    def writer(self, purse: Purse) -> ModelWriter | None:
        """The model that writes, if there is one."""
        for line in self._settings.synthesizer:
            return ModelWriter(line, *self._known[line], self._means, purse)
        return None

    def _voice(self, line: VoiceLine, purse: Purse) -> ModelVoice:
        price, client = self._known[line]
        return ModelVoice(line, price, client, self._means, self._sources, purse)
