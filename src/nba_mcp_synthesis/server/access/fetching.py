"""One small JSON document from the issuer of tokens: no redirection, no login, bounded in size and time."""

import http.client
import urllib.error
import urllib.request
from time import monotonic
from typing import Any

from pydantic_core import from_json

from nba_mcp_synthesis.addresses import web_address
from nba_mcp_synthesis.errors import Unavailable

SECONDS = 5.0
MOST_BYTES = 256_000


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follows no redirection: keys come from where the settings say."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


_OPENER = urllib.request.build_opener(_Stay)


def json_object(url: str) -> dict[str, Any]:
    """The object at an address; Unavailable where there is none. Waits, so it is for a thread."""
    request = urllib.request.Request(web_address(url), headers={"Accept": "application/json"})  # noqa: S310
    try:
        with _OPENER.open(request, timeout=SECONDS) as answer:
            found = from_json(_body(answer))
    except urllib.error.HTTPError as error:
        with error:
            raise Unavailable(f"The issuer's keys cannot be read: HTTP {error.code}.") from None
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Unavailable(f"The issuer's keys cannot be read: {type(error).__name__}.") from None
    if not isinstance(found, dict):
        raise Unavailable("The issuer's keys cannot be read: no JSON object.")
    return found


def _body(answer: http.client.HTTPResponse) -> bytes:
    deadline, body = monotonic() + SECONDS, b""
    while part := answer.read1(65_536):
        body += part
        if len(body) > MOST_BYTES:
            raise Unavailable(f"The issuer's keys cannot be read: more than {MOST_BYTES:,} bytes.")
        if monotonic() > deadline:
            raise TimeoutError
    return body
