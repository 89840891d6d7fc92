"""Steps by what Prometheus answers: it takes and gives times in milliseconds, whatever it is asked."""

import json
import urllib.parse
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from nba_mcp_synthesis.connectors.prometheus import PrometheusConnector
from nba_mcp_synthesis.operations.checklists.ground import Ground
from nba_mcp_synthesis.operations.checklists.report_checks import week
from nba_mcp_synthesis.operations.reports import from_prometheus
from nba_mcp_synthesis.operations.reports.performance import Sources, performance
from nba_mcp_synthesis.operations.reports.period import Period, period_of
from nba_mcp_synthesis.settings import load_settings
from servers.listeners import Heard, Reply, web

NOW = datetime(2026, 3, 10, 9, 30, 7, 123456, tzinfo=UTC)
CALLS = 10.0
Known = Callable[[float], bool]
PLACES = "nba_mcp_places"


def answer(known: Known, called: Known = lambda _: True) -> Callable[[Heard], Reply]:
    """Ten calls in the whole, and in each step whose end is known and in which there were any."""

    def reply(heard: Heard) -> Reply:
        form = dict(urllib.parse.parse_qsl(heard.body.decode()))
        labels = {
            "tool": "find",
            "voice": "claude",
            "outcome": "ok",
            "le": "+Inf",
            "reason": "wait",
            "lane": "sql",
            "pool": "state",
        }
        if heard.path.endswith("/query"):
            at = float(form["time"])
            return _told("vector", [{"metric": labels, "value": [at, f"{CALLS:g}"]}])
        at, end, step = (round(float(form[name]) * 1_000) for name in ("start", "end", "step"))
        moments = [one / 1_000 for one in range(at, end + 1, step)]
        moments = [one for one in moments if known(one) and (PLACES in form["query"] or called(one))]
        values = [[one, f"{CALLS:g}"] for one in moments]
        return _told("matrix", [{"metric": labels, "values": values}] if values else [])

    return reply


def _told(kind: str, result: list[Any]) -> Reply:
    return Reply(body=json.dumps({"status": "success", "data": {"resultType": kind, "result": result}}))


@pytest.fixture
def served() -> Iterator[Callable[[Known], PrometheusConnector]]:
    """Connectors to one server, for which what is known may be changed."""
    with web(answer(lambda _: True)) as server:

        def connector(known: Known) -> PrometheusConnector:
            server.answer = answer(known)
            return PrometheusConnector(server.url)

        yield connector


@pytest.mark.parametrize("days", [timedelta(days=7), timedelta(days=6, hours=9, minutes=30, seconds=7)])
def test_every_step_is_found_at_any_moment(
    served: Callable[[Known], PrometheusConnector], days: timedelta
) -> None:
    for period in (Period(NOW - days, NOW), period_of(None, None, NOW)):
        found = from_prometheus.measure(served(lambda _: True), period)
        assert found.gaps == []
        assert {step.calls for step in found.steps} == {CALLS}
    assert period_of(None, None, NOW).end == NOW.replace(microsecond=0)


def test_a_step_without_calls_is_known_where_the_server_was_scraped() -> None:
    begin = datetime(2026, 3, 9, tzinfo=UTC)
    noon = (begin + timedelta(hours=12)).timestamp()
    with web(answer(lambda at: at > noon - 7_200, lambda at: at > noon)) as server:
        found = from_prometheus.measure(
            PrometheusConnector(server.url), Period(begin, begin + timedelta(days=1))
        )
    assert [step.calls for step in found.steps] == [None] * 10 + [0.0] * 2 + [CALLS] * 12
    assert found.gaps == ["Prometheus has nothing for 10 of 24 steps of the period."]


def test_a_part_of_the_period_before_is_not_compared_with(
    served: Callable[[Known], PrometheusConnector],
) -> None:
    begin = datetime(2026, 3, 9, tzinfo=UTC)
    period, since = Period(begin, begin + timedelta(days=1)), (begin - timedelta(hours=6)).timestamp()
    found = performance(Sources(served(lambda at: at > since), _no_state), period)
    assert found.data["before_gaps"] == ["Prometheus has nothing for 18 of 24 steps of the period."]
    assert "Before: Prometheus has nothing for 18 of 24 steps of the period." in found.summary
    assert "as before" not in found.markdown()
    found = performance(Sources(served(lambda _: True), _no_state), period)
    assert found.data["before_gaps"] == []
    assert "as before" in found.markdown() or "+0 %" in found.markdown()


def test_a_week_without_a_single_step_is_no_week_that_is_well(
    served: Callable[[Known], PrometheusConnector], tmp_path: Path
) -> None:
    def found(known: Known) -> tuple[str, str]:
        sources = Sources(served(known), _no_state)
        nothing = cast("Any", None)  # what a report needs of the ground is its sources and its folder
        ground = Ground(load_settings({}), nothing, sources, nothing, tmp_path, tmp_path, NOW)
        told = week(ground)
        return told.result, told.person

    assert found(lambda _: True) == ("done", "")
    result, person = found(lambda _: False)
    assert result == "warning"
    assert "Prometheus has nothing for 168 of 168 steps" in person


def _no_state() -> Any:
    raise AssertionError("the state database was opened")
