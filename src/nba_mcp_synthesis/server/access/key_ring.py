"""Callers by their keys: a key is hashed slowly once, and found again quickly while it is in force.

What is remembered of a key is a keyed digest, for this process only. Neither unknown ids nor a wrong secret
that comes again are hashed; other wrong secrets of one id are few a minute, so that nobody can keep the
server busy.
"""

import asyncio
import hmac
import secrets
from datetime import UTC, datetime

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from nba_mcp_synthesis.errors import Busy, NotAuthenticated, RateLimited, Unavailable
from nba_mcp_synthesis.facts import Caller
from nba_mcp_synthesis.server.access.kept import Kept
from nba_mcp_synthesis.server.access.key_format import id_of, is_key
from nba_mcp_synthesis.server.access.key_rows import KeyRows, KeyStore
from nba_mcp_synthesis.state.api_key import ApiKey
from nba_mcp_synthesis.telemetry.logs import get_logger

TRUSTED_SECONDS = 1.0  # a key's row is read again after it
# An id that nobody knows may just have been made; but unknown ids do not make each call a reading.
_UNKNOWN_SECONDS = 0.1
# For so long keys that were verified before are good while the state database is away.
AWAY_SECONDS = 300.0
_REMEMBERED = 10_000
_AT_ONCE, _WAITING = 2, 16
_WRONG_A_MINUTE = RateLimitItemPerMinute(10)


class KeyRing:
    """Finds the callers of keys. For one event loop."""

    def __init__(self, store: KeyStore) -> None:
        self._rows = KeyRows(store)
        self._pepper = secrets.token_bytes(32)
        self._verified: Kept[str] = Kept(_REMEMBERED)  # hashes, by digest
        self._wrong: Kept[str] = Kept(_REMEMBERED)
        self._verifying: dict[bytes, asyncio.Task[bool]] = {}
        self._places = asyncio.Semaphore(_AT_ONCE)
        self._tries = FixedWindowRateLimiter(MemoryStorage())

    async def caller(self, text: str, address: str) -> Caller:
        """Who sends this key from that address.

        Raises:
            NotAuthenticated: no key in force has this text.
            RateLimited: many wrong keys of this id came from that address.
            Unavailable: the state database is away, and the key was not verified before.
        """
        id_ = id_of(text)
        if id_ is None:
            raise _refused("malformed")
        digest = hmac.digest(self._pepper, text.encode(), "sha256")
        row = await self._row(id_, digest)
        _in_force(row)
        if self._verified.get(digest) != row.hash and not await self._verify(digest, text, row, address):
            raise _refused("wrong_secret")
        self._rows.used(id_)
        return Caller(row.name, "key", frozenset(row.scopes))

    async def _row(self, id_: str, digest: bytes) -> ApiKey:
        known = id_ in self._rows.rows
        try:
            rows = await self._rows.fresh(TRUSTED_SECONDS if known else _UNKNOWN_SECONDS)
        except Unavailable:
            rows = self._rows.rows
            if self._verified.get(digest) is None or self._rows.age > AWAY_SECONDS:
                raise Unavailable(
                    "Keys cannot be checked now: their database is away.", "Try again soon."
                ) from None
        if id_ not in rows:
            raise _refused("unknown_key")
        return rows[id_]

    async def _verify(self, digest: bytes, text: str, row: ApiKey, address: str) -> bool:
        if self._wrong.get(digest) == row.hash:
            return False
        task = self._verifying.get(digest)
        if task is None:
            self._make_sure_of_a_place(row.id, address)
            task = self._verifying[digest] = asyncio.create_task(self._hashed(digest, text, row))
        return await asyncio.shield(task)

    def _make_sure_of_a_place(self, id_: str, address: str) -> None:
        if not self._tries.hit(_WRONG_A_MINUTE, id_, address):
            raise RateLimited("Too many keys of this id were tried.", "Wait a minute.", retry_after=60)
        if len(self._verifying) >= _AT_ONCE + _WAITING:
            raise Busy("Too many new keys are being checked.", "Try again in a moment.")

    async def _hashed(self, digest: bytes, text: str, row: ApiKey) -> bool:
        try:
            async with self._places:
                right = await asyncio.to_thread(is_key, text, row)
            (self._verified if right else self._wrong).put(digest, row.hash)
            if right:
                get_logger().info(
                    "access", family="auth", outcome="login", auth="api_key", key=row.id, caller=row.name
                )
            return right
        finally:
            del self._verifying[digest]


def _in_force(row: ApiKey) -> None:
    if row.revoked_at is not None:
        raise _refused("revoked")
    if row.expires_at is not None and row.expires_at <= datetime.now(UTC):
        raise _refused("expired")


def _refused(reason: str) -> NotAuthenticated:
    """The same words for all reasons: nobody learns from them which ids there are."""
    return NotAuthenticated(
        "This key is not one that is in force: it is unknown, wrong, expired or revoked.",
        "Ask whoever runs this server for a key.",
        reason=reason,
    )
