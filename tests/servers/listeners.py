"""Small listeners for tests: one that never answers, and an HTTP server that answers as it is told."""

import contextlib
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@contextlib.contextmanager
def silent() -> Iterator[int]:
    """The port of a listener that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        yield listener.getsockname()[1]


@contextlib.contextmanager
def dripping(size: int = 1_000_000) -> Iterator[int]:
    """The port of a web server that has so many bytes for everybody, and gives one in twenty milliseconds."""
    ended = threading.Event()

    def drip(connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):  # the caller gave up
            connection.recv(65_536)
            head = f"HTTP/1.1 200 OK\r\nContent-Length: {size}\r\nETag: x\r\nAccept-Ranges: bytes\r\n\r\n"
            connection.sendall(head.encode())
            while not ended.wait(0.02):
                connection.sendall(b"x")

    def accept(listener: socket.socket) -> None:
        with contextlib.suppress(OSError):  # the listener was closed
            while True:
                threading.Thread(target=drip, args=(listener.accept()[0],), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        threading.Thread(target=accept, args=(listener,), daemon=True).start()
        try:
            yield listener.getsockname()[1]
        finally:
            ended.set()
            listener.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def saying(words: bytes) -> Iterator[int]:
    """The port of a listener that answers every request with these bytes, and hangs up."""

    def accept(listener: socket.socket) -> None:
        with contextlib.suppress(OSError):  # the listener was closed
            while True:
                connection, _ = listener.accept()
                with connection, contextlib.suppress(OSError):  # the caller gave up
                    connection.recv(65_536)
                    connection.sendall(words)

    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        threading.Thread(target=accept, args=(listener,), daemon=True).start()
        try:
            yield listener.getsockname()[1]
        finally:
            listener.shutdown(socket.SHUT_RDWR)


@dataclass(frozen=True)
class Heard:
    """One request that a web server got."""

    path: str
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """Its body, as JSON."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Reply:
    """What a web server answers, after `seconds`."""

    status: int = 200
    body: str = "ok"
    seconds: float = 0.0


@dataclass
class Web:
    """A running web server and what it heard; `answer` may be changed while it runs."""

    url: str
    answer: Callable[[Heard], Reply]
    heard: list[Heard] = field(default_factory=list)


@contextlib.contextmanager
def web(answer: Callable[[Heard], Reply], tls: ssl.SSLContext | None = None) -> Iterator[Web]:
    """A web server whose replies `answer` gives; with `tls` it speaks https."""
    found = Web("", answer)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            heard = Heard(self.path, {k.lower(): v for k, v in self.headers.items()}, body)
            found.heard.append(heard)
            reply = found.answer(heard)
            time.sleep(reply.seconds)
            with contextlib.suppress(OSError):  # the caller gave up
                self.send_response(reply.status)
                self.send_header("content-length", str(len(reply.body.encode())))
                self.end_headers()
                self.wfile.write(reply.body.encode())

        do_GET = do_HEAD = do_PUT = do_DELETE = do_POST  # noqa: N815 - as the base wants them

        def log_message(self, *_: Any) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    found.url = f"{'https' if tls else 'http'}://127.0.0.1:{server.server_port}"
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
