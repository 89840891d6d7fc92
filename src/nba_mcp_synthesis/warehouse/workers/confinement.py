"""What a worker gives up before it reads any SQL: the rights and the resources that it does not need."""

import ctypes
import fcntl
import math
import os
import resource
import sys
from pathlib import Path

# Beside what the engine may use: the interpreter's heap, one chunk of rows as Python values, their JSON.
OVERHEAD_MB = 256
_OPEN_FILES = 16
_PR_SET_NO_NEW_PRIVS = 38


def die_with(lifeline: int) -> None:
    """Ends this process when the other end of the pipe `lifeline` closes, also amid a statement.

    The kernel then sends SIGIO, whose default is the end of the process; no thread has to look, and it
    works while the engine computes or holds the interpreter. PR_SET_PDEATHSIG would not do: it follows
    the thread that started this process, and threads of a server come and go.
    """
    fcntl.fcntl(lifeline, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(lifeline, fcntl.F_SETFL, fcntl.fcntl(lifeline, fcntl.F_GETFL) | os.O_ASYNC | os.O_NONBLOCK)


def confine(memory_mb: int) -> None:
    """Limits memory and open files, forbids writing, core dumps and new privileges."""
    for limit, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, _OPEN_FILES),
    ):
        resource.setrlimit(limit, (most, most))
    if sys.platform == "linux":
        _confine_on_linux(memory_mb)


def _confine_on_linux(memory_mb: int) -> None:
    # When the machine runs out of memory, the kernel takes a worker and not the server.
    Path("/proc/self/oom_score_adj").write_text("1000", "ascii")
    ctypes.CDLL(None).prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
    most = pages * resource.getpagesize() + (memory_mb + OVERHEAD_MB) * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def allow_seconds(seconds: float) -> None:
    """Lets this process compute for `seconds` more, and one; then the kernel ends it.

    The server kills a worker at its deadline. This holds where the server itself is stuck.
    """
    usage = resource.getrusage(resource.RUSAGE_SELF)
    most = math.ceil(usage.ru_utime + usage.ru_stime + seconds) + 1
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (most, hard))
