"""Settings of what is told of the server: metrics, logs and traces."""

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field

from nba_mcp_synthesis.addresses import web_origin


def _parts(given: Any) -> Any:
    """A list with commas between."""
    if isinstance(given, str):
        return tuple(part.strip() for part in given.split(",") if part.strip())
    return given


def _https(address: str) -> str:
    if not web_origin(address).startswith("https://"):
        msg = "must be addresses such as https://nba.example.com"
        raise ValueError(msg)
    return web_origin(address)


class TelemetrySettings(BaseModel):
    """What metrics, logs and traces say. Where traces go, the standard variables OTEL_EXPORTER_… say."""

    revision: str = Field(
        "unknown",
        pattern=r"^[A-Za-z0-9._/+-]{1,64}$",
        description="What the server was built from, such as a commit: nba_mcp_build_info and /status "
        "show it.",
    )
    log_sample: int = Field(
        20,
        ge=1,
        le=100_000,
        description="Of the requests to /health, /health/live, /health/ready and /metrics that end well, one "
        "in so many has a line in the log; 1 for all. Those that fail always have one.",
    )
    trace_content: bool = Field(
        default=False,
        description="Traces also carry questions, SQL and what models are told and say. Whoever reads the "
        "traces then reads all that.",
    )
    watched_addresses: Annotated[
        tuple[Annotated[str, AfterValidator(_https)], ...], BeforeValidator(_parts)
    ] = Field(
        (),
        description="Addresses such as https://nba.example.com, with commas between, whose certificates "
        "are looked at every hour; nba_mcp_certificate_expiry_timestamp_seconds says when each ends.",
    )
