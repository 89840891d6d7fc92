"""GET requests of the checks: short, bounded, and with a reason in words where there is no answer."""

import http.client
import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from pydantic import SecretStr

from nba_mcp_synthesis.connectors.faults import DoorClosed, Fault, fault_of

SECONDS = 8.0
_MOST_BYTES = 20_000_000


class _Stay(urllib.request.HTTPRedirectHandler):
    """A redirection is an answer; a token is carried nowhere."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


_OPENER = urllib.request.build_opener(_Stay)
# A forwarded port is on this machine, where no proxy finds it.
_DIRECT = urllib.request.build_opener(_Stay, urllib.request.ProxyHandler({}))


@dataclass(frozen=True, slots=True)
class Answer:
    """Status and text of an answer."""

    status: int
    text: str

    def json(self) -> Any:
        """The text as JSON; DoorClosed where it is none."""
        try:
            return json.loads(self.text)
        except ValueError:
            raise DoorClosed(Fault("unknown", "What answers there speaks no JSON.")) from None


def get(url: str, what: str, token: SecretStr | None = None) -> Answer:
    """The answer, whatever its status; DoorClosed says why there is none. `what` names the other side."""
    headers = {"Authorization": f"Bearer {token.get_secret_value()}"} if token else {}
    request = urllib.request.Request(url, headers=headers)  # noqa: S310 - http(s), by settings or the ingress
    try:
        opener = _DIRECT if urlsplit(url).hostname == "127.0.0.1" else _OPENER
        with opener.open(request, timeout=SECONDS) as answer:
            return Answer(answer.status, _text(answer))
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error.code, _text(error))
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise DoorClosed(fault_of(error, what)) from None


@dataclass(frozen=True, slots=True)
class ServiceHealth:
    """What /health says: ok or degraded, and by which dependencies."""

    status: str
    degraded: tuple[str, ...]

    def __str__(self) -> str:
        named = f" ({', '.join(self.degraded)})" if self.degraded else ""
        return f"/health says {self.status}{named}"


def service_health(base: str, what: str) -> ServiceHealth:
    """/health below an address; DoorClosed where it does not say that it serves."""
    answer = get(f"{base.rstrip('/')}/health", what)
    if answer.status != 200:
        raise DoorClosed(Fault("unknown", f"{what}: /health answers {answer.status}."))
    said = answer.json()
    status = said.get("status") if isinstance(said, dict) else None
    if status not in ("ok", "degraded"):
        raise DoorClosed(Fault("unknown", f"{what}: /health answers, and is not of this service."))
    parts = said.get("dependencies", {})
    degraded = [str(name) for name, one in parts.items() if one.get("status") != "ok"]
    return ServiceHealth(status, tuple(degraded))


def _text(answer: Any) -> str:
    return str(answer.read(_MOST_BYTES).decode("utf-8", "replace"))
