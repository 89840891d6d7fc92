"""Requests that are sent twice and answered once: kept by the caller's own key for a day."""

import hashlib
import json
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from nba_mcp_synthesis.errors import KeyReused, StillRunning

if TYPE_CHECKING:
    from nba_mcp_synthesis.sharing.link import RedisLink

KEPT_SECONDS = 86_400
# Whoever computes an answer renews his claim on it several times in this span; one that died loses it.
CLAIM_SECONDS = 60
_PREFIX = "nba-mcp:idempotency:"
_MOST_HELD = 1_000


@dataclass(frozen=True, slots=True)
class Claim:
    """One request under a key: `answer` where it was given before, else it is for its holder to compute."""

    name: str
    fingerprint: str
    answer: dict[str, Any] | None = None


class Idempotency:
    """Claims on keys: in Redis where there is a link and it is up, else in this process."""

    def __init__(self, link: "RedisLink | None") -> None:
        self._link, self._own = link, _Held()

    def claim(self, caller: str, key: str, request: Any) -> Claim:
        """A claim on a caller's key for a request, which is told apart by its JSON text.

        Raises:
            StillRunning: somebody computes the answer now.
            KeyReused: the key was that of another request.
        """
        name = _digest([caller, key])
        fingerprint = _digest(request)
        mine = json.dumps({"of": fingerprint})
        found = self._put_if_free(name, mine)
        if found is None:
            return Claim(name, fingerprint)
        before = json.loads(found)
        if before["of"] != fingerprint:
            raise KeyReused(
                "This Idempotency-Key came with another request before.", "Make a new key for each request."
            )
        if "answer" not in before:
            raise StillRunning(
                "The request with this Idempotency-Key is being answered.", "Send it again in a moment."
            )
        return Claim(name, fingerprint, before["answer"])

    def renew(self, claim: Claim) -> None:
        """Keeps a claim in force while its answer is being computed."""
        self._put(claim.name, json.dumps({"of": claim.fingerprint}), CLAIM_SECONDS)

    def keep(self, claim: Claim, answer: dict[str, Any]) -> None:
        """Keeps the answer, for whoever sends the same request with the same key."""
        self._put(claim.name, json.dumps({"of": claim.fingerprint, "answer": answer}), KEPT_SECONDS)

    def release(self, claim: Claim) -> None:
        """Frees the key, since there is no answer."""
        if not self._link or self._link.attempt(lambda redis: (redis.delete(_PREFIX + claim.name),)) is None:
            self._own.remove(claim.name)

    def _put_if_free(self, name: str, text: str) -> bytes | str | None:
        """None where it was put, else what is there."""
        link = self._link
        shared = (
            link.attempt(
                lambda redis: (
                    redis.set(_PREFIX + name, text, nx=True, ex=CLAIM_SECONDS),
                    redis.get(_PREFIX + name),
                )
            )
            if link
            else None
        )
        if shared is None:
            return self._own.put_if_free(name, text, CLAIM_SECONDS)
        put, there = shared
        return None if put else cast("bytes | None", there) or text

    def _put(self, name: str, text: str, seconds: int) -> None:
        link = self._link
        if not link or link.attempt(lambda redis: (redis.set(_PREFIX + name, text, ex=seconds),)) is None:
            self._own.put(name, text, seconds)


def _digest(told: Any) -> str:
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


class _Held:
    """What this process holds by itself: the last of a bounded number."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: OrderedDict[str, tuple[float, str]] = OrderedDict()

    def put_if_free(self, name: str, text: str, seconds: int) -> str | None:
        with self._lock:
            until, there = self._found.get(name, (0.0, ""))
            if until > time.monotonic():
                return there
            self._put(name, text, seconds)
            return None

    def put(self, name: str, text: str, seconds: int) -> None:
        with self._lock:
            self._put(name, text, seconds)

    def remove(self, name: str) -> None:
        with self._lock:
            self._found.pop(name, None)

    def _put(self, name: str, text: str, seconds: int) -> None:
        self._found[name] = (time.monotonic() + seconds, text)
        self._found.move_to_end(name)
        while len(self._found) > _MOST_HELD:
            self._found.popitem(last=False)
