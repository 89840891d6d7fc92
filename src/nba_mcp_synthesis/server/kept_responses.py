"""Responses that depend on the data alone: kept while these stay as they are, and told by an ETag.

Everything here runs on the loop's own thread. A key is the whole request, so that a response is only
found by one that is the same to the last byte; who calls is asked each time.
"""

import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from typing import NamedTuple

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from nba_mcp_synthesis.errors import NbaMcpError
from nba_mcp_synthesis.server.admission import Admission
from nba_mcp_synthesis.server.direct import read_body, replayed
from nba_mcp_synthesis.server.problems import problem
from nba_mcp_synthesis.warehouse.catalog import TableList
from nba_mcp_synthesis.warehouse.engine import Warehouse

MOST_BYTES, MOST_BYTES_EACH, _MOST_ASKED = 32_000_000, 1_000_000, 16_000
# What a request costs to keep beside its response.
_OVERHEAD = 500
# The tool whose work each path does; those that end in / have names behind it.
TOOLS = {
    "/v1/stats": "query_stats",
    "/v1/find": "find",
    "/v1/box-score": "box_score",
    "/v1/status": "data_status",
    "/v1/tables": "describe",
    "/v1/tables/": "describe",
    "/v1/measures": "describe",
    "/v1/measures/": "describe",
}
_OF_TABLES = frozenset({"find", "describe"})
_FRESH = (b"cache-control", b"private, no-cache")


Key = tuple[str, bytes, bytes]


class Asked(NamedTuple):
    """A request that may be answered by what is kept."""

    tool: str
    key: Key
    is_get: bool


@dataclass
class Kept:
    """Bodies of one state of the data, the last used of so many bytes; another state empties it."""

    most: int = MOST_BYTES
    snapshot: str = ""
    held: int = 0

    def __post_init__(self) -> None:
        self._bodies: OrderedDict[Key, bytes] = OrderedDict()

    def get(self, snapshot: str, key: Key) -> bytes | None:
        """The body for that request on that state."""
        self._turn_to(snapshot)
        body = self._bodies.get(key)
        if body is not None:
            self._bodies.move_to_end(key)
        return body

    def put(self, snapshot: str, key: Key, body: bytes) -> None:
        """Keeps a body, unless it is very large."""
        if len(body) > MOST_BYTES_EACH:
            return
        self._turn_to(snapshot)
        self._remove(key)
        self._bodies[key] = body
        self.held += _size(key, body)
        while self.held > self.most:
            self._remove(next(iter(self._bodies)))

    def _turn_to(self, snapshot: str) -> None:
        if snapshot != self.snapshot:
            self._bodies.clear()
            self.snapshot, self.held = snapshot, 0

    def _remove(self, key: Key) -> None:
        body = self._bodies.pop(key, None)
        if body is not None:
            self.held -= _size(key, body)


def _size(key: Key, body: bytes) -> int:
    return len(body) + len(key[0]) + len(key[1]) + len(key[2]) + _OVERHEAD


