"""One worker process as the server sees it: start, ask, kill."""

import contextlib
import os
import socket
import subprocess
import sys
from time import monotonic
from typing import Any

from nba_mcp_synthesis.errors import WorkerLost
from nba_mcp_synthesis.warehouse.workers import protocol

_SECONDS_TO_START = 30.0
_PROGRAM = "nba_mcp_synthesis.warehouse.workers.worker"


class Process:
    """A worker that was started and may still be opening its file.

    Started it has nothing of the server: no environment but the time zone, no standard streams, no open
    files but its socket and the lifeline whose other end only the server holds.
    """

    def __init__(self, opening: dict[str, Any]) -> None:
        self._channel, theirs = socket.socketpair()
        lifeline, self._lifeline = os.pipe()
        try:
            self._process = _started((theirs.fileno(), lifeline))
        except OSError as error:
            self._channel.close()
            os.close(self._lifeline)
            raise WorkerLost(f"No process for the query could be started: {error}.", "Try again.") from error
        finally:
            theirs.close()
            os.close(lifeline)
        self.statements = 0
        self._identity: tuple[int, ...] | None = None
        with contextlib.suppress(OSError):  # dead already: asking it will tell
            protocol.send(self._channel, opening)

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """False once the process has ended."""
        return self._process.poll() is None

    def identity(self) -> tuple[int, ...]:
        """The identity of the file that it opened, waiting until it has; empty where it was unsure.

        Raises:
            WorkerLost: it ended, or took too long, before it had opened the file.
        """
        if self._identity is None:
            try:
                head, _ = protocol.receive(self._channel, deadline=monotonic() + _SECONDS_TO_START)
            except (TimeoutError, protocol.BrokenMessageError) as error:
                raise WorkerLost("A process for queries did not start.", "Try again.") from error
            self._identity = tuple(head.get("identity") or ())
        return self._identity

    def ask(self, request: dict[str, Any], most_body: int, seconds: float) -> tuple[dict[str, Any], bytes]:
        """Sends one request and waits for its answer.

        Raises:
            TimeoutError: there was none within `seconds`; the process must be killed.
            BrokenMessageError, OSError: it ended, or sent something else; the same.
        """
        self.statements += 1
        deadline = monotonic() + seconds
        self._channel.settimeout(seconds)
        protocol.send(self._channel, request)
        return protocol.receive(self._channel, most_body, deadline)

    def kill(self) -> int:
        """Ends the process, whatever it does, and returns its exit code."""
        self._process.kill()
        code = self._process.wait()
        if self._lifeline >= 0:
            self._channel.close()
            os.close(self._lifeline)
            self._lifeline = -1
        return code


def _started(files: tuple[int, int]) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-I", "-m", _PROGRAM, *map(str, files)],
        pass_fds=files,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        env={name: os.environ[name] for name in ("TZ",) if name in os.environ},
        start_new_session=True,  # an interruption at the terminal is the server's to handle
    )
