"""Nothing goes that the policy or the last verified backup needs."""

import os
import random
import time
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backup_ground import Key, taken
from nba_mcp_synthesis.errors import BackupFailed
from nba_mcp_synthesis.operations.backup import pruning
from nba_mcp_synthesis.operations.backup.archive import Backup, backups
from nba_mcp_synthesis.operations.backup.clocks import check_store_clock
from nba_mcp_synthesis.operations.backup.databases import Database
from nba_mcp_synthesis.operations.backup.manifest import DAMAGED, Verified
from nba_mcp_synthesis.operations.backup.pruning import Policy, kept, prune
from nba_mcp_synthesis.operations.backup.schedule import ZONE
from nba_mcp_synthesis.operations.backup.store import BackupStore

START = datetime(2024, 1, 1, tzinfo=UTC)
PROOF = Verified(at=START, seconds=1, tables=1, rows=1, server_version="18")
# Minutes from one backup to the next: seconds, days, months; and whether each is verified.
histories = st.lists(
    st.tuples(st.integers(1, 90) | st.integers(600, 3_000) | st.integers(20_000, 100_000), st.booleans()),
    max_size=40,
)
policies = st.builds(Policy, st.integers(1, 14), st.integers(0, 8), st.integers(0, 12))


def history(steps: list[tuple[int, bool]]) -> list[Backup]:
    """The backups of a history."""
    at, found = START, []
    for number, (minutes, verified) in enumerate(steps):
        at += timedelta(minutes=minutes)
        found.append(Backup("state", f"b{number}", at, verified=PROOF if verified else None))
    return found


def needed(found: list[Backup], policy: Policy, form: str, most: int) -> list[set[str]]:
    """For each of the newest periods (told by a form of strftime) the backups one of which has to stay."""
    periods: dict[str, set[str]] = defaultdict(set)
    for one in found:
        periods[one.at.astimezone(ZONE).strftime(form)].add(one.id)
    return [periods[name] for name in sorted(periods, reverse=True)[:most]]


@settings(max_examples=300)
@given(histories, policies)
def test_the_policy_is_kept(steps: list[tuple[int, bool]], policy: Policy) -> None:
    """Each day, week and month has a backup left; the newest and the last verified are there."""
    check(history(steps), policy)


@settings(max_examples=100)
@given(st.integers(0, 2**64))
def test_the_policy_is_kept_in_thousands_of_histories(seed: int) -> None:
    """The same for a few thousand more, drawn faster."""
    chance = random.Random(seed)
    for _ in range(30):
        spans = chance.choice([(1, 90), (600, 3_000), (20_000, 100_000), (1, 100_000)])
        steps = [(chance.randint(*spans), chance.random() < 0.2) for _ in range(chance.randint(0, 40))]
        check(history(steps), Policy(chance.randint(1, 14), chance.randint(0, 8), chance.randint(0, 12)))


def check(found: list[Backup], policy: Policy) -> None:
    """What has to hold of any history."""
    stays = kept(found, policy)
    wanted = [
        *needed(found, policy, "%Y-%m-%d", policy.daily),
        *needed(found, policy, "%G-%V", policy.weekly),
        *needed(found, policy, "%Y-%m", policy.monthly),
    ]
    assert all(stays & period for period in wanted)
    proven = [one.id for one in found if one.verified]
    assert {one.id for one in found[-1:]} | set(proven[-1:]) <= stays
    assert len(stays) <= policy.daily + policy.weekly + policy.monthly + 2
    assert kept([one for one in found if one.id in stays], policy) == stays


@settings(max_examples=80)
@given(histories, policies)
def test_pruning_every_night_loses_nothing_that_pruning_once_would_keep(
    steps: list[tuple[int, bool]], policy: Policy
) -> None:
    """However often it runs, every period that should have a backup has one."""
    found, left = history(steps), []
    for one in found:
        left.append(one)
        stays = kept(left, policy)
        left = [other for other in left if other.id in stays]
    ids = {one.id for one in left}
    for form, most in (("%Y-%m-%d", policy.daily), ("%G-%V", policy.weekly), ("%Y-%m", policy.monthly)):
        assert all(ids & period for period in needed(found, policy, form, most))
    assert {one.id for one in found if one.verified and one.id == _last_proven(found)} <= ids


def _last_proven(found: list[Backup]) -> str:
    return [one.id for one in found if one.verified][-1]


