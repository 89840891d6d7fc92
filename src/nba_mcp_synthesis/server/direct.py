"""A short way for the commonest request: a plain call of `query_sql` over HTTP.

The protocol library spends several times what a small query takes on each call. A request that is the plain
form of the present protocol in every detail is answered here, as the library would answer it; any other, and
any doubt, goes the whole way (docs/decisions/0008). Nothing runs before a request is known to be plain, so
nothing runs twice.
"""

from collections.abc import Callable
from importlib.metadata import version

from pydantic_core import to_json
from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from nba_mcp_synthesis.errors import NbaMcpError
from nba_mcp_synthesis.server import plain_calls
from nba_mcp_synthesis.server.admission import Admission
from nba_mcp_synthesis.server.plain_calls import PlainCall

# Runs the query of a call and gives the result as JSON text.
Answer = Callable[[str, int, str | None], bytes]
_END = b',"_meta":' + to_json(
    {
        "io.modelcontextprotocol/serverInfo": {
            "name": "nba-mcp-synthesis",
            "version": version("nba-mcp-synthesis"),
        }
    }
)


class DirectCalls:
    """ASGI middleware: answers plain calls with `answer`, passes on everything else."""

    def __init__(self, app: ASGIApp, path: str, answer: Answer, admission: Admission) -> None:
        self._app = app
        self._path = path
        self._answer = answer
        self._admission = admission

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers the request, or hands it on as it came."""
        size = self._plain_size(scope)
        if not size:
            await self._app(scope, receive, send)
            return
        messages, body = await read_body(receive, size)
        call = plain_calls.plain_call(body) if len(body) == size else None
        if call is None:
            await self._app(scope, replayed(messages, receive), send)
            return
        await _respond(send, await self._answered(call))

    def _plain_size(self, scope: Scope) -> int:
        if scope["type"] != "http" or scope["method"] != "POST" or scope["path"] != self._path:
            return 0
        return 0 if scope["query_string"] else plain_calls.plain_size(scope["headers"])

    async def _answered(self, call: PlainCall) -> bytes:
        try:
            async with self._admission.call(plain_calls.TOOL):
                text = await run_in_threadpool(self._answer, call.sql, call.limit, call.cursor)
        except NbaMcpError as error:
            return _message(call.id, str(error), None)
        return _message(call.id, text.decode(), text)


async def read_body(receive: Receive, size: int) -> tuple[list[Message], bytes]:
    """The messages up to the end of the body, or until it has more than the bytes that it announced."""
    messages: list[Message] = []
    body = b""
    while len(body) <= size:
        message = await receive()
        messages.append(message)
        body += message.get("body", b"")
        if message["type"] != "http.request" or not message.get("more_body", False):
            break
    return messages, body


def replayed(messages: list[Message], receive: Receive) -> Receive:
    """These messages, then whatever comes."""
    waiting = iter(messages)

    async def again() -> Message:
        for message in waiting:
            return message
        return await receive()

    return again


def _message(id_: int | str, text: str, structured: bytes | None) -> bytes:
    """A JSON-RPC response with the result of a tool: an error where there is nothing structured."""
    content = to_json([{"text": text, "type": "text"}])
    start: bytes = b'{"jsonrpc":"2.0","id":' + to_json(id_) + b',"result":{"content":' + content
    if structured is None:
        return start + b',"isError":true,"resultType":"complete"' + _END + b"}}"
    kind = b',"isError":false,"resultType":"complete","structuredContent":'
    return start + kind + structured + _END + b"}}"


async def _respond(send: Send, body: bytes) -> None:
    headers = [(b"content-length", str(len(body)).encode()), (b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
