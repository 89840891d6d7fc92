"""Work that blocks, beside a loop that must not."""

import contextlib
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import TypeVar, TypeVarTuple, Unpack

from anyio import CapacityLimiter, to_thread

T = TypeVar("T")
Given = TypeVarTuple("Given")

_at_once: ContextVar[CapacityLimiter | None] = ContextVar("at_once", default=None)


@contextlib.contextmanager
def taking_turns(limiter: CapacityLimiter) -> Iterator[None]:
    """Has all threads that are waited for inside, in tasks as well, wait for a place in the limiter first.

    The warehouse turns away who is one too many; who waits here holds neither a thread nor a place there.
    """
    token = _at_once.set(limiter)
    try:
        yield
    finally:
        _at_once.reset(token)


async def in_thread(work: Callable[[Unpack[Given]], T], *given: *Given) -> T:
    """What `work` gives. Who stops waiting is not held up by it; it ends by itself, at its own deadline."""
    return await to_thread.run_sync(work, *given, abandon_on_cancel=True, limiter=_at_once.get())
