"""All peers of a session behind one port, in a thread of their own."""

import asyncio
import itertools
import threading
import weakref
from urllib.parse import urlsplit

from servers.models.faults import Vendor
from servers.models.http import Connection, Request, Response
from servers.models.peer import Peer, Script


class ModelServer:
    """Runs from its making to `close`; a peer costs nothing but an entry in a dict."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._peers: dict[str, Peer] = {}
        self._numbers = itertools.count(1)
        self._connections: weakref.WeakSet[Connection] = weakref.WeakSet()
        self._thread = threading.Thread(target=self._loop.run_forever, name="model peers", daemon=True)
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(10)
        self.port: int = self._server.sockets[0].getsockname()[1]

    def peer(self, script: Script, *, name: str = "peer", vendor: Vendor | None = None) -> Peer:
        """A new peer; `vendor` tells whose errors are sent where several providers share a format."""
        path = f"{name}-{next(self._numbers)}"
        peer = Peer(path, f"http://127.0.0.1:{self.port}/{path}", script, vendor)
        self._peers[path] = peer
        return peer

    def remove(self, peer: Peer) -> None:
        """Forgets a peer; who still calls it is answered as at any unknown address."""
        self._peers.pop(peer.name, None)

    def close(self) -> None:
        """Ends every call, and the thread."""
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _listen(self) -> asyncio.Server:
        return await self._loop.create_server(self._connection, "127.0.0.1", 0, backlog=1024)

    def _connection(self) -> Connection:
        connection = Connection(self._answer)
        self._connections.add(connection)
        return connection

    async def _answer(self, request: Request, connection: Connection) -> None:
        peer = self._peers.get(urlsplit(request.target).path.split("/")[1])
        if peer is None:
            await connection.send(Response(410, {}, (b"no such peer",)))
        else:
            await peer.answer(request, connection)

    async def _end(self) -> None:
        self._server.close()
        await asyncio.gather(*(connection.end() for connection in list(self._connections)))
