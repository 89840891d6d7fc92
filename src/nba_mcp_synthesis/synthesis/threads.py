"""Work that blocks, beside a loop that must not."""

from collections.abc import Callable
from typing import TypeVar, TypeVarTuple, Unpack

from anyio import to_thread

T = TypeVar("T")
Given = TypeVarTuple("Given")


async def in_thread(work: Callable[[Unpack[Given]], T], *given: *Given) -> T:
    """What `work` gives. Who stops waiting is not held up by it; it ends by itself, at its own deadline."""
    return await to_thread.run_sync(work, *given, abandon_on_cancel=True)
