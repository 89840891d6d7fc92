"""What stands before each provider: so many calls at once, retries with jitter, and a rest after failures."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import stamina
from purgatory import AsyncCircuitBreakerFactory
from pydantic_ai.exceptions import ModelAPIError

from nba_mcp_synthesis.synthesis.voices.faults import is_of_provider, is_transient

T = TypeVar("T")
# Every call is written down and counted where it is paid for, so the library need not log it as well.
stamina.instrumentation.set_on_retry_hooks([])

ATTEMPTS = 3
# So many failures in a row, and a provider is left alone for so long.
_FAILURES, _REST_SECONDS = 5, 30.0
_FIRST_WAIT, _LONGEST_WAIT, _JITTER = 0.2, 5.0, 0.3


class Gates:
    """The gates of all providers of a process. Used from one event loop at a time."""

    def __init__(self, concurrency: int) -> None:
        self._concurrency = concurrency
        self._places: dict[str, asyncio.Semaphore] = {}
        self._breakers = AsyncCircuitBreakerFactory(
            default_threshold=_FAILURES,
            default_ttl=_REST_SECONDS,
            exclude=[(BaseException, lambda error: not is_of_provider(error))],
        )

    async def call(self, provider: str, attempt: Callable[[], Awaitable[T]], seconds: float) -> T:
        """Makes a call, again where the same call may work in a moment, within `seconds`.

        Raises:
            OpenedState: the provider has failed too often just now.
            ModelAPIError, TimeoutError: the last attempt failed so.
        """
        if seconds <= 0:
            raise TimeoutError  # a place that is free would let one more call be begun
        async with asyncio.timeout(seconds), self._place(provider):
            retries = stamina.retry_context(
                on=lambda error: _wait(error, seconds),
                attempts=ATTEMPTS,
                timeout=seconds,
                wait_initial=_FIRST_WAIT,
                wait_max=_LONGEST_WAIT,
                wait_jitter=_JITTER,
            )
            async for turn in retries:
                with turn:
                    async with await self._breakers.get_breaker(provider):
                        return await attempt()
        raise AssertionError("unreachable: the last attempt returns or raises")

    def _place(self, provider: str) -> asyncio.Semaphore:
        return self._places.setdefault(provider, asyncio.Semaphore(self._concurrency))


def _wait(error: BaseException, seconds: float) -> bool | float:
    """Whether to try again; the seconds that the provider asks for, where it does."""
    if not is_transient(error):
        return False
    asked = error.retry_after if isinstance(error, ModelAPIError) else None
    if asked is None:
        return True
    return asked if asked < seconds else False
