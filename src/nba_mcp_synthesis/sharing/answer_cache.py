"""Answers given before: found by question, data snapshot and configuration, so never out of date."""

import hashlib
import json
import threading
import time
import unicodedata
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    # Commands name answers too, and need neither.
    from nba_mcp_synthesis.sharing.link import RedisLink
    from nba_mcp_synthesis.telemetry.metrics import Metrics

# Larger answers are computed again; so many are held by a process without Redis.
_MOST_BYTES, _MOST_HELD = 200_000, 500
_PREFIX = "nba-mcp:answer:"


def key_of(question: str, previous: str | None, snapshot: str, configuration: str) -> str:
    """The name of an answer: the same for questions that differ in spaces or the final mark only."""
    asked = [_normalised(question), previous and _normalised(previous), snapshot, configuration]
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()


def _normalised(question: str) -> str:
    return " ".join(unicodedata.normalize("NFC", question).split()).rstrip(" ?.!")


def _read(found: bytes | str | None) -> dict[str, Any] | None:
    """An answer as it was put; what is none of ours counts as a miss."""
    try:
        answer = None if found is None else json.loads(found)
    except ValueError:
        return None
    return answer if isinstance(answer, dict) and "voices" in answer else None


class AnswerCache:
    """A cache for `seconds`: in Redis where there is a link and it is up, else in this process."""

    def __init__(self, link: "RedisLink | None", seconds: int, metrics: "Metrics") -> None:
        self._link, self._seconds, self._metrics = link, seconds, metrics
        self._own = _Held()

    def get(self, key: str) -> dict[str, Any] | None:
        """The answer of that name, as JSON has it, or None."""
        shared = self._link.attempt(lambda redis: (redis.get(_PREFIX + key),)) if self._link else None
        found = shared[0] if shared else self._own.get(key)
        answer = _read(found)
        place, outcome = "redis" if shared else "memory", "miss" if answer is None else "hit"
        self._metrics.cache_requests.labels(place, outcome).inc()
        return answer

    def put(self, key: str, answer: dict[str, Any]) -> None:
        """Keeps an answer, unless it is very large."""
        text = json.dumps(answer).encode()
        if len(text) > _MOST_BYTES:
            return
        link = self._link
        if (
            not link
            or link.attempt(lambda redis: (redis.set(_PREFIX + key, text, ex=self._seconds),)) is None
        ):
            self._own.put(key, text, self._seconds)


class _Held:
    """What this process holds by itself: the last used of a bounded number."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: OrderedDict[str, tuple[float, bytes]] = OrderedDict()

    def get(self, key: str) -> bytes | None:
        with self._lock:
            until, text = self._found.get(key, (0.0, b""))
            if until < time.monotonic():
                self._found.pop(key, None)
                return None
            self._found.move_to_end(key)
            return text

    def put(self, key: str, text: bytes, seconds: int) -> None:
        with self._lock:
            self._found[key] = (time.monotonic() + seconds, text)
            self._found.move_to_end(key)
            while len(self._found) > _MOST_HELD:
                self._found.popitem(last=False)
