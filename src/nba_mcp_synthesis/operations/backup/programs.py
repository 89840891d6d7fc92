"""pg_dump and pg_restore: found, of the right version, run with their errors in our words."""

import contextlib
import os
import re
import shutil
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from nba_mcp_synthesis.errors import BackupFailed, SettingsError
from nba_mcp_synthesis.operations.backup.passwords import connection_string

_LINES_KEPT = 200
_PIPE_BYTES = 1 << 18  # more would be read ahead of a program that wants the beginning alone
# What the programs say on the way to their end; details quote rows.
_TOLD = re.compile(r"(?:pg_\w+: (?:error|warning): |ERROR: +|FATAL: +)(.*)")
_QUOTING = re.compile(r"DETAIL|CONTEXT|Command was|COPY .*line")
# No login, and no server that is gone, is waited for without end. The last one is long: it also counts
# the time for which a busy server takes nothing.
_BOUNDED = {"connect_timeout": "10", "keepalives_idle": "30", "tcp_user_timeout": "600000"}
_WORDS = (
    ("No space left on device", "the disk of the PostgreSQL server is full"),
    ("terminating connection", "the PostgreSQL server ended the connection"),
    ("closed the connection", "the PostgreSQL server ended the connection"),
    ("Connection refused", "the PostgreSQL server does not answer"),
)


@dataclass(frozen=True, slots=True)
class Program:
    """A program of PostgreSQL and its major version."""

    name: str
    path: str
    major: int
    version: str


class Running:
    """A program that runs; `end` waits for it. `process.stdin` and `.stdout` are pipes where asked for."""

    def __init__(self, program: Program, process: "subprocess.Popen[bytes]") -> None:
        self.program, self.process = program, process
        self._lines: deque[str] = deque(maxlen=_LINES_KEPT)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def stdout(self) -> IO[bytes]:
        """What it writes, where that was asked for."""
        assert self.process.stdout  # noqa: S101 - it was asked for
        return self.process.stdout

    @property
    def stdin(self) -> IO[bytes]:
        """What it reads, where that was asked for."""
        assert self.process.stdin  # noqa: S101 - it was asked for
        return self.process.stdin

    def _read(self) -> None:
        assert self.process.stderr  # noqa: S101 - it was asked for
        with self.process.stderr as lines:
            for line in lines:
                self._lines.append(line.decode("utf-8", "replace").rstrip())

    def end(self) -> None:
        """Waits; BackupFailed where it did not do all of its work."""
        code = self.process.wait()
        self._reader.join()
        if code:
            raise BackupFailed(f"{self.program.name} ended with code {code}: {self.reason()}.", _HINT)

    def reason(self) -> str:
        """The last error that it told, without what might quote rows."""
        lines = [line for line in self._lines if not _QUOTING.search(line)]
        for words, told in _WORDS:
            if any(words in line for line in lines):
                return told
        found = [match.group(1) for line in lines if (match := _TOLD.search(line))]
        return found[-1].rstrip(".") if found else "it said nothing"

    def kill(self) -> None:
        """Ends it at once, if it still runs."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            with contextlib.suppress(OSError):  # what it did not read
                if pipe:
                    pipe.close()
        self._reader.join()


_HINT = (
    "Nothing counts as done; what was there before is unchanged. Mend the cause and run the command again."
)


def find(name: str, folder: Path | None) -> Program:
    """A program of that folder, or of PATH; SettingsError where it is not there."""
    path = shutil.which(name, path=str(folder.expanduser()) if folder else None)
    if path is None:
        where = str(folder) if folder else "PATH"
        raise SettingsError(
            f"{name} is not in {where}.",
            "Install PostgreSQL's client programs of the server's version, or name their folder in "
            "NBA_MCP_BACKUP_PROGRAMS.",
        )
    done = subprocess.run([path, "--version"], check=False, capture_output=True, text=True, timeout=20)
    number = re.search(r"\(PostgreSQL\) (\d+)(\S*)", done.stdout)
    if done.returncode or not number:
        raise SettingsError(f"{path} is no {name} of PostgreSQL.", "Name the right folder.")
    return Program(name, path, int(number.group(1)), number.group(1) + number.group(2))


def check_reads(program: Program, server_major: int) -> None:
    """SettingsError where the program is older than the server, whose databases it cannot read."""
    if program.major < server_major:
        raise SettingsError(
            f"{program.path} is of PostgreSQL {program.major}, the server of {server_major}.",
            f"Install the client programs of PostgreSQL {server_major} or newer, and name their folder in "
            "NBA_MCP_BACKUP_PROGRAMS.",
        )


@contextlib.contextmanager
def running(
    program: Program,
    arguments: Sequence[str],
    parameters: Mapping[str, str] | None = None,
    stdin: int | None = None,
    stdout: int | IO[bytes] | None = None,
) -> Iterator[Running]:
    """The program while the block runs; it does not outlive it. `parameters` are those of its connection."""
    with contextlib.ExitStack() as stack:
        words = [program.path, *arguments]
        descriptors: tuple[int, ...] = ()
        if parameters is not None:
            told, descriptors = stack.enter_context(connection_string({**_BOUNDED, **parameters}))
            words.append(f"--dbname={told}")
        process = subprocess.Popen(
            words,
            stdin=stdin,
            stdout=stdout,
            stderr=subprocess.PIPE,
            pass_fds=descriptors,
            env=_environment(),
        )
        _widen(process)
        found = Running(program, process)
        stack.callback(found.kill)
        yield found


def _widen(process: "subprocess.Popen[bytes]") -> None:
    """Lets more wait in the pipes, where the system has room for that: fewer turns between two processes."""
    if sys.platform != "linux":
        return
    import fcntl

    for pipe in (process.stdin, process.stdout):
        with contextlib.suppress(OSError):  # as wide as it was, then
            if pipe:
                fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)


def _environment() -> dict[str, str]:
    """Nothing of ours: no secret, and no variable but those that complete an address of PostgreSQL."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in {"PATH", "HOME", "SSL_CERT_FILE", "SSL_CERT_DIR"}
        or (name.startswith("PG") and name != "PGPASSWORD")
    }
    return {**kept, "LC_ALL": "C"}
