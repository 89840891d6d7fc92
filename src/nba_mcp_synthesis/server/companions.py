"""What lives as long as the server does, beside the requests: the link to Redis, the writer of the state."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Protocol


class Companion(Protocol):
    """Something that is started and stopped with the server, and has a line of its own in /health."""

    @property
    def name(self) -> str:
        """What /health calls it."""
        ...

    def start(self) -> None:
        """Starts it; may wait a moment."""
        ...

    def stop(self) -> None:
        """Ends it when no request runs any more; may wait some seconds."""
        ...

    def health(self) -> dict[str, Any]:
        """At least `status`, ok or degraded; answers at once."""
        ...


@asynccontextmanager
async def accompanied(companions: Sequence[Companion]) -> AsyncIterator[None]:
    """Starts them for the time of the block."""
    started: list[Companion] = []
    try:
        for companion in companions:
            await asyncio.to_thread(companion.start)
            started.append(companion)
        yield
    finally:
        for companion in reversed(started):
            await asyncio.to_thread(companion.stop)
