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
            msg = "must look like http://HOST:PORT, without a login (commas between, where several may be)"
            raise ValueError(msg)
    return text


def _one(text: str) -> str:
    """One address; ValueError says what it has to look like."""
    if "," in text:
        msg = "must be one address"
        raise ValueError(msg)
    return _members(text).strip().rstrip("/")


class OperationsSettings(BaseModel):
    """What `nba-mcp ops` calls."""

    alertmanager_url: Annotated[str, AfterValidator(_members)] = Field(
        "http://127.0.0.1:9093",
        description="Alertmanager for `nba-mcp ops alerts`; all members of a cluster, with commas between.",
    )
    prometheus_url: Annotated[str, AfterValidator(_one)] | None = Field(
        None,
        description="Prometheus, such as http://127.0.0.1:9090, for reports. When unset: they are made from "
        "the state database.",
    )
    package_index: Annotated[str, AfterValidator(_one)] = Field(
        "https://pypi.org/simple", description="Package index that `ops updates` asks for newer versions."
    )
    osv_url: Annotated[str, AfterValidator(_one)] = Field(
        "https://api.osv.dev", description="OSV, which `ops updates` asks for advisories."
    )

    server_url: Annotated[str, AfterValidator(web_origin)] = Field(
        "http://127.0.0.1:8000",
        description="The server whose /metrics `nba-mcp ops health` reads; when unset, the one on this "
        "machine or in this pod.",
    )

    def alertmanagers(self) -> tuple[str, ...]:
        """The address of each member."""
        return tuple(url.strip().rstrip("/") for url in self.alertmanager_url.split(","))
