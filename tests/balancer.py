"""A small balancer for tests: takes turns over replicas that say they are ready, on connections it keeps.

It sends a request a second time only where the connection was refused, before a byte of it was sent.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle

import httpx

_LOOK_SECONDS = 0.2


@dataclass
class Balancer:
    """Before so many addresses; `served` counts by address what each has answered."""

    targets: Sequence[str]
    served: dict[str, int] = field(default_factory=dict)
    _ready: set[str] = field(default_factory=set)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[str]:
        """Serves in the block; gives the address."""
        limits = httpx.Limits(max_keepalive_connections=100)
        async with httpx.AsyncClient(timeout=60, limits=limits) as client:
            self._client, self._turns = client, cycle(self.targets)
            await self._look()
            looking = asyncio.create_task(self._keep_looking())
            server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
            try:
                yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
            finally:
                looking.cancel()
                server.close()

    async def _keep_looking(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            await self._look()

    async def _look(self) -> None:
        for target in self.targets:
            try:
                is_ready = (await self._client.get(f"{target}/health/ready")).status_code == 200
            except httpx.TransportError:
                is_ready = False
            (self._ready.add if is_ready else self._ready.discard)(target)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                method, path, _ = head[0].split(" ")
                headers = dict(line.split(": ", 1) for line in head[1:] if line)
                lengths = [int(value) for name, value in headers.items() if name.lower() == "content-length"]
                body = await reader.readexactly(lengths[0]) if lengths else b""
                writer.write(_written(await self._passed_on(method, path, headers, body)))
                await writer.drain()
        writer.close()

    async def _passed_on(
        self, method: str, path: str, headers: dict[str, str], body: bytes
    ) -> httpx.Response | None:
        passed = {n: v for n, v in headers.items() if n.lower() not in ("host", "connection")}
        for _ in range(2 * len(self.targets)):
            target = next(self._turns)
            if target not in self._ready:
                continue
            try:
                response = await self._client.request(method, target + path, headers=passed, content=body)
            except httpx.ConnectError:
                self._ready.discard(target)
                continue
            except httpx.TransportError:
                return None
            self.served[target] = self.served.get(target, 0) + 1
            return response
        return None


def _written(response: httpx.Response | None) -> bytes:
    if response is None:
        return b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"
    kind = response.headers.get("content-type", "")
    head = (
        f"HTTP/1.1 {response.status_code} x\r\nContent-Type: {kind}\r\n"
        f"Content-Length: {len(response.content)}\r\n\r\n"
    )
    return head.encode() + response.content
