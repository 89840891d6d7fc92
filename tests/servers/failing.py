"""A way to an HTTP server that fails as it is told: what comes in is passed on, or answered with an error."""

import contextlib
import http.client
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

Fails = Callable[[str, str, int], bool]
_HOP = {"connection", "transfer-encoding", "keep-alive", "content-length", "server", "date"}
_ERROR = b"<Error><Code>InternalError</Code><Message>It failed.</Message></Error>"


@dataclass
class Way:
    """A running way; `fails(method, path, n)` says whether the n-th request fails."""

    url: str
    fails: Fails
    seen: list[str] = field(default_factory=list)
    status: int = 500
    error: bytes = _ERROR


@contextlib.contextmanager
def failing(target: str, fails: Fails) -> Iterator[Way]:
    """A way to the server at `target`."""
    way, place, lock = Way("", fails), urlsplit(target), threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_PUT(self) -> None:
            if self.headers.get("expect", "").lower() == "100-continue":
                pass  # http.server has answered it already
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            with lock:
                way.seen.append(f"{self.command} {self.path}")
                count = len(way.seen)
            if way.fails(self.command, self.path, count):
                self.answer(way.status, {"content-type": "application/xml"}, way.error)
                return
            connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=60)
            headers = {k: v for k, v in self.headers.items() if k.lower() not in {"expect", "connection"}}
            connection.request(self.command, self.path, body, headers)
            reply = connection.getresponse()
            kept = {k: v for k, v in reply.getheaders() if k.lower() not in _HOP}
            content = reply.read()
            connection.close()
            self.answer(reply.status, kept, content, reply.getheader("content-length"))

        do_GET = do_POST = do_DELETE = do_HEAD = do_PUT  # noqa: N815 - as the base wants them

        def answer(
            self, status: int, headers: dict[str, str], content: bytes, size: str | None = None
        ) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            is_head = self.command == "HEAD"
            self.send_header("content-length", size if is_head and size else str(len(content)))
            self.end_headers()
            if not is_head:
                self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    way.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield way
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
