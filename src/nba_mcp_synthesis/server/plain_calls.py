"""Recognising the plain form of a call of `query_sql`: every detail is known, or the answer is no."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from pydantic_core import from_json

from nba_mcp_synthesis.server.policy import MOST_PAGE_ROWS, PAGE_ROWS

TOOL = "query_sql"
PROTOCOL = "2026-07-28"
MOST_BYTES = 100_000
_EXACT = {
    b"content-type": b"application/json",
    b"mcp-protocol-version": PROTOCOL.encode(),
    b"mcp-method": b"tools/call",
    b"mcp-name": TOOL.encode(),
}
# They change nothing about what a call means. Any other header does, or may: Origin, Mcp-Session-Id, …
_HARMLESS = frozenset(
    {b"accept", b"accept-encoding", b"accept-language", b"cache-control", b"connection", b"content-length"}
    | {b"host", b"pragma", b"traceparent", b"tracestate", b"user-agent", b"x-request-id"}
)
_ACCEPTED = (b"application/json", b"text/event-stream")
_META = "io.modelcontextprotocol/"
_META_KEYS = {f"{_META}protocolVersion", f"{_META}clientInfo", f"{_META}clientCapabilities"}


class PlainCall(NamedTuple):
    """A call that needs nothing of the protocol but its answer."""

    id: int | str
    sql: str
    limit: int
    cursor: str | None


def plain_size(headers: Iterable[tuple[bytes, bytes]]) -> int:
    """Bytes of the body to come where all headers are those of a plain call, else 0.

    The guard has judged Host and credential, and taken the latter away.
    """
    found: dict[bytes, bytes] = {}
    for name, value in headers:
        if name in found or (name not in _EXACT and name not in _HARMLESS):
            return 0
        found[name] = value
    accept, length = found.get(b"accept", b""), found.get(b"content-length", b"")
    if any(found.get(name) != value for name, value in _EXACT.items()):
        return 0
    if not all(kind in accept for kind in _ACCEPTED) or not length.isdigit():
        return 0
    return int(length) if len(length) < 7 and int(length) <= MOST_BYTES else 0


def plain_call(body: bytes) -> PlainCall | None:
    """The call that a body asks for, or None unless it is plain and its arguments can be used as they are."""
    try:
        message = from_json(body)
    except ValueError:
        return None
    match message:
        case {"jsonrpc": "2.0", "id": int() | str() as id_, "method": "tools/call", "params": dict(params)}:
            plain = len(message) == 4 and not isinstance(id_, bool) and _is_plain(params)
            return _arguments(id_, params["arguments"]) if plain else None
    return None


def _is_plain(params: dict[str, Any]) -> bool:
    match params:
        case {"name": str(name), "arguments": dict(), "_meta": dict(meta)} if len(params) == 3:
            return name == TOOL and meta.keys() == _META_KEYS and _is_known_client(meta)
    return False


def _is_known_client(meta: dict[str, Any]) -> bool:
    match meta[f"{_META}clientInfo"]:
        case {"name": str(), "version": str(), **others} if not others:
            version, able = meta[f"{_META}protocolVersion"], meta[f"{_META}clientCapabilities"]
            return bool(version == PROTOCOL and isinstance(able, dict) and _are_objects(able))
    return False


def _are_objects(able: dict[str, Any]) -> bool:
    return all(value == {} for value in able.values())


def _arguments(id_: int | str, given: dict[str, Any]) -> PlainCall | None:
    if not given.keys() <= {"sql", "limit", "cursor"}:
        return None
    match {"limit": PAGE_ROWS, "cursor": None, **given}:
        case {"sql": str(sql), "limit": int(limit), "cursor": str() | None as cursor}:
            if not isinstance(limit, bool) and 1 <= limit <= MOST_PAGE_ROWS:
                return PlainCall(id_, sql, limit, cursor)
    return None
