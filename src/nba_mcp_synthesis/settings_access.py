"""Settings of who may call over HTTP."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, SecretStr, model_validator

from nba_mcp_synthesis.addresses import web_address, web_origin

AUTHS = Literal["none", "keys", "oauth"]


def _parts(given: Any) -> Any:
    """A list with commas between."""
    if isinstance(given, str):
        return tuple(part.strip() for part in given.split(",") if part.strip())
    return given


def _host_name(text: str) -> str:
    if not text or any(sign in text for sign in "/:@*? "):
        msg = "must be names such as nba.example.com, without scheme, port or signs like *"
        raise ValueError(msg)
    return text.lower()


class AccessSettings(BaseModel):
    """Who may call, and what that asks for."""

    auth: AUTHS = Field(
        "none",
        description="Who may call the HTTP server. none: everyone, and only on loopback. keys: whoever has a "
        "key of `nba-mcp keys create`. oauth: whoever has a token of OAUTH_ISSUER.",
    )
    allow_unauthenticated: bool = Field(
        default=False,
        description="Let AUTH=none listen on an address other than loopback: "
        "anyone who reaches it can query.",
    )
    metrics_token: SecretStr | None = Field(
        None, description="When set, /metrics wants it as Authorization: Bearer TOKEN."
    )
    public_url: Annotated[str, AfterValidator(web_origin)] | None = Field(
        None,
        description="The address by which clients reach the server, such as https://nba.example.com; "
        "its host is one that the server answers to.",
    )
    allowed_hosts: Annotated[
        tuple[Annotated[str, AfterValidator(_host_name)], ...], BeforeValidator(_parts)
    ] = Field(
        (),
        description="More host names that the server answers to, with commas between. It always answers to "
        "those of loopback and of PUBLIC_URL, and to addresses unless it listens on loopback only.",
    )
    allowed_origins: Annotated[
        tuple[Annotated[str, AfterValidator(web_origin)], ...], BeforeValidator(_parts)
    ] = Field(
        (),
        description="Other sites whose pages may call the server, such as https://app.example.com, with "
        "commas between.",
    )
    oauth_issuer: Annotated[str, AfterValidator(web_address)] | None = Field(
        None, description="Who issues the tokens, exactly as their `iss` says it."
    )
    oauth_audience: Annotated[tuple[str, ...], BeforeValidator(_parts)] = Field(
        (),
        description="Whom tokens have to be meant for (`aud`): usually PUBLIC_URL/mcp; several with commas "
        "between.",
    )
    oauth_jwks_url: Annotated[str, AfterValidator(web_address)] | None = Field(
        None,
        description="Where the issuer's public keys are. When unset: as its "
        "/.well-known/openid-configuration says.",
    )

    @model_validator(mode="after")
    def _complete(self) -> Self:
        lacking = ", ".join(self._lacking())
        if lacking:
            msg = f"AUTH=oauth needs {lacking} too"
            raise ValueError(msg)
        return self

    def _lacking(self) -> Iterator[str]:
        if self.auth == "oauth":
            for name in ("oauth_issuer", "oauth_audience", "public_url"):
                if not getattr(self, name):
                    yield f"NBA_MCP_{name.upper()}"
