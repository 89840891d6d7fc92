"""The keys of the state database, read anew when they are wanted and what was read is too old."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from time import monotonic
from typing import Protocol

from nba_mcp_synthesis.errors import Unavailable
from nba_mcp_synthesis.state.api_key import ApiKey
from nba_mcp_synthesis.telemetry.logs import get_logger

_WAIT_SECONDS = 2.0  # a database that takes longer counts as away
_AGAIN_SECONDS = 1.0  # after it was away
_NOTED_SECONDS = 60.0  # how exactly it is kept when a key was used last


class KeyStore(Protocol):
    """Where the keys are."""

    def by_id(self) -> dict[str, ApiKey]:
        """All keys by id."""
        ...

    def note(self, used: Mapping[str, datetime]) -> None:
        """Keeps when keys were used last."""
        ...


class KeyRows:
    """The newest keys that were read, and how old that is. For one event loop."""

    def __init__(self, store: KeyStore) -> None:
        self._store = store
        self._rows: dict[str, ApiKey] = {}
        self._read_at = self._failed_at = -1e9
        self._reading: asyncio.Task[bool] | None = None
        self._hangs = False
        self._noting: asyncio.Task[None] | None = None
        self._used: dict[str, datetime] = {}
        self._noted: dict[str, datetime] = {}

    @property
    def rows(self) -> Mapping[str, ApiKey]:
        """What was read last."""
        return self._rows

    @property
    def age(self) -> float:
        """Seconds since that reading began."""
        return monotonic() - self._read_at

    def used(self, id_: str) -> None:
        """Remembers that a key was used now, for the next reading to note."""
        now, noted = datetime.now(UTC), self._noted.get(id_)
        if noted is None or (now - noted).total_seconds() > _NOTED_SECONDS:
            self._used[id_] = now

    async def fresh(self, seconds: float) -> Mapping[str, ApiKey]:
        """The keys as they were at most so many seconds ago; Unavailable where the database is away."""
        if self.age > seconds and not await self._read_again():
            raise Unavailable("The state database cannot be read.")
        return self._rows

    async def _read_again(self) -> bool:
        """Waits for a reading, which all who come meanwhile share, but not for one that hangs."""
        if self._reading is None:
            if monotonic() - self._failed_at < _AGAIN_SECONDS:
                return False
            self._reading = asyncio.create_task(self._read())
        elif self._hangs:
            return False
        reading = self._reading
        done, _ = await asyncio.wait({reading}, timeout=_WAIT_SECONDS)
        self._hangs = not done
        return bool(done) and reading.result()

    async def _read(self) -> bool:
        started = monotonic()
        try:
            self._rows = await asyncio.to_thread(self._store.by_id)
            self._read_at = started
        except Exception as error:  # noqa: BLE001 - whatever it is, keys cannot be read; its text may quote
            self._failed_at = monotonic()
            get_logger().error("access", failed="reading keys", error=type(error).__name__)
            return False
        finally:
            self._reading, self._hangs = None, False
        if self._used and (self._noting is None or self._noting.done()):
            self._noting = asyncio.create_task(self._note())
        return True

    async def _note(self) -> None:
        """Beside the calls, none of which fails when it does."""
        used, self._used = self._used, {}
        self._noted |= used
        try:
            await asyncio.to_thread(self._store.note, used)
        except Exception as error:  # noqa: BLE001 - the next note may do
            get_logger().warning("access", failed="noting the use of keys", error=type(error).__name__)
