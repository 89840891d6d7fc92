"""Settings of who may call over HTTP."""

from typing import Literal

from pydantic import BaseModel, Field, SecretStr


class AccessSettings(BaseModel):
    """Who may call, and what that asks for."""

    auth: Literal["none"] = Field(
        "none", description="Who may call the HTTP server. none: everyone, and only on loopback."
    )
    allow_unauthenticated: bool = Field(
        default=False,
        description="Let AUTH=none listen on an address other than loopback: "
        "anyone who reaches it can query.",
    )
    metrics_token: SecretStr | None = Field(
        None, description="When set, /metrics wants it as Authorization: Bearer TOKEN."
    )
