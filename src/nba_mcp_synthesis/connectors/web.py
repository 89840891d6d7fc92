"""One POST to a web API, for doors that are webhooks and provider APIs."""

import http.client
import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from pydantic import SecretStr

from nba_mcp_synthesis.connectors.faults import DoorClosed, Fault

SECONDS = 3.5
_MOST_BYTES = 65_536


@dataclass(frozen=True, slots=True, repr=False)
class Reply:
    """Status and text of an answer; the text may quote what was sent."""

    status: int
    text: str


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follows no redirection, which would carry keys to another place."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


_OPENER = urllib.request.build_opener(_Stay)


def post(url: SecretStr, body: dict[str, Any], headers: dict[str, SecretStr] | None = None) -> Reply:
    """The answer to a JSON body, whatever its status; raises OSError where there is none."""
    address = url.get_secret_value()
    if not _is_address(address):
        raise DoorClosed(Fault("unknown", "The address is no URL with scheme https."))
    shown = {name: value.get_secret_value() for name, value in (headers or {}).items()}
    request = urllib.request.Request(  # noqa: S310 - the scheme was checked above
        address, json.dumps(body).encode(), {"Content-Type": "application/json", **shown}, method="POST"
    )
    try:
        with _OPENER.open(request, timeout=SECONDS) as answer:
            return Reply(answer.status, _text(answer))
    except urllib.error.HTTPError as error:
        with error:
            return Reply(error.code, _text(error))
    except http.client.HTTPException as error:
        raise ConnectionError(type(error).__name__) from None


_HERE = frozenset({"127.0.0.1", "::1", "localhost"})


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _HERE)
        return is_safe and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _text(answer: Any) -> str:
    return str(answer.read(_MOST_BYTES).decode("utf-8", "replace"))


def closed(what: str, status: int) -> DoorClosed:
    """The error for a status that means the door stays closed."""
    if status == 401:
        return DoorClosed(Fault("login", f"{what} refused the key (HTTP 401)."))
    if status == 403:
        return DoorClosed(Fault("permission", f"{what} does not allow that with this key (HTTP 403)."))
    if status in (404, 410):
        return DoorClosed(Fault("not found", f"{what} knows no such address (HTTP {status})."))
    if status == 429:
        return DoorClosed(Fault("throttled", f"{what} asks to slow down, or the quota is spent (HTTP 429)."))
    if status >= 500:
        return DoorClosed(Fault("network", f"{what} is failing (HTTP {status})."))
    return DoorClosed(Fault("unknown", f"{what} refused the call (HTTP {status})."))
