"""A question's way as server-sent events: stages, then the text sentence by sentence, then the answer."""

import asyncio
import contextlib
import re
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from dataclasses import asdict
from typing import Any

from fastapi.sse import format_sse_event
from pydantic_core import to_json
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from nba_mcp_synthesis.errors import NbaMcpError
from nba_mcp_synthesis.facts import Progress, Tell
from nba_mcp_synthesis.server.leaving import ClientLeft, while_connected
from nba_mcp_synthesis.server.problems import told, unforeseen
from nba_mcp_synthesis.synthesis.sentences import split

MEDIA_TYPE = "text/event-stream"
HEARTBEAT_SECONDS = 15.0
_RANK = re.compile(r"(?:^|\s)\d{1,3}\.$")
_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"vary", b"Accept"),
    (b"x-accel-buffering", b"no"),  # proxies that gather a response before they pass it on
]


class AnswerStream(Response):
    """The response; `ask` computes the answer, and is cancelled when the client leaves.

    An error before the first event is the response itself, with its status; a later one is an `error` event.
    While there is no news, a comment every so many seconds shows that the connection lives.
    """

    media_type = MEDIA_TYPE

    def __init__(
        self, ask: Callable[[Tell], Awaitable[dict[str, Any]]], heartbeat: float = HEARTBEAT_SECONDS
    ) -> None:
        super().__init__()
        self._ask, self._heartbeat = ask, heartbeat

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - as the base
        """Sends the events."""
        with contextlib.suppress(ClientLeft):
            await while_connected(receive, self._sent(send))

    async def _sent(self, send: Send) -> None:
        started = False
        try:
            async with contextlib.aclosing(self._events()) as events:
                async for event in events:
                    if not started:
                        await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
                        started = True
                    await send({"type": "http.response.body", "body": event, "more_body": True})
        except Exception as error:
            if not started:
                raise
            await send({"type": "http.response.body", "body": _problem(error), "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    async def _events(self) -> AsyncGenerator[bytes]:
        loop, news = asyncio.get_running_loop(), asyncio.Queue[Progress | None]()

        def tell(progress: Progress) -> None:
            with contextlib.suppress(RuntimeError):  # the loop has ended, and with it whoever listened
                loop.call_soon_threadsafe(news.put_nowait, progress)

        asking = asyncio.ensure_future(self._ask(tell))
        asking.add_done_callback(lambda _: news.put_nowait(None))
        try:
            async for event in self._stages(news):
                yield event
            answer = asking.result()
        finally:
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)
        for sentence in _read_aloud(answer["text"]):
            yield _event("text", {"text": sentence})
        yield _event("answer", answer)

    async def _stages(self, news: "asyncio.Queue[Progress | None]") -> AsyncIterator[bytes]:
        while True:
            try:
                progress = await asyncio.wait_for(news.get(), self._heartbeat)
            except TimeoutError:
                yield format_sse_event(comment="still working")
                continue
            if progress is None:
                return
            yield _event("stage", asdict(progress))


def _read_aloud(text: str) -> list[str]:
    """The sentences of a text; a number in front of a line of a list is no sentence."""
    sentences: list[str] = []
    for sentence in split(text):
        if sentences and _RANK.search(sentences[-1]):
            sentences[-1] += f" {sentence}"
        else:
            sentences.append(sentence)
    return sentences


def _event(name: str, data: dict[str, Any]) -> bytes:
    return format_sse_event(event=name, data_str=to_json(data).decode())


def _problem(error: Exception) -> bytes:
    return _event("error", told(error if isinstance(error, NbaMcpError) else unforeseen(error)))
