"""What /openapi.json says of the routes: their problems, headers and examples."""

from collections.abc import Mapping
from typing import Any

_WORDS = {
    304: "The data are those of the ETag that was sent.",
    400: "The request cannot be answered as asked; `detail` says what to ask instead.",
    401: "Nobody knows who calls: send `Authorization: Bearer KEY`.",
    403: "The caller lacks the scope that `detail` names.",
    404: "Nothing is called that; `choices` has the nearest.",
    405: "The path takes other methods; `Allow` names them.",
    409: "Several things are called that (`choices`), or the request is being answered already.",
    413: "More was sent than is taken in.",
    415: "The body is no JSON.",
    422: "Arguments lack, are not known or cannot be used, or the work outgrew a limit.",
    429: "The caller has used up what is his for now; `Retry-After` has the seconds to wait.",
    500: "The server failed; its log has the reason under `request_id`.",
    503: "Something that this needs is not there now; `Retry-After`, where it is there, says for how long.",
}
# By the caller, his place in the queue, and the state of the server: any route may say these.
ANY = (401, 403, 413, 429, 500, 503)
_PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
Responses = dict[int | str, dict[str, Any]]


def problems(*statuses: int) -> Responses:
    """The problems of a route, those of any among them."""
    return {status: _problem(status) for status in sorted({*ANY, *statuses})}


def _problem(status: int) -> dict[str, Any]:
    if status in (429, 503):
        return {"description": _WORDS[status], "content": _PROBLEM, "headers": {"Retry-After": _RETRY_AFTER}}
    return {"description": _WORDS[status], "content": _PROBLEM}


def given(
    model: Any,
    description: str,
    headers: Mapping[str, Any] | None = None,
    content: Mapping[str, Any] | None = None,
) -> Responses:
    """The good response of a route: JSON by a model, and whatever other `content` it may have."""
    told: dict[str, Any] = {"model": model, "description": description}
    return {200: told | ({"headers": headers} if headers else {}) | ({"content": content} if content else {})}


_RETRY_AFTER = {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 1}}
NEXT = {"Link": {"description": 'The next page, as `rel="next"`.', "schema": {"type": "string"}}}
TAGGED: dict[str, Any] = {
    "headers": {
        "ETag": {
            "description": "Changes with the data and the settings; send it back as If-None-Match.",
            "schema": {"type": "string"},
        }
    }
}
