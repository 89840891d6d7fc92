"""What all tests share below .cache is made by one process at a time: the suites run in several."""

import contextlib
import fcntl
from collections.abc import Iterator
from pathlib import Path

_CACHE = Path(__file__).resolve().parents[1] / ".cache"


@contextlib.contextmanager
def alone(name: str) -> Iterator[None]:
    """Waits until no other process makes what has that name; look then whether it is there already."""
    _CACHE.mkdir(exist_ok=True)
    with (_CACHE / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
