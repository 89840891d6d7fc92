"""A backup is due once a night, also on those two of the year on which clocks change."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest

from nba_mcp_synthesis.operations.backup.schedule import LATE, faults, last_due


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-01-31T06:59:59", "2026-01-30T07:00:00"),
        ("2026-01-31T07:00:00", "2026-01-31T07:00:00"),
        ("2026-03-07T12:00:00", "2026-03-07T07:00:00"),
        ("2026-03-08T06:59:59", "2026-03-07T07:00:00"),
        ("2026-03-08T07:00:00", "2026-03-08T07:00:00"),  # 03:00 in New York, where 02:00 would have been
        ("2026-03-09T06:00:00", "2026-03-09T06:00:00"),
        ("2026-11-01T06:30:00", "2026-10-31T06:00:00"),  # 01:30 for the second time
        ("2026-11-01T07:00:00", "2026-11-01T07:00:00"),
        ("2026-11-02T06:59:59", "2026-11-01T07:00:00"),
    ],
)
def test_the_newest_moment_at_which_one_was_due(now: str, due: str) -> None:
    """At 02:00 in New York; by UTC that is another hour in summer."""
    assert last_due(datetime.fromisoformat(now).replace(tzinfo=UTC)) == datetime.fromisoformat(due).replace(
        tzinfo=UTC
    )


def test_no_two_nights_of_a_year_are_further_apart_than_the_alert() -> None:
    """NbaMcpBackupOld rings at 26 hours; a backup of a night is there until the one of the next."""
    hours = [datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=n) for n in range(366 * 24)]
    nights = sorted({last_due(hour) for hour in hours})
    apart = {(after - before) / timedelta(hours=1) for before, after in itertools.pairwise(nights)}
    assert apart == {23, 24, 25}


def test_what_is_late_is_a_fault() -> None:
    """A dump has two hours; then there should be one."""
    due = datetime(2026, 3, 8, 7, tzinfo=UTC)
    before = due - timedelta(hours=24)
    assert faults(before, before, due + LATE - timedelta(seconds=1)) == []
    (told,) = faults(before, before, due + LATE)
    assert "It was due at 2026-03-08 07:00 UTC" in told
    assert faults(due, due, due + LATE) == []
