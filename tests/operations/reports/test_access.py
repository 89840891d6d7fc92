"""The audit of access and the forecast of capacity: what is known of the traffic is what they say."""

from datetime import timedelta

import pytest

from nba_mcp_synthesis.operations.reports.access import audit
from nba_mcp_synthesis.operations.reports.capacity import capacity
from nba_mcp_synthesis.operations.reports.performance import Sources, performance
from nba_mcp_synthesis.operations.reports.period import Period
from nba_mcp_synthesis.state.entries import MOST_STRANGERS
from report_ground import BEGIN, DAY, Traffic, traffic

__all__ = ["traffic"]


@pytest.mark.requirement("MO-ACCESS-AUDIT")
def test_who_did_what_and_what_was_refused(traffic: Traffic) -> None:
    for n in range(30):
        traffic.call(BEGIN + n * timedelta(minutes=1), "query_sql", caller="ana", cost_usd=0.25)
        traffic.call(BEGIN + n * timedelta(minutes=1), "ask", outcome="not_authenticated", caller="10.0.0.9")
    traffic.call(BEGIN, "find", caller="ana", outcome="unavailable")
    traffic.call(BEGIN - DAY, caller="nobody")
    traffic.store()
    found = audit(traffic.state, Period(BEGIN, BEGIN + DAY))
    ana, stranger = found.data["callers"]
    assert (ana["caller"], ana["calls"], ana["refused"], ana["failed"]) == ("ana", 31, 0, 1)
    assert ana["cost_usd"] == 7.5
    assert ana["tools"] == {"query_sql": 30, "find": 1}
    assert ana["last"] == (BEGIN + timedelta(minutes=29)).isoformat()
    assert (stranger["calls"], stranger["refused"]) == (30, 30)
    assert found.data["noticed"] == ["10.0.0.9 was not let in 30 times."]
    assert found.summary[0] == "61 calls of 2 callers; 30 were refused, 1 failed."
    assert "| not_authenticated | ask | 30 |" in found.markdown()


def test_strangers_beyond_the_bound_are_said_to_be_more(traffic: Traffic) -> None:
    period = Period(BEGIN, BEGIN + DAY)
    for n in range(MOST_STRANGERS):
        traffic.call(BEGIN + n * timedelta(seconds=1), "request", None, "not_authenticated", "10.0.0.9")
        if n == MOST_STRANGERS - 2:
            traffic.store()
            assert "there may have been more" not in audit(traffic.state, period).markdown()
    traffic.store()
    assert "nba_mcp_auth_failures_total counts all" in audit(traffic.state, period).summary[1]


@pytest.mark.parametrize("seconds", [None, 0.0])
def test_refusals_at_the_door_and_rotations_are_no_calls(traffic: Traffic, seconds: float | None) -> None:
    """Whether they have no seconds or, as older rows, 0."""
    for n in range(20):
        at = BEGIN + timedelta(minutes=n)
        traffic.call(at, "ask", 2.0)
        for tool in ("request", "find"):
            traffic.call(at, tool, seconds, "not_authenticated", "10.0.0.9")
    traffic.call(BEGIN, "rotate RDS_PASSWORD", None)
    traffic.call(BEGIN, "find", 0.0)  # a quick one, not a refused one
    traffic.store()
    period = Period(BEGIN, BEGIN + DAY)
    found = performance(Sources(None, lambda: traffic.state), period).data
    assert [(line["name"], line["calls"]) for line in found["tools"]] == [("ask", 20), ("find", 1)]
    assert found["total"]["p50"]["value"] == 2.0
    assert capacity(Sources(None, lambda: traffic.state), period).data["days"][0]["calls"] == 21
    assert audit(traffic.state, period).data["refused"] == 40


@pytest.mark.requirement("MNT-CAPACITY")
def test_growth_goes_on_in_the_forecast(traffic: Traffic) -> None:
    for day in range(10):
        for n in range(10 + 2 * day):
            traffic.call(BEGIN + day * DAY + timedelta(minutes=n), seconds=0.5)
        traffic.answer(BEGIN + day * DAY, claude=0.5)
    traffic.store()
    sources = Sources(None, lambda: traffic.state)
    found = capacity(sources, Period(BEGIN - 5 * DAY, BEGIN + 10 * DAY + timedelta(hours=7)))
    days = found.data["days"]
    assert [day["calls"] for day in days] == [10 + 2 * n for n in range(10)]
    assert days[3]["busy_seconds"] == 8.0
    coming = found.data["forecast"]
    assert coming["calls"]["total"] == pytest.approx(sum(10 + 2 * n for n in range(10, 40)))
    assert coming["calls"]["low"] == pytest.approx(coming["calls"]["high"])
    assert coming["cost_usd"]["total"] == pytest.approx(15)
    assert found.data["days_until_double"] == 14  # 28 calls on the last day, 56 at two more a day
    assert "in 14 days" in found.data["advice"][0]
    assert "two standard errors" in found.markdown()
    assert "| calls | – | 1," in found.markdown()  # ten days are not the last thirty


def test_the_last_thirty_days_are_those_and_not_the_mean_of_all(traffic: Traffic) -> None:
    for day in range(40):
        for _ in range(1 if day < 10 else 5):
            traffic.call(BEGIN + day * DAY)
    traffic.store()
    found = capacity(Sources(None, lambda: traffic.state), Period(BEGIN, BEGIN + 40 * DAY))
    assert "| calls | 150 | " in found.markdown()


def test_few_days_have_no_range(traffic: Traffic) -> None:
    traffic.call(BEGIN)
    traffic.store()
    sources = Sources(None, lambda: traffic.state)
    found = capacity(sources, Period(BEGIN, BEGIN + 2 * DAY))
    assert found.data["forecast"]["calls"] is not None
    assert found.data["forecast"]["calls"]["low"] is None
    assert "needs 7" in found.markdown()
    empty = capacity(sources, Period(BEGIN + 5 * DAY, BEGIN + 6 * DAY))
    assert empty.data["forecast"]["calls"] is None
    assert "nothing can be forecast" in empty.summary[0]