@given(policies)
def test_a_bucket_has_to_keep_what_the_policy_keeps(policy: Policy) -> None:
    """Also where days or weeks reach further back than months: none that stays is older."""
    daily = [Backup("state", f"d{n}", START - timedelta(days=n)) for n in range(500)]
    stays = kept(daily, policy)
    oldest = min(one.at for one in daily if one.id in stays)
    assert START - oldest <= timedelta(days=policy.days)


def test_a_proven_backup_stands_for_its_month() -> None:
    """The newest of a month gives way to one that is known to restore."""
    days = [Backup("state", f"d{n}", START + timedelta(days=n, hours=12)) for n in range(60)]
    days[20] = replace(days[20], verified=PROOF)
    assert kept(days, Policy(1, 0, 2)) == {"d20", "d59"}


def test_what_goes_is_gone_and_the_rest_restores(filled: Database, store: BackupStore, key: Key) -> None:
    """Of three backups of one day one is left, whole; a dry run says the same and removes nothing."""
    made = [taken(filled, store, key) for _ in range(3)]
    said = prune(store, Policy(1, 0, 0), dry_run=True)
    assert len(backups(store)) == 3
    done = prune(store, Policy(1, 0, 0), dry_run=False)
    assert done.backups == said.backups
    assert {name for name, _ in done.backups} == {f"warehouse/{one.id}" for one in made[:2]}
    (left,) = backups(store)
    assert left.counts
    assert {one.key for one in store.keys("warehouse/")} == {made[2].key(), made[2].key("manifest.json")}


def test_unfinished_backups_go_a_day_later(
    filled: Database, folder_store: BackupStore, key: Key, tmp_path: Path
) -> None:
    """What a killed job left goes when it is a day old; one that is damaged is named, and left for a look."""
    made = taken(filled, folder_store, key)
    draft = folder_store.begin("warehouse/killed/dump.age")
    draft.part(1, 0, b"half")
    folder_store.write("warehouse/unfinished/dump.age", b"whole, without a manifest")
    folder_store.write(made.key("dump.age"), b"cut")
    fresh = prune(folder_store, Policy(), dry_run=False)
    assert fresh.leftovers == ()
    assert {told.split(":")[0] for told in fresh.ignored} == {f"warehouse/{made.id}", "warehouse/unfinished"}
    before = time.time() - 90_000
    for path in (tmp_path / "backups" / "warehouse").glob("*/*"):
        os.utime(path, (before, before))
    (killed,) = folder_store.leftovers(86_400)
    old = prune(folder_store, Policy(), dry_run=False)
    assert set(old.leftovers) == {"warehouse/unfinished", killed}
    assert [one.id for one in backups(folder_store)] == [made.id]


def test_damaged_backups_go_with_those_of_their_age(
    filled: Database, folder_store: BackupStore, key: Key
) -> None:
    """One that is newer than the oldest that stays is left for a look, as is one that is the only one."""
    made = [taken(filled, folder_store, key) for _ in range(3)]
    for one in made[:1], made[2:]:
        folder_store.write(one[0].key(DAMAGED), b"{}")
    done = prune(folder_store, Policy(), dry_run=False)
    assert ([name for name, _ in done.backups], done.kept) == ([f"warehouse/{made[0].id}"], 1)
    assert [told.split(":")[0] for told in done.ignored] == [f"warehouse/{made[2].id}"]
    folder_store.write(made[1].key(DAMAGED), b"{}")
    none_sound = prune(folder_store, Policy(), dry_run=False)
    assert (none_sound.backups, none_sound.kept, len(none_sound.ignored)) == ((), 0, 2)


def test_a_clock_that_jumped_prunes_nothing(
    filled: Database, store: BackupStore, key: Key, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The store dates what is written; ages by another clock mean nothing."""
    taken(filled, store, key)
    for jump in (timedelta(days=400), timedelta(days=-400)):
        with pytest.raises(BackupFailed, match="one of them jumped"):
            check_store_clock(store, datetime.now(UTC) + jump)

    class Jumped(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return datetime.now(tz) + timedelta(days=400)

    monkeypatch.setattr("nba_mcp_synthesis.operations.backup.clocks.datetime", Jumped)
    with pytest.raises(BackupFailed, match="Nothing was removed"):
        pruning.prune(store, Policy(1, 0, 0), dry_run=False)
    assert len(backups(store)) == 1
