"""The doors to a package index and to OSV: which versions there are, and which of them have advisories."""

import http.client
import json
import urllib.error
import urllib.request
from typing import Any

from nba_mcp_synthesis.errors import Unavailable

_SECONDS, _MOST_BYTES = 8.0, 50_000_000
_SIMPLE = "application/vnd.pypi.simple.v1+json"


class Unreachable(Unavailable):
    """The source does not say it; the message has the reason."""


def simple_index(index: str, name: str) -> list[str]:
    """The versions of a package that an index has and did not withdraw, by its JSON form (PEP 691, 700)."""
    told = _call(urllib.request.Request(f"{index}/{name}/", headers={"Accept": _SIMPLE}))  # noqa: S310
    versions = told.get("versions")
    if not isinstance(versions, list):
        raise Unreachable(f"{index} does not list versions.")
    return [str(version) for version in versions]


def post_json(url: str, body: dict[str, Any]) -> dict[str, Any]:
    """The answer to a JSON body; raises Unreachable."""
    head = {"Content-Type": "application/json"}
    return _call(urllib.request.Request(url, json.dumps(body).encode(), head))  # noqa: S310 - of the settings


def _call(request: urllib.request.Request) -> dict[str, Any]:
    place = f"{request.type}://{request.host}"
    try:
        with urllib.request.urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310
            return dict(json.loads(answer.read(_MOST_BYTES)))
    except urllib.error.HTTPError as error:
        error.close()
        raise Unreachable(f"{place} answered HTTP {error.code}.") from None
    except (OSError, http.client.HTTPException) as error:
        raise Unreachable(f"{place} does not answer: {getattr(error, 'reason', error)}.") from None
    except (ValueError, TypeError):
        raise Unreachable(f"What {place} answered is no JSON object.") from None
