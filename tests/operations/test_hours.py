"""The hours of the primary: the same data for Alertmanager and for this program."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from nba_mcp_synthesis.operations.monitoring import alertmanager, sources
from nba_mcp_synthesis.operations.monitoring.hours import Hours

SOURCES = sources.load(Path(__file__).resolve().parents[2] / "monitoring")
EAST = ZoneInfo("America/New_York")


@pytest.mark.requirement("ONC-ESCALATION")
@pytest.mark.parametrize(
    ("at", "inside"),
    [
        ("2026-11-25T14:00:00Z", True),  # Wednesday, 09:00 Eastern
        ("2026-11-25T13:59:59Z", False),
        ("2026-11-25T21:59:59Z", True),
        ("2026-11-25T22:00:00Z", False),  # 17:00: the end is no part
        ("2026-07-01T13:00:00Z", True),  # 09:00 in summer
        ("2026-07-01T12:59:59Z", False),
        ("2026-07-01T21:00:00Z", False),
        ("2026-11-28T15:00:00Z", False),  # Saturday
        ("2026-11-29T15:00:00Z", False),
        ("2026-03-09T13:00:00Z", True),  # the Monday after clocks went forward
        ("2026-03-06T13:00:00Z", False),  # the Friday before
        ("2026-11-28T00:30:00Z", False),  # Friday evening there, Saturday here
    ],
)
def test_hours_are_on_the_clock_of_new_york(at: str, inside: bool) -> None:
    """In summer and in winter."""
    assert SOURCES.hours.contain(datetime.fromisoformat(at)) is inside


def read(interval: dict[str, Any], at: datetime) -> bool:
    """What Alertmanager makes of a time interval, by its documentation and from its data alone."""
    for one in interval["time_intervals"]:
        there = at.astimezone(ZoneInfo(one["location"]))
        clock = f"{there:%H:%M}"
        day = f"{there:%A}".lower()
        if day in one["weekdays"] and any(t["start_time"] <= clock < t["end_time"] for t in one["times"]):
            return True
    return False


def test_program_and_alertmanager_agree_in_every_minute() -> None:
    """Over the weeks in which clocks change, and an ordinary one."""
    first, settled = alertmanager.config(SOURCES)["time_intervals"]
    well_in = SOURCES.hours.without_edges(alertmanager.EDGE_MINUTES)
    for begin in ("2026-03-06", "2026-10-30", "2026-06-01"):
        at = datetime.fromisoformat(begin).replace(tzinfo=UTC)
        for minute in range(0, 5 * 24 * 60, 5):
            now = at + timedelta(minutes=minute)
            assert SOURCES.hours.contain(now) == read(first, now)
            assert well_in.contain(now) == read(settled, now)


def test_a_p2_always_has_a_way_and_two_at_the_edges() -> None:
    """What began by one way can end by the other: they overlap for several group intervals."""
    routes = {route["receiver"]: route for route in alertmanager.config(SOURCES)["route"]["routes"]}
    loud, quiet = routes["P2-in-hours"], routes["P2-off-hours"]
    assert loud["matchers"] == quiet["matchers"]  # the same group key, hence one incident
    assert loud["active_time_intervals"] == ["in-hours"]
    assert quiet["mute_time_intervals"] == ["well-in-hours"]
    well_in = SOURCES.hours.without_edges(alertmanager.EDGE_MINUTES)
    both = []
    for minute in range(24 * 60):
        at = datetime(2026, 11, 25, tzinfo=EAST) + timedelta(minutes=minute)
        open_ways = SOURCES.hours.contain(at), not well_in.contain(at)
        assert any(open_ways)
        both += [f"{at:%H:%M}"] if all(open_ways) else []
    assert both == [*(f"09:0{n}" for n in range(5)), *(f"16:5{n}" for n in range(5, 10))]
    assert loud["group_interval"] == quiet["group_interval"] == "1m"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"weekdays": ["freitag"]}, "freitag is no day"),
        ({"end": "09:00"}, "not after 09:00"),
        ({"start": "25:00"}, "hour must be in"),
    ],
)
def test_hours_that_are_none_are_refused(change: dict[str, Any], told: str) -> None:
    """By what is wrong with them."""
    with pytest.raises(ValueError, match=told):
        Hours.of({**SOURCES.contacts["hours"], **change}, "America/New_York")
