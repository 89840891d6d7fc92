"""Settings of operations: where the systems are that people on call use."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, Field

from nba_mcp_synthesis.addresses import web_origin


def _members(text: str) -> str:
    """Addresses with commas between them; ValueError says what each has to look like."""
    for url in text.split(","):
        parts = urlsplit(url.strip())
        if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
            msg = "must look like http://HOST:9093 (several with commas between), without a login"
            raise ValueError(msg)
    return text


class OperationsSettings(BaseModel):
    """What `nba-mcp ops` calls."""

    alertmanager_url: Annotated[str, AfterValidator(_members)] = Field(
        "http://127.0.0.1:9093",
        description="Alertmanager for `nba-mcp ops alerts`; all members of a cluster, with commas between.",
    )

    server_url: Annotated[str, AfterValidator(web_origin)] = Field(
        "http://127.0.0.1:8000",
        description="The server whose /metrics `nba-mcp ops health` reads; when unset, the one on this "
        "machine or in this pod.",
    )

    def alertmanagers(self) -> tuple[str, ...]:
        """The address of each member."""
        return tuple(url.strip().rstrip("/") for url in self.alertmanager_url.split(","))