class KeptResponses:
    """ASGI middleware: answers by what is kept, marks other responses with their ETag, and keeps them."""

    def __init__(
        self, app: ASGIApp, warehouse: Warehouse, admission: Admission, configuration: str, tables: TableList
    ) -> None:
        self._app, self._warehouse, self._admission = app, warehouse, admission
        self._configuration, self._tables = configuration, tables
        self.kept = Kept()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers the request, or hands it on."""
        tool = _tool(scope)
        snapshot = await self._snapshot() if tool else None
        if tool is None or snapshot is None:
            await self._app(scope, receive, send)
            return
        asked, receive = await _asked(scope, receive, tool)
        if asked is None:
            await self._app(scope, receive, send)
            return
        asked = await self._beside(asked)
        tag = self._tag(snapshot, asked)
        if tag and tag in _known_tags(scope):
            await self._respond(scope, receive, send, asked, tag, None)
            return
        body = self.kept.get(snapshot, asked.key)
        if body is None:
            await self._app(scope, receive, self._keeping(send, snapshot, asked, tag))
        else:
            await self._respond(scope, receive, send, asked, tag, body)

    async def _snapshot(self) -> str | None:
        """The state of the data; None where there are none, as the route will say."""
        known = self._warehouse.known_state()
        if known is not None:
            return known.snapshot
        try:
            return (await run_in_threadpool(self._warehouse.state)).snapshot
        except NbaMcpError:
            return None

    async def _beside(self, asked: Asked) -> Asked:
        """The request, told apart by what lake and catalogue hold where its response speaks of them."""
        if asked.tool not in _OF_TABLES:
            return asked
        version = self._tables.known_version()
        if version is None:
            version = await run_in_threadpool(self._tables.version)
        path, query, body = asked.key
        return asked._replace(key=(path, query, body + version.encode()))

    def _tag(self, snapshot: str, asked: Asked) -> bytes:
        """A weak one: the milliseconds in a body may differ. Empty for what is not asked by GET."""
        if not asked.is_get:
            return b""
        told = repr((snapshot, self._configuration, asked.key))
        return b'W/"' + hashlib.sha256(told.encode()).hexdigest()[:32].encode() + b'"'

    async def _respond(
        self, scope: Scope, receive: Receive, send: Send, asked: Asked, tag: bytes, body: bytes | None
    ) -> None:
        try:
            async with self._admission.call(asked.tool):
                pass
        except NbaMcpError as error:
            await problem(error)(scope, receive, send)
            return
        headers = [(b"etag", tag), _FRESH] if tag else []
        if body is not None:
            headers += [
                (b"content-length", str(len(body)).encode()),
                (b"content-type", b"application/json"),
            ]
        await send(
            {"type": "http.response.start", "status": 304 if body is None else 200, "headers": headers}
        )
        await send({"type": "http.response.body", "body": body or b""})

    def _keeping(self, send: Send, snapshot: str, asked: Asked, tag: bytes) -> Send:
        """Sends on, and keeps what was computed from one state: that of before the work and after it."""
        is_of_snapshot = False
        sent: list[bytes] = []

        async def sending(message: Message) -> None:
            nonlocal is_of_snapshot
            if message["type"] == "http.response.start" and message["status"] == 200:
                is_of_snapshot = await self._snapshot() == snapshot
                if is_of_snapshot and tag:
                    message["headers"] = [*message["headers"], (b"etag", tag), _FRESH]
            elif message["type"] == "http.response.body" and is_of_snapshot:
                sent.append(message.get("body", b""))
                if not message.get("more_body", False):
                    self.kept.put(snapshot, asked.key, b"".join(sent))
            await send(message)

        return sending


def _tool(scope: Scope) -> str | None:
    if scope["type"] != "http" or not scope["path"].startswith("/v1/"):
        return None
    path: str = scope["path"]
    if scope["method"] == "POST":
        return TOOLS["/v1/stats"] if path == "/v1/stats" else None
    if scope["method"] != "GET":
        return None
    return TOOLS.get(path) or TOOLS.get(path[: path.rfind("/") + 1])


async def _asked(scope: Scope, receive: Receive, tool: str) -> tuple[Asked | None, Receive]:
    """(the request, what gives its body again); None for one with a large or an odd body."""
    path, query = scope["path"], scope["query_string"]
    if scope["method"] == "GET":
        asked = Asked(tool, (path, query, b""), is_get=True) if len(query) <= _MOST_ASKED else None
        return asked, receive
    headers = Headers(scope=scope)
    length = headers.get("content-length", "")
    plain = headers.get("content-type") == "application/json" and not query and length.isdecimal()
    if not plain or len(length) > 6 or not 0 < int(length) <= _MOST_ASKED:
        return None, receive
    messages, body = await read_body(receive, int(length))
    asked = Asked(tool, (path, b"", body), is_get=False) if len(body) == int(length) else None
    return asked, replayed(messages, receive)


def _known_tags(scope: Scope) -> list[bytes]:
    """The tags of If-None-Match, compared weakly; the header's `*` names none of ours."""
    for name, value in scope["headers"]:
        if name == b"if-none-match":
            return [b"W/" + tag.strip().removeprefix(b"W/") for tag in value.split(b",")]
    return []
