"""Clients that send too much, too slowly or what cannot be read: real sockets to a real server."""

import contextlib
import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from access.conftest import added, bearer
from nba_mcp_synthesis.state.api_keys import ApiKeys
from running import Running, running
from server.test_serve import ACCEPT, log_lines, message


@pytest.fixture(scope="module")
def strict(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server with small bounds."""
    bounds = {
        "NBA_MCP_HTTP_BODY_KB": "8",
        "NBA_MCP_HTTP_HEADER_KB": "4",
        "NBA_MCP_HTTP_REQUEST_SECONDS": "1",
        "NBA_MCP_HTTP_STALL_SECONDS": "1",
        "NBA_MCP_HTTP_IDLE_SECONDS": "1",
    }
    folder = tmp_path_factory.mktemp("strict")
    with running(folder, NBA_MCP_HOME=str(home), NBA_MCP_AUTH="keys", **bounds) as found:
        yield found


@pytest.fixture(scope="module")
def key(home_keys: ApiKeys) -> str:
    """A key that may do everything."""
    return added(home_keys, "all", "nba:admin").text


@contextlib.contextmanager
def connected(server: Running) -> Iterator[socket.socket]:
    """A connection."""
    port = httpx.URL(server.url).port
    assert port
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        yield connection


def received(connection: socket.socket) -> bytes:
    """All that comes until the server ends the connection."""
    found = b""
    with contextlib.suppress(ConnectionResetError):
        while part := connection.recv(65_536):
            found += part
    return found


def head(key: str, *more: str, path: str = "/mcp") -> bytes:
    """The head of a POST."""
    lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", f"Authorization: Bearer {key}", *more]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def test_a_body_that_is_too_large_is_413(strict: Running, key: str) -> None:
    """Announced, or found out while it comes in pieces."""
    told = httpx.post(f"{strict.url}/mcp", content=b"x" * 9_000, headers=bearer(key) | ACCEPT)
    assert told.status_code == 413
    assert "8 KB" in told.json()["detail"]

    def pieces() -> Iterator[bytes]:
        for _ in range(20):
            yield b"x" * 1_000

    assert httpx.post(f"{strict.url}/mcp", content=pieces(), headers=bearer(key)).status_code == 413
    with connected(strict) as connection:
        connection.sendall(head(key, "Content-Length: " + "9" * 18))
        assert received(connection).startswith(b"HTTP/1.1 413 ")


def test_a_body_that_does_not_arrive_is_408(strict: Running, key: str) -> None:
    """Although something of it comes all the time."""
    with connected(strict) as connection:
        connection.sendall(head(key, "Content-Length: 100"))
        with contextlib.suppress(OSError):
            for _ in range(40):
                connection.sendall(b"x")
                time.sleep(0.05)
        assert received(connection).startswith(b"HTTP/1.1 408 ")


@pytest.mark.parametrize("sent", [b"", b"POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\n"])
def test_a_head_that_does_not_arrive_ends_the_connection(strict: Running, sent: bytes) -> None:
    """Also one of which a little comes all the time, and the second on a connection."""
    with connected(strict) as connection:
        connection.sendall(sent)
        assert received(connection) == b""
    with connected(strict) as connection:
        connection.sendall(b"GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert connection.recv(65_536).startswith(b"HTTP/1.1 200 ")
        ended = False
        for n in range(100):
            try:
                connection.sendall(b"G" if n == 0 else b"E")
            except OSError:
                ended = True
                break
            time.sleep(0.05)
        assert ended


def test_a_connection_without_a_request_ends(strict: Running) -> None:
    """After the time for which idle ones are kept."""
    with connected(strict) as connection:
        connection.sendall(b"GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert b"200 OK" in received(connection)


def test_a_head_that_is_too_large_is_refused(strict: Running) -> None:
    """Before it is whole."""
    with connected(strict) as connection:
        with contextlib.suppress(OSError):
            connection.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ")
            for _ in range(20):
                connection.sendall(b"x" * 1_000)
                time.sleep(0.01)
        assert received(connection)[:13] in (b"HTTP/1.1 400 ", b"")


def test_a_client_that_does_not_take_in_its_answer_is_let_go(strict: Running, key: str) -> None:
    """The rest of the answer is not kept for him."""
    body, headers = message(
        "tools/call",
        name="query_sql",
        arguments={"sql": "SELECT repeat('x', 3000) AS x FROM range(1000)", "limit": 1000},
    )
    raw = json.dumps(body).encode()
    lines = [f"{name}: {value}" for name, value in (ACCEPT | headers).items()]
    port = httpx.URL(strict.url).port
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        connection.settimeout(60)
        connection.connect(("127.0.0.1", port))
        connection.sendall(head(key, *lines, f"Content-Length: {len(raw)}") + raw)
        assert connection.recv(12) == b"HTTP/1.1 200"
        time.sleep(4)
        assert len(received(connection)) < 3_000_000


@pytest.mark.parametrize(
    "body",
    [b"{", b"\xff\xfe", b'{"a": "\xff"}', b'"\\ud800"', b"[" * 4_000, b"[" * 4_000 + b"]" * 4_000, b"\x00"],
)
@pytest.mark.parametrize("path", ["/mcp", "/v1/ask"])
def test_what_is_no_json_is_400(strict: Running, key: str, path: str, body: bytes) -> None:
    """Invalid text, and nesting that no reader should follow; a body of a real shape is not touched by it."""
    answer = httpx.post(f"{strict.url}{path}", content=body, headers=ACCEPT | bearer(key))
    assert answer.status_code == 400, answer.text


def test_a_websocket_is_not_opened(strict: Running) -> None:
    """There is none, whoever asks."""
    lines = [
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: eA==",
    ]
    with connected(strict) as connection:
        request = ["GET /v1/policy HTTP/1.1", "Host: 127.0.0.1", *lines]
        connection.sendall(("\r\n".join(request) + "\r\n\r\n").encode())
        assert connection.recv(65_536).startswith(b"HTTP/1.1 401 ")


def test_the_server_is_well_after_all_this(strict: Running) -> None:
    """No traceback in its log, and it answers."""
    assert httpx.get(f"{strict.url}/health/live").status_code == 200
    assert not [line for line in log_lines(strict) if "exception" in line or "exc_info" in line]
