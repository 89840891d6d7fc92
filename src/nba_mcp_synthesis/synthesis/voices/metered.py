"""A model whose every request is paid for, waited for no longer than allowed, and written down."""

from collections.abc import Awaitable, Callable
from decimal import Decimal
from time import perf_counter
from typing import TYPE_CHECKING

from anyio import to_thread
from pydantic_ai.messages import ModelMessage, ModelMessagesTypeAdapter, ModelResponse
from pydantic_ai.models import Model, ModelRequestParameters
from pydantic_ai.models.wrapper import WrapperModel
from pydantic_ai.settings import ModelSettings

from nba_mcp_synthesis.facts import ModelCall
from nba_mcp_synthesis.synthesis.voices.account import Account
from nba_mcp_synthesis.synthesis.voices.faults import fault_of
from nba_mcp_synthesis.synthesis.voices.gates import Gates
from nba_mcp_synthesis.synthesis.voices.prices import Price, most
from nba_mcp_synthesis.telemetry import traces

if TYPE_CHECKING:
    from nba_mcp_synthesis.voice_lines import VoiceLine

MOST_OUTPUT_TOKENS = 4_000
# Text of ours has at least this many bytes a token; estimates that are too high only reserve too much.
_BYTES_A_TOKEN = 2.5
_KEPT_CHARACTERS = 40_000


def traced(model: Model) -> Model:
    """The model with a span around each request, as the conventions for generative AI have it."""
    if not traces.are_on():
        return model
    from pydantic_ai.models.instrumented import InstrumentationSettings, InstrumentedModel  # noqa: PLC0415

    content = traces.with_content()
    told = InstrumentationSettings(include_content=content, include_model_request_parameters=content)
    return InstrumentedModel(model, told)


class Metered(WrapperModel):
    """Requests of one voice for one question."""

    def __init__(
        self,
        model: Model,
        line: "VoiceLine",
        price: Price,
        gates: Gates,
        account: Account,
    ) -> None:
        super().__init__(model)
        self._line, self._price, self._gates = line, price, gates
        self._account = account

    async def request(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
    ) -> ModelResponse:
        """One request, tried again where that may help; OverBudget where it might cost too much."""
        size = len(ModelMessagesTypeAdapter.dump_json(messages)) + len(repr(model_request_parameters))
        prompt = ModelMessagesTypeAdapter.dump_json(messages[self._account.told :]).decode()
        self._account.told = len(messages)

        async def attempt() -> ModelResponse:
            return await self._paid(
                lambda: self.wrapped.request(messages, model_settings, model_request_parameters), prompt, size
            )

        return await self._gates.call(self._line.provider, attempt, self._account.seconds_left)

    async def _paid(
        self, send: Callable[[], Awaitable[ModelResponse]], prompt: str, size: int
    ) -> ModelResponse:
        purse = self._account.purse
        reserved = most(self._price, int(size / _BYTES_A_TOKEN), MOST_OUTPUT_TOKENS)
        await to_thread.run_sync(purse.reserve, reserved)
        started, spent = perf_counter(), Decimal()
        try:
            response = await send()
            spent = self._price.of(response.usage, response.model_name)
            self._note(started, prompt, response, spent)
        except BaseException as error:
            self._note_failure(started, prompt, error)
            raise
        finally:
            purse.settle(reserved, spent)
        return response

    def _note(self, started: float, prompt: str, response: ModelResponse, spent: Decimal) -> None:
        usage = response.usage
        self._account.note(
            ModelCall(
                self._line.name,
                response.model_name or self._line.model,
                "ok",
                usage.input_tokens,
                usage.output_tokens,
                float(spent),
                round(perf_counter() - started, 4),
                prompt[:_KEPT_CHARACTERS],
                ModelMessagesTypeAdapter.dump_json([response]).decode()[:_KEPT_CHARACTERS],
            )
        )

    def _note_failure(self, started: float, prompt: str, error: BaseException) -> None:
        seconds = round(perf_counter() - started, 4)
        kind = fault_of(error).kind
        kept = prompt[:_KEPT_CHARACTERS]
        self._account.note(ModelCall(self._line.name, self._line.model, kind, 0, 0, 0.0, seconds, kept))
