"""Keys as the ring finds them: on both engines, and while their database is away."""

import asyncio
import itertools
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

import pytest

from access.conftest import added
from nba_mcp_synthesis.errors import NotAuthenticated, RateLimited, Unavailable, UsageError
from nba_mcp_synthesis.facts import Caller
from nba_mcp_synthesis.server.access import key_ring
from nba_mcp_synthesis.server.access.key_format import id_of, is_key, new_key
from nba_mcp_synthesis.server.access.key_ring import KeyRing
from nba_mcp_synthesis.state.api_key import ApiKey
from nba_mcp_synthesis.state.api_keys import ApiKeys

HERE = "10.0.0.1"


class Switched:
    """A store of keys that can be away, and counts how often it was read."""

    def __init__(self, keys: ApiKeys) -> None:
        self.keys, self.away, self.readings = keys, False, 0

    def by_id(self) -> dict[str, ApiKey]:
        """The real one's, or Unavailable."""
        self.readings += 1
        if self.away:
            raise Unavailable("The state database cannot be used.")
        return self.keys.by_id()

    def note(self, used: Mapping[str, datetime]) -> None:
        """Never taken: a database that can only be read is good enough."""
        raise Unavailable("The state database can only be read.")


async def reason(ring: KeyRing, text: str) -> str:
    """Why a key is refused."""
    with pytest.raises(NotAuthenticated) as refused:
        await ring.caller(text, HERE)
    assert not text or text not in str(refused.value)
    return refused.value.reason


def test_a_key_in_force_names_its_caller(keys: ApiKeys) -> None:
    """With its scopes; two keys of one name are one caller, and either can go."""
    first, second = added(keys, "ana", "nba:read", "nba:ask"), added(keys, "ana", "nba:read", days=1)

    async def work() -> None:
        ring = KeyRing(keys)
        assert await ring.caller(first.text, HERE) == Caller("ana", "key", frozenset({"nba:read", "nba:ask"}))
        assert (await ring.caller(second.text, HERE)).name == "ana"
        keys.revoke(first.row.id)
        await asyncio.sleep(key_ring.TRUSTED_SECONDS)
        assert await reason(ring, first.text) == "revoked"
        assert (await ring.caller(second.text, HERE)).name == "ana"

    asyncio.run(work())


def test_all_that_is_no_key_in_force_is_refused_in_the_same_words(keys: ApiKeys) -> None:
    """What was wrong is for the log."""
    right, old = added(keys, "ana", "nba:read"), new_key("old", ["nba:read"], 1)
    keys.add(replace(old.row, expires_at=datetime.now(UTC) - timedelta(seconds=1)))
    wrong = right.text[:-1] + ("a" if right.text[-1] != "a" else "b")
    unknown = new_key("x", ["nba:read"], None).text

    async def work() -> None:
        ring = KeyRing(keys)
        found = {text: await reason(ring, text) for text in (wrong, unknown, old.text, "nba_x", "", "é" * 50)}
        assert list(found.values()) == ["wrong_secret", "unknown_key", "expired", *["malformed"] * 3]
        assert await reason(ring, wrong) == "wrong_secret"
        assert await ring.caller(right.text, HERE)

    asyncio.run(work())


def test_neither_secret_nor_text_is_stored(keys: ApiKeys) -> None:
    """Only an argon2 hash, which the list does not show."""
    made = added(keys, "ana", "nba:read")
    (stored,) = keys.all()
    assert stored.hash.startswith("$argon2id$")
    assert made.text.rpartition("_")[2] not in repr(stored)
    assert stored.hash not in str(stored.as_dict())
    assert id_of(made.text) == stored.id


