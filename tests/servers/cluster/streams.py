"""exec and port-forward: WebSockets, as kubectl opens them since 1.30."""

import asyncio
import json
from typing import Any
from urllib.parse import urlsplit

from starlette.websockets import WebSocket, WebSocketDisconnect

from servers.cluster import spdy
from servers.cluster.pods import PODS
from servers.cluster.request import Target, target_of
from servers.cluster.statuses import Refused
from servers.cluster.store import Object, Store
from servers.cluster.world import Asked, Call, Executed, World

_EXEC = "v5.channel.k8s.io"
_FORWARD = "SPDY/3.1+portforward.k8s.io"
_STDIN, _STDOUT, _STDERR, _ERROR, _CLOSE = 0, 1, 2, 3, 255


async def streams(websocket: WebSocket, store: Store, world: World) -> None:
    """One connection to a pod; refused as a plain request would be."""
    target = target_of(websocket.url.path)
    world.heard(
        Call("create", f"pods/{target.subresource}", target.namespace, target.name, websocket.url.path, False)
    )
    offered = websocket.scope["subprotocols"]
    try:
        pod = running(target, store, world)
    except Refused as error:
        await _deny(websocket, error)
        return
    if target.subresource == "exec" and _EXEC in offered:
        await websocket.accept(subprotocol=_EXEC)
        await _exec(websocket, target, pod, world)
    elif target.subresource == "portforward" and _FORWARD in offered:
        await websocket.accept(subprotocol=_FORWARD)
        await _Forwarding(websocket, pod, world).run()
    else:
        await _deny(websocket, Refused(400, "none of the offered protocols is known"))


def running(target: Target, store: Store, world: World) -> Object:
    """The pod that somebody connects to; refuses where he may not, or nothing runs."""
    if world.is_forbidden(Asked("create", "", f"pods/{target.subresource}", target.namespace, target.name)):
        told = f'User "tester" cannot create resource "pods/{target.subresource}" in API group ""'
        raise Refused(403, f'pods "{target.name}" is forbidden: {told}')
    pod = store.get(PODS, target.namespace, target.name)
    if pod["status"].get("phase") != "Running":
        raise Refused(400, f"pod {target.name} is not running")
    return pod


async def _deny(websocket: WebSocket, error: Refused) -> None:
    body = json.dumps(error.body).encode()
    headers = [(b"content-type", b"application/json")]
    await websocket.send({"type": "websocket.http.response.start", "status": error.code, "headers": headers})
    await websocket.send({"type": "websocket.http.response.body", "body": body})


async def _exec(websocket: WebSocket, target: Target, pod: Object, world: World) -> None:
    asked = websocket.query_params
    stdin = await _all_stdin(websocket) if asked.get("stdin") == "true" else b""
    container = asked.get("container") or pod["spec"]["containers"][0]["name"]
    done = await asyncio.to_thread(world.execute, target.name, container, asked.getlist("command"), stdin)
    for channel, output in ((_STDOUT, done.stdout), (_STDERR, done.stderr)):
        for at in range(0, len(output), 32_768):
            await websocket.send_bytes(bytes([channel]) + output[at : at + 32_768])
    await websocket.send_bytes(bytes([_ERROR]) + json.dumps(_ended(done)).encode())
    await websocket.close()


async def _all_stdin(websocket: WebSocket) -> bytes:
    """What was sent until the client closes its side."""
    collected = b""
    while True:
        message = await websocket.receive_bytes()
        if message[0] == _CLOSE:
            return collected
        collected += message[1:] if message[0] == _STDIN else b""


def _ended(done: Executed) -> Object:
    if done.code == 0:
        return {"metadata": {}, "status": "Success"}
    told = f"command terminated with non-zero exit code: exit status {done.code}"
    causes = [{"reason": "ExitCode", "message": str(done.code)}]
    return {"metadata": {}, "status": "Failure", "reason": "NonZeroExitCode", "message": told,
            "details": {"causes": causes}}  # fmt: skip


class _Forwarding:
    """The streams of one port-forward: for each connection one for errors and one for data."""

    def __init__(self, websocket: WebSocket, pod: Object, world: World) -> None:
        self.websocket = websocket
        self.session = spdy.Session()
        self.url = world.backends.get(pod["metadata"].get("labels", {}).get("app", ""))
        self.errors: dict[str, int] = {}  # by request id
        self.peers: dict[int, asyncio.StreamWriter] = {}
        self.tasks: set[asyncio.Task[Any]] = set()

    async def run(self) -> None:
        """Until the client leaves."""
        try:
            while True:
                for frame in self.session.frames(await self.websocket.receive_bytes()):
                    await self._take(frame)
        except WebSocketDisconnect:
            for peer in self.peers.values():
                peer.close()

    async def _take(self, frame: spdy.Frame) -> None:
        if frame.kind == spdy.SYN_STREAM:
            await self.websocket.send_bytes(self.session.reply(frame.stream))
            await self._opened(frame)
        elif frame.kind == spdy.PING:
            await self.websocket.send_bytes(spdy.control(spdy.PING, frame.payload))
        elif frame.kind == spdy.DATA and (peer := self.peers.get(frame.stream)):
            peer.write(frame.payload)
            if frame.flags & spdy.FIN and peer.can_write_eof():
                peer.write_eof()

    async def _opened(self, frame: spdy.Frame) -> None:
        request = frame.headers.get("requestid", "")
        if frame.headers.get("streamtype") == "error":
            self.errors[request] = frame.stream
            return
        address = urlsplit(self.url or "")
        try:
            if not self.url:
                raise ConnectionRefusedError
            reader, writer = await asyncio.open_connection(address.hostname, address.port)
        except OSError:
            told = f"an error occurred forwarding to {frame.headers.get('port')}: connection refused"
            await self.websocket.send_bytes(spdy.data(self.errors[request], told.encode(), last=True))
            await self.websocket.send_bytes(spdy.data(frame.stream, b"", last=True))
            return
        self.peers[frame.stream] = writer
        task = asyncio.create_task(self._pump(reader, frame.stream, self.errors[request]))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _pump(self, reader: asyncio.StreamReader, stream: int, errors: int) -> None:
        while received := await reader.read(16_384):
            await self.websocket.send_bytes(spdy.data(stream, received))
        await self.websocket.send_bytes(spdy.data(stream, b"", last=True))
        await self.websocket.send_bytes(spdy.data(errors, b"", last=True))
        self.peers.pop(stream).close()
