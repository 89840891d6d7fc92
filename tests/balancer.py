"""A small balancer for tests: takes turns over targets that are healthy, on connections it keeps.

It sends a request a second time only where the connection was refused, before a byte of it was sent.
Streams are passed on as they come.
"""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

import httpx

_LOOK_SECONDS = 0.2


@dataclass
class Balancer:
    """Before so many addresses; `served` counts by address what each has answered.

    A target is healthy after so many good probes, and unhealthy after so many bad ones.
    """

    first: Sequence[str]
    path: str = "/health/ready"
    look_seconds: float = _LOOK_SECONDS
    healthy_after: int = 1
    unhealthy_after: int = 1
    served: Counter[str] = field(default_factory=Counter)
    _targets: list[str] = field(default_factory=list)
    _healthy: set[str] = field(default_factory=set)
    _probes: dict[str, tuple[bool, int]] = field(default_factory=dict)
    _turn: int = 0

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[str]:
        """Serves in the block; gives the address."""
        limits = httpx.Limits(max_keepalive_connections=100)
        async with httpx.AsyncClient(timeout=60, limits=limits) as client:
            self._client, self._targets = client, list(self.first)
            for _ in range(self.healthy_after):
                await self._look()
            looking = asyncio.create_task(self._keep_looking())
            server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
            try:
                yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
            finally:
                looking.cancel()
                server.close()

    def register(self, target: str) -> None:
        """One more target; requests go there once it is healthy."""
        self._targets.append(target)

    def deregister(self, target: str) -> None:
        """No new requests go there; those on their way end as they do."""
        self._targets.remove(target)
        self._healthy.discard(target)

    def is_healthy(self, target: str) -> bool:
        """Whether requests go there."""
        return target in self._healthy

    async def _keep_looking(self) -> None:
        while True:
            await asyncio.sleep(self.look_seconds)
            await self._look()

    async def _look(self) -> None:
        for target in list(self._targets):
            try:
                good = (await self._client.get(f"{target}{self.path}")).status_code == 200
            except httpx.TransportError:
                good = False
            if target in self._targets:
                self._judge(target, good=good)

    def _judge(self, target: str, *, good: bool) -> None:
        before, count = self._probes.get(target, (good, 0))
        count = count + 1 if before == good else 1
        self._probes[target] = (good, count)
        if good and count >= self.healthy_after:
            self._healthy.add(target)
        elif not good and count >= self.unhealthy_after:
            self._healthy.discard(target)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ends = (asyncio.IncompleteReadError, ConnectionError, httpx.TransportError)
        with contextlib.closing(writer), contextlib.suppress(*ends):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                method, path, _ = head[0].split(" ")
                headers = dict(line.split(": ", 1) for line in head[1:] if line)
                lengths = [int(value) for name, value in headers.items() if name.lower() == "content-length"]
                body = await reader.readexactly(lengths[0]) if lengths else b""
                await _write(writer, await self._passed_on(method, path, headers, body))

    async def _passed_on(
        self, method: str, path: str, headers: dict[str, str], body: bytes
    ) -> httpx.Response | None:
        passed = {n: v for n, v in headers.items() if n.lower() not in ("host", "connection")}
        for _ in range(2 * len(self._targets)):
            target = self._next()
            if target not in self._healthy:
                continue
            request = self._client.build_request(method, target + path, headers=passed, content=body)
            try:
                response = await self._client.send(request, stream=True)
                if "content-length" in response.headers:
                    await response.aread()
            except httpx.ConnectError:
                self._healthy.discard(target)
                self._probes.pop(target, None)
                continue
            except httpx.TransportError:
                return None
            self.served[target] += 1
            return response
        return None

    def _next(self) -> str:
        self._turn += 1
        return self._targets[self._turn % len(self._targets)]


async def _write(writer: asyncio.StreamWriter, response: httpx.Response | None) -> None:
    if response is None:
        writer.write(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        return
    kind = response.headers.get("content-type", "")
    head = f"HTTP/1.1 {response.status_code} x\r\nContent-Type: {kind}\r\n"
    if "content-length" in response.headers:
        writer.write(f"{head}Content-Length: {len(response.content)}\r\n\r\n".encode() + response.content)
        await writer.drain()
        return
    writer.write(f"{head}Transfer-Encoding: chunked\r\n\r\n".encode())
    try:
        async for part in response.aiter_bytes():
            writer.write(f"{len(part):x}\r\n".encode() + part + b"\r\n")
            await writer.drain()
    finally:
        await response.aclose()
    writer.write(b"0\r\n\r\n")
    await writer.drain()