def test_when_a_key_was_used_last_is_kept(keys: ApiKeys) -> None:
    """At the next reading, so that an old key can be seen to be out of use."""
    used, unused = added(keys, "ana", "nba:read"), added(keys, "ana", "nba:read")

    async def work() -> None:
        ring = KeyRing(keys)
        await ring.caller(used.text, HERE)
        for _ in range(100):
            await asyncio.sleep(0.1)
            await ring.caller(used.text, HERE)
            if any(key.last_used_at for key in keys.all()):
                break

    asyncio.run(work())
    last = {key.id: key.last_used_at for key in keys.all()}
    assert last[used.row.id] is not None
    assert last[unused.row.id] is None


def test_a_key_is_hashed_once_and_wrong_ones_seldom(keys: ApiKeys, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many calls at once wait for one hash; an unknown id and a wrong key that comes again cost none."""
    right = added(keys, "ana", "nba:read")
    hashed: list[str] = []

    def counting(text: str, row: ApiKey) -> bool:
        hashed.append(text)
        return is_key(text, row)

    monkeypatch.setattr("nba_mcp_synthesis.server.access.key_ring.is_key", counting)

    def wrong(n: int) -> str:
        return f"nba_{right.row.id}_{n:043d}"

    async def work() -> None:
        ring = KeyRing(keys)
        await asyncio.gather(*(ring.caller(right.text, HERE) for _ in range(20)))
        await asyncio.gather(*(reason(ring, wrong(0)) for _ in range(20)))
        await reason(ring, new_key("x", ["nba:read"], None).text)
        assert hashed == [right.text, wrong(0)]
        with pytest.raises(RateLimited) as limited:
            for n in itertools.count(1):
                await reason(ring, wrong(n))
        assert limited.value.retry_after == 60
        assert len(hashed) == 10
        assert (await ring.caller(right.text, HERE)).name == "ana"  # whoever was let in before stays in
        with pytest.raises(NotAuthenticated):
            await ring.caller(wrong(99), "10.0.0.2")  # another address has tries of its own

    asyncio.run(work())


def test_unknown_keys_do_not_make_the_database_work(keys: ApiKeys) -> None:
    """A thousand of them share a few readings."""
    store = Switched(keys)
    texts = [new_key("x", ["nba:read"], None).text for _ in range(3)]

    async def work() -> None:
        ring = KeyRing(store)
        await asyncio.gather(*(reason(ring, text) for text in texts * 300))

    asyncio.run(work())
    assert store.readings < 30


def test_while_the_database_is_away_known_keys_go_on_for_a_time(
    keys: ApiKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Others get an answer that says so, and never a welcome."""
    known, other = added(keys, "ana", "nba:read"), added(keys, "bob", "nba:read")
    store = Switched(keys)
    clock: dict[str, float] = {"ahead": 0.0}
    later = "nba_mcp_synthesis.server.access.key_rows.monotonic"
    monkeypatch.setattr(later, lambda: monotonic() + clock["ahead"])

    async def work() -> None:
        ring = KeyRing(store)
        await ring.caller(known.text, HERE)
        store.away = True
        clock["ahead"] = key_ring.AWAY_SECONDS - 30
        assert (await ring.caller(known.text, HERE)).name == "ana"
        for text in (other.text, new_key("x", ["nba:read"], None).text):
            with pytest.raises(Unavailable):
                await ring.caller(text, HERE)
        clock["ahead"] = key_ring.AWAY_SECONDS + 30
        with pytest.raises(Unavailable):
            await ring.caller(known.text, HERE)
        store.away = False
        clock["ahead"] += 30
        assert (await ring.caller(other.text, HERE)).name == "bob"

    asyncio.run(work())


@pytest.mark.parametrize(
    ("name", "scopes", "days"),
    [
        ("", ["nba:read"], None),
        ("a b", ["nba:read"], None),
        ("x" * 65, ["nba:read"], None),
        ("a", [], None),
        ("a", ["nba:nonsense"], None),
        ("a", ["nba:read", ""], 3),
    ],
)
def test_what_cannot_be_a_key_is_not_made(name: str, scopes: list[str], days: Any) -> None:
    """The error says what is usable."""
    with pytest.raises(UsageError):
        new_key(name, scopes, days)
