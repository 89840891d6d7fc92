"""Settings of the models that are asked, and of their money."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, Field, model_validator

from nba_mcp_synthesis.voice_lines import PROVIDERS, VoiceLine, voice_lines


class ModelSettings(BaseModel):
    """Which models are asked what the analyst cannot answer, how, and for how much."""

    models: Annotated[tuple[VoiceLine, ...], BeforeValidator(voice_lines)] = Field(
        (),
        description="Models that are asked what the built-in analyst cannot answer, the cheapest first, with "
        "commas between: PROVIDER:MODEL, and where they differ @URL and =DOLLARS/DOLLARS per million tokens "
        "in and out. Providers: " + ", ".join(PROVIDERS) + ".",
    )
    synthesizer: Annotated[tuple[VoiceLine, ...], BeforeValidator(voice_lines), Field(max_length=1)] = Field(
        (),
        description="One model, written likewise, that puts what was verified into words. When unset, the "
        "words of the voice that is followed are kept as far as they can be checked.",
    )
    strategy: Literal["cascade", "panel", "single"] = Field(
        "cascade",
        description="cascade: the analyst, then the first model, then all of them, until verified results "
        "agree. panel: all at once. single: the first model alone.",
    )
    budget_usd: float = Field(0.25, ge=0, le=1_000, description="Most dollars that one question may cost.")
    budget_day_usd: float = Field(
        10.0, ge=0, le=1_000_000, description="Most dollars that models may cost in a day (UTC)."
    )
    voice_seconds: float = Field(
        45.0,
        gt=0,
        le=600,
        description="Deadline of one model's whole answer; afterwards it is not waited for.",
    )
    voice_concurrency: int = Field(
        8, ge=1, le=256, description="Calls to one provider that run at the same time."
    )

    @model_validator(mode="after")
    def _models_to_ask(self) -> Self:
        if self.strategy == "single" and not self.models:
            msg = "STRATEGY=single asks the first model of NBA_MCP_MODELS, which names none"
            raise ValueError(msg)
        return self
