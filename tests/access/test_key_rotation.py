"""`nba-mcp keys rotate`: a new key with the same rights, and an end for the old ones."""

import json
import os
import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from nba_mcp_synthesis.app import App
from nba_mcp_synthesis.caller_keys import CallerKeys
from nba_mcp_synthesis.errors import UsageError
from nba_mcp_synthesis.server.access.key_format import id_of, new_key
from nba_mcp_synthesis.settings import load_settings
from nba_mcp_synthesis.state.api_keys import ApiKeys
from running import COMMAND


@pytest.fixture
def keys() -> ApiKeys:
    """The keys of a state database of its own."""
    return App(load_settings()).api_keys


def test_both_are_good_until_the_old_one_ends(keys: ApiKeys) -> None:
    """Name and scopes go along; keys of other names, and those that end earlier, stay as they are."""
    old, soon, other = (
        new_key(*given)
        for given in (("a", ["nba:read"], None), ("a", ["nba:ask"], 2), ("b", ["nba:read"], None))
    )
    for one in (old, soon, other):
        keys.add(one.row)
    made, ending = CallerKeys(lambda: keys).replace(old.row.id, 7)
    assert (made.row.name, made.row.scopes) == ("a", ("nba:read",))
    assert [row.id for row in ending] == [old.row.id]
    rows = keys.by_id()
    week = datetime.now(UTC) + timedelta(days=7)
    assert abs((rows[old.row.id].expires_at or week) - week) < timedelta(minutes=5)
    assert rows[old.row.id].expires_at is not None
    assert rows[soon.row.id].expires_at == soon.row.expires_at
    assert rows[other.row.id].expires_at is None
    assert rows[made.row.id].expires_at is None
    assert all(CallerKeys(lambda: keys).opens(one.text) for one in (old, soon, other, made))


def test_a_key_that_ends_is_replaced_by_one_that_ends_then(keys: ApiKeys) -> None:
    """However often, and whoever replaces it; that its own replacement shortened its time does not count."""
    old = new_key("contractor", ["nba:sql"], 30)
    keys.add(old.row)
    first, _ = CallerKeys(lambda: keys).replace("contractor", 7)
    by_name, _ = CallerKeys(lambda: keys).replace("contractor", 7)
    by_old_id, _ = CallerKeys(lambda: keys).replace(old.row.id, 7)
    text = CallerKeys(lambda: keys).text()
    CallerKeys(lambda: keys).admit(text, by_old_id.text)
    admitted = keys.by_id()[id_of(text) or ""]
    for one in (first.row, by_name.row, by_old_id.row, admitted):
        assert one.expires_at == old.row.expires_at


def test_a_key_that_was_replaced_ends_early_and_its_next_replacement_does_not(keys: ApiKeys) -> None:
    """The service's own key, of which somebody made a new one by hand first."""
    old = new_key("jobs", ["nba:read"], None)
    keys.add(old.row)
    CallerKeys(lambda: keys).replace("jobs", 7)
    text = CallerKeys(lambda: keys).text()
    CallerKeys(lambda: keys).admit(text, old.text)
    assert keys.by_id()[id_of(text) or ""].expires_at is None


def test_an_older_key_without_an_end_gives_a_newer_one_no_more_time(keys: ApiKeys) -> None:
    """A contractor's key has the name and rights of one that never ends; its replacement ends with it."""
    keys.add(replace(new_key("analysts", ["nba:sql"], None).row, created_at=datetime(2026, 1, 1, tzinfo=UTC)))
    contractor = new_key("analysts", ["nba:sql"], 30)
    keys.add(contractor.row)
    by_id, _ = CallerKeys(lambda: keys).replace(contractor.row.id, 7)
    by_name, _ = CallerKeys(lambda: keys).replace("analysts", 7)
    assert (by_id.row.expires_at, by_name.row.expires_at) == (contractor.row.expires_at,) * 2


def test_a_replacement_that_was_revoked_takes_no_time_away(keys: ApiKeys) -> None:
    """The old one ends in a week because of it; what takes its place then has no end, as before."""
    keys.add(new_key("jobs", ["nba:read"], None).row)
    leaked, _ = CallerKeys(lambda: keys).replace("jobs", 7)
    keys.revoke(leaked.row.id)
    made, _ = CallerKeys(lambda: keys).replace("jobs", 7)
    assert made.row.expires_at is None


def test_a_key_that_is_not_in_force_is_not_replaced(keys: ApiKeys) -> None:
    """Unknown, revoked or expired: its rights are nobody's."""
    gone = new_key("gone", ["nba:read"], None)
    keys.add(gone.row)
    keys.revoke("gone")
    for name in ("gone", gone.row.id, "nobody"):
        with pytest.raises(UsageError, match="No key in force"):
            CallerKeys(lambda: keys).replace(name, 7)
    with pytest.raises(UsageError, match="not one that is in force"):
        CallerKeys(lambda: keys).admit(new_key("x", ["nba:admin"], None).text, gone.text)


def test_the_command_prints_the_key_alone(keys: ApiKeys) -> None:
    """On standard output; what happens to the others is told beside it, and as JSON."""
    keys.add(new_key("jobs", ["nba:read"], None).row)
    done = subprocess.run(
        [COMMAND, "keys", "rotate", "jobs"],
        env=dict(os.environ),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert CallerKeys(lambda: keys).opens(done.stdout.strip())
    assert "Ending in 7 days" in done.stderr
    done = subprocess.run(
        [COMMAND, "keys", "rotate", "jobs", "--overlap-days", "1", "--json"],
        env=dict(os.environ),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert len(json.loads(done.stdout)["ending"]) == 2
