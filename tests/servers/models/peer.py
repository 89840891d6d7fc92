"""One provider's peer in a test: what it says, and what it saw."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from servers.models.composing import compose, settled, understand
from servers.models.faults import Vendor
from servers.models.http import Connection, Request, Response
from servers.models.replies import Answer, Reply, Usage
from servers.models.seen import Seen

Script = Reply | Sequence[Reply] | Callable[[Seen], Reply]
Outcome = Literal["running", "answered", "cut", "left"]


@dataclass
class Record:
    """One call; `left` means that the caller went away before the end."""

    seen: Seen
    reply: Reply
    began: float
    ended: float | None = None
    outcome: Outcome = "running"

    @property
    def usage(self) -> Usage:
        """The tokens that the caller was told of: none by an error, or by a reply that did not arrive."""
        what = settled(self.reply, self.seen)
        told = self.outcome == "answered" and isinstance(what, Answer) and not self.reply.midway
        return what.usage if told and isinstance(what, Answer) else Usage()

    @property
    def billed_model(self) -> str:
        """The model that the reply named."""
        what = self.reply.what
        return (what.model if isinstance(what, Answer) else "") or self.seen.model


@dataclass
class Peer:
    """Its address is `url`; `script` may be changed at any time."""

    name: str
    url: str
    script: Script
    vendor: Vendor | None = None
    records: list[Record] = field(default_factory=list)
    peak: int = 0
    mistakes: list[Exception] = field(default_factory=list)
    in_flight: int = 0  # calls whose reply is not finished and whose caller still waits
    _heard: int = 0

    @property
    def openai_url(self) -> str:
        """The base URL that OpenAI's SDK wants, and that of DeepSeek's and Ollama's API as well."""
        return f"{self.url}/v1"

    @property
    def seen(self) -> list[Seen]:
        """All requests, in order."""
        return [one.seen for one in self.records]

    @property
    def left(self) -> int:
        """Calls whose caller went away before the end."""
        return sum(one.outcome == "left" for one in self.records)

    @property
    def told(self) -> Usage:
        """The tokens of all replies that arrived."""
        return sum((one.usage for one in self.records), Usage())

    @property
    def bill(self) -> dict[str, Usage]:
        """The same, for each model that billed."""
        bill: dict[str, Usage] = {}
        for one in self.records:
            bill[one.billed_model] = bill.get(one.billed_model, Usage()) + one.usage
        return bill

    def forget(self) -> None:
        """Begins anew: for a test that asks one peer many questions."""
        self.records, self.mistakes = [], []
        self.peak = self._heard = 0

    def wait_idle(self, within: float = 2.0) -> bool:
        """Whether no call runs, now or soon: a caller's leaving takes a moment to be noticed."""
        return self._soon(lambda: not self.in_flight, within)

    def wait_busy(self, calls: int = 1, within: float = 10.0) -> bool:
        """Whether so many calls run at once, now or soon."""
        return self._soon(lambda: self.in_flight >= calls, within)

    async def idle(self, within: float = 2.0) -> bool:
        """`wait_idle` for a test that is a coroutine, whose client must go on meanwhile."""
        return await asyncio.to_thread(self.wait_idle, within)

    async def busy(self, calls: int = 1, within: float = 10.0) -> bool:
        """`wait_busy` for a test that is a coroutine."""
        return await asyncio.to_thread(self.wait_busy, calls, within)

    def _soon(self, holds: Callable[[], bool], within: float) -> bool:
        end = time.monotonic() + within
        while not holds() and time.monotonic() < end:
            time.sleep(0.002)
        return holds()

    async def answer(self, request: Request, connection: Connection) -> None:
        """Answers one request by the script, and keeps a record of it."""
        self._heard += 1
        try:
            seen = understand(request, self.name, self._heard, self.vendor)
            reply = self._reply(seen)
            response = compose(reply, seen)
        except Exception as error:  # noqa: BLE001 - a mistake of the test's or of this server's is told to the test
            self.mistakes.append(error)
            await connection.send(Response(418, {}, (repr(error).encode(),)))
            return
        await self._send(Record(seen, reply, time.monotonic()), response, connection)

    async def _send(self, record: Record, response: Response, connection: Connection) -> None:
        self.records.append(record)
        self.in_flight += 1
        self.peak = max(self.peak, self.in_flight)
        try:
            await connection.send(
                response, lambda: self._end(record, "answered" if response.manner.cut is None else "cut")
            )
        except asyncio.CancelledError:
            if record.outcome == "running":
                self._end(record, "left")
            raise

    def _end(self, record: Record, outcome: Outcome) -> None:
        record.outcome, record.ended = outcome, time.monotonic()
        self.in_flight -= 1

    def _reply(self, seen: Seen) -> Reply:
        if callable(self.script):
            return self.script(seen)
        if isinstance(self.script, Reply):
            return self.script
        if seen.number > len(self.script):
            raise IndexError(f"{self.name} has {len(self.script)} replies, and this is request {seen.number}")
        return self.script[seen.number - 1]
