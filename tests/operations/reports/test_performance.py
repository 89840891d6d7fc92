"""Known traffic gives the known figures; steps that are unlike the others are told."""

import itertools
import json
import math
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from typer.testing import CliRunner

from nba_mcp_synthesis.cli import app
from nba_mcp_synthesis.errors import NbaMcpError, Unavailable, UsageError
from nba_mcp_synthesis.operations.reports import from_state, words
from nba_mcp_synthesis.operations.reports.anomalies import anomalies
from nba_mcp_synthesis.operations.reports.document import Document, Section, Table, write
from nba_mcp_synthesis.operations.reports.measured import Step, Values
from nba_mcp_synthesis.operations.reports.outcomes import kind_of
from nba_mcp_synthesis.operations.reports.performance import Sources, performance
from nba_mcp_synthesis.operations.reports.period import Period, month_to_report, period_of
from report_ground import BEGIN, DAY, Traffic, known, traffic

__all__ = ["traffic"]
NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.mark.requirement("PERF-REPORT")
def test_known_traffic_has_known_figures(traffic: Traffic) -> None:
    period = known(traffic)
    report = performance(Sources(None, lambda: traffic.state), period).data
    total, tools = report["total"], {line["name"]: line for line in report["tools"]}
    assert (total["calls"], total["failed"], total["refused"]) == (2_200, 40, 2)
    assert total["failed_share"] == 40 / 2_200
    assert report["calls_per_second"] == 2_200 / (2 * 86_400)
    sql = tools["query_sql"]
    assert [sql[name]["value"] for name in ("p50", "p95", "p99")] == [0.5, 0.95, 0.99]
    assert tools["find"]["p99"]["value"] == 0.02
    assert report["slowest"] == ["query_sql", "find"]
    assert report["before"]["calls"] == 1_000
    assert sum(step["calls"] for step in report["steps"]) == 2_200
    assert sum(step["failed"] for step in report["steps"]) == 40


def test_models_have_a_line_each(traffic: Traffic) -> None:
    for n in range(10):
        traffic.answer(BEGIN + timedelta(hours=n), claude=0.25, gpt=0.125)
    traffic.store()
    found = from_state.measure(traffic.state, Period(BEGIN, BEGIN + DAY))
    assert [(line.name, line.calls, line.tokens, line.cost_usd) for line in found.models] == [
        ("claude (claude-large)", 10, 1_000, 2.5),
        ("gpt (gpt-large)", 10, 1_000, 1.25),
    ]


def test_percentiles_are_those_of_a_sorted_list() -> None:
    drawn = random.Random(7)
    for size in (1, 2, 3, 99, 100, 1_001):
        times = [round(drawn.lognormvariate(-3, 1.5), 4) for _ in range(size)]
        values = Values()
        for one in times:
            values.add(one)
        for share in (0.5, 0.95, 0.99):
            exact = sorted(times)[math.ceil(share * size) - 1]
            found = values.percentile(share)
            assert found is not None
            assert found.low <= exact <= found.high or math.isclose(exact, found.value, rel_tol=0.005)
    assert Values().percentile(0.5) is None


def test_an_empty_period_says_so(traffic: Traffic) -> None:
    found = performance(Sources(None, lambda: traffic.state), Period(BEGIN, BEGIN + DAY))
    assert "No call was made" in found.summary[0]
    assert found.data["total"]["p95"] is None
    assert "There is nothing to draw." in found.markdown()


def test_outcomes_are_ours_or_the_callers() -> None:
    assert {kind_of(name) for name in ("ok", "cancelled")} == {"well"}
    for name in ("query_refused", "wrong_arguments", "rate_limited", "unknown_tool", "not_authenticated"):
        assert kind_of(name) == "refused", name
    for name in ("internal_error", "unavailable", "overloaded", "worker_lost"):
        assert kind_of(name) == "failed", name


def _steps(calls: list[float]) -> list[Step]:
    return [
        Step((BEGIN + n * timedelta(hours=1)).isoformat(), 3_600, one, 0.0, 0.1)
        for n, one in enumerate(calls)
    ]


def test_a_step_unlike_the_others_stands_out() -> None:
    usual = [100.0, 104, 98, 101, 99, 103, 97, 100, 102, 100]
    assert anomalies(_steps(usual)) == []
    (told,) = anomalies(_steps([*usual, 900.0]))
    assert told.startswith("2026-03-02 10:00 UTC: calls 900 an hour; the median is 100 an hour")
    slow = [*_steps(usual), replace(_steps([100.0])[0], p95=3.0)]
    assert [told.split(": ")[1].split(";")[0] for told in anomalies(slow)] == ["p95 3 s"]
    assert anomalies(_steps([1.0, 900.0, 5.0])) == []
    (quiet,) = anomalies(_steps([*usual, 3.0]))
    assert "calls 3 an hour" in quiet
    one_failed = [*_steps(usual), replace(_steps([100.0])[0], failed=4.0)]
    assert anomalies(one_failed) == []
    (failing,) = anomalies([*_steps(usual), replace(_steps([100.0])[0], failed=50.0)])
    assert "failed share 50.0 %" in failing


def _office(days: int, weekend: bool = True) -> list[Step]:
    """About 100 calls in each hour from 8 to 17, none else; then a step of three seconds."""
    drawn, found = random.Random(1), []
    for n in range(24 * days):
        at = BEGIN + n * timedelta(hours=1)
        busy = 8 <= at.hour < 17 and (weekend or at.weekday() < 5)
        found.append(Step(at.isoformat(), 3_600, float(drawn.randint(90, 110)) if busy else 0.0, 0.0, 0.1))
    return [*found, Step((BEGIN + days * DAY).isoformat(), 3, 0.0, 0.0, None)]


@pytest.mark.parametrize("days", [1, 2, 6, 7, 9, 14])
def test_office_hours_and_a_step_that_has_just_begun_are_no_anomalies(days: int) -> None:
    assert anomalies(_office(days)) == []


def test_weekends_are_none_and_an_outage_is_one() -> None:
    steps = _office(7, weekend=False)
    assert anomalies(steps) == []
    steps[58] = replace(steps[58], calls=0.0)
    steps[83] = replace(steps[83], calls=900.0)
    outage, rush = anomalies(steps)
    assert outage.startswith("2026-03-04 10:00 UTC: calls 0 an hour; the median is ")
    assert rush.startswith("2026-03-05 11:00 UTC: calls 900 an hour; the median is ")


def _week(calls: float, days: tuple[int, ...], hours: range, weekend: float = 100.0) -> list[Step]:
    """Seven days, about 100 calls in an hour, at weekends `weekend`, but for some hours of some days."""
    drawn, found = random.Random(2), []
    for n in range(24 * 7):
        at = BEGIN + n * timedelta(hours=1)
        usual = (weekend if at.weekday() >= 5 else 100.0) * drawn.uniform(0.97, 1.03)
        changed = at.weekday() in days and at.hour in hours
        found.append(Step(at.isoformat(), 3_600, calls if changed else float(round(usual)), 0.0, 0.1))
    return found


@pytest.mark.parametrize("calls", [0.0, 5_000.0])
@pytest.mark.parametrize("days", [(5,), (6,), (1, 2)])
def test_an_outage_or_a_rush_is_seen_at_weekends_and_when_it_comes_back(
    calls: float, days: tuple[int, ...]
) -> None:
    told = anomalies(_week(calls, days, range(9, 12)))
    hours = [(BEGIN + day * DAY + timedelta(hours=hour)) for day in days for hour in (9, 10, 11)]
    assert sorted(one.split(";")[0] for one in told) == [
        f"{at:%Y-%m-%d %H:%M} UTC: calls {words.number(calls)} an hour" for at in hours
    ]


@pytest.mark.parametrize("weekend", [0.0, 20.0, 400.0])
@pytest.mark.parametrize(("first", "last"), [(0, 7), (0, 6), (1, 6), (2, 7), (3, 7)])
def test_weekends_that_are_quieter_or_busier_than_working_days_are_no_anomalies(
    weekend: float, first: int, last: int
) -> None:
    steps = _week(0.0, (), range(0), weekend)
    assert anomalies(steps[24 * first : 24 * last]) == []


def test_few_calls_are_nothing_to_speak_of() -> None:
    assert anomalies(_steps([1.0, 1, 1, 1, 1, 1, 1, 1, 2, 0])) == []
    (rush,) = anomalies(_steps([0.0] * 20 + [30.0] * 6 + [500.0]))
    assert "calls 500 an hour; the median is 30 an hour" in rush


def test_figures_read_as_people_write_them() -> None:
    for value, told in (
        (0.012, "12 ms"),
        (0.9997, "1 s"),
        (0.9994, "999 ms"),
        (119.7, "120 s"),
        (210, "3.5 min"),
        (30 * 86_400, "720 h"),
        (2_592_000_000, "720,000 h"),
    ):
        assert words.seconds(value) == told
    assert words.size(1_023.6 * 1_048_576) == "1,024 MiB"
    assert words.size(1_023.6) == "1024 B"
    assert (words.number(999.7), words.number(1_234.5), words.number(0.125)) == ("1,000", "1,234", "0.125")


def test_no_change_is_given_on_a_part_of_the_period_before(traffic: Traffic) -> None:
    """The audit log begins a day before the period of two: that day's calls are not those of two days."""
    for n in range(10):
        traffic.call(BEGIN - DAY + timedelta(minutes=n))
    for n in range(40):
        traffic.call(BEGIN + timedelta(minutes=n))
    traffic.store()
    found = performance(Sources(None, lambda: traffic.state), Period(BEGIN, BEGIN + 2 * DAY))
    (gap,) = found.data["before_gaps"]
    assert gap == "The audit log begins at 2026-03-01 00:00 UTC: 24 of 48 steps are before it."
    assert f"Before: {gap}" in found.summary
    assert "no whole period before to compare with" in found.summary[0]
    assert "+300 %" not in found.markdown()
    whole = performance(Sources(None, lambda: traffic.state), Period(BEGIN, BEGIN + DAY))
    assert "+300 %" in whole.markdown()
    assert whole.data["before_gaps"] == []


def test_the_month_to_report_is_the_one_before_in_its_first_days() -> None:
    for now, told in (
        (datetime(2026, 3, 1, 9, tzinfo=UTC), "2026-02-01 to 2026-02-28"),
        (datetime(2026, 3, 7, 23, 59, 59, tzinfo=UTC), "2026-02-01 to 2026-02-28"),
        (datetime(2026, 3, 8, tzinfo=UTC), "2026-03-01 to 2026-03-07"),
        (datetime(2026, 1, 1, 0, 0, 1, tzinfo=UTC), "2025-12-01 to 2025-12-31"),
        (datetime(2026, 3, 31, 12, 30, tzinfo=UTC), "2026-03-01 to 2026-03-31, up to 12:30 UTC"),
    ):
        assert str(month_to_report(now)) == told


def test_periods() -> None:
    assert str(period_of("2026-03-02", "2026-03-04", NOW)) == "2026-03-02 to 2026-03-04"
    assert period_of("2026-03-02", "2026-03-04", NOW).name == "2026-03-02-to-2026-03-04"
    assert period_of(None, None, NOW) == Period(datetime(2026, 3, 4, tzinfo=UTC), NOW)
    assert str(period_of("2026-03-09", None, NOW)) == "2026-03-09 to 2026-03-10, up to 12:00 UTC"
    for whole in (("2026-03-02", "2026-03-02"), ("2026-02-01", "2026-03-09"), ("2026-03-09", "2026-03-10")):
        period = period_of(*whole, NOW)
        steps = list(period.steps())
        assert steps[0].begin == period.begin
        assert steps[-1].end == period.end
        assert all(a.end == b.begin for a, b in itertools.pairwise(steps))
        assert period.before().end == period.begin
        assert period.before().seconds == period.seconds


@pytest.mark.parametrize(
    ("start", "end", "told"),
    [
        ("2026-02-31", None, "is no day"),
        ("2026-03-05", "2026-03-01", "before it begins"),
        ("2024-03-05", "2026-03-01", "longer than 366 days"),
        ("2026-04-01", "2026-04-02", "yet to come"),
    ],
)
def test_wrong_periods_are_told(start: str, end: str | None, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        period_of(start, end, NOW)


def test_the_source_is_said(traffic: Traffic) -> None:
    def no_state() -> None:
        raise AssertionError("the state database was opened")

    with pytest.raises(Unavailable, match="No Prometheus is configured"):
        performance(Sources(None, no_state), Period(BEGIN, BEGIN + DAY), "prometheus")  # type: ignore[arg-type]


def test_the_command_writes_what_it_prints(tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    arguments = ["ops", "performance", "--start-date", "2026-03-02", "--end-date", "2026-03-03"]
    done = CliRunner().invoke(app, [*arguments, "--reports", str(folder), "--json"], catch_exceptions=False)
    assert done.exit_code == 0
    told = json.loads(done.stdout)
    stem = "performance-2026-03-02-to-2026-03-03"
    assert sorted(path.name for path in folder.iterdir()) == [f"{stem}.{e}" for e in ("html", "json", "md")]
    assert json.loads((folder / f"{stem}.json").read_text())["total"] == told["total"]
    for wrong in (["--source", "x"], ["--start-date", "x"]):
        done = CliRunner().invoke(app, ["ops", "performance", *wrong])
        assert done.exit_code == 2 or isinstance(done.exception, NbaMcpError)


def test_reports_stand_alone_and_take_any_text(traffic: Traffic, tmp_path: Path) -> None:
    known(traffic)
    wild = 'a|b <script>alert("x")</script> & é'
    traffic.call(BEGIN, wild)
    traffic.store()
    found = performance(Sources(None, lambda: traffic.state), Period(BEGIN, BEGIN + 2 * DAY))
    paths = {path.name: path for path in write(found, tmp_path / "a" / "b")}
    assert {path.suffix for path in paths.values()} == {".md", ".html", ".json", ".svg"}
    html = next(path for path in paths.values() if path.suffix == ".html").read_text("utf-8")
    assert "<script" not in html
    assert "src=" not in html
    assert "@import" not in html
    assert html.count("<svg") == 3
    for path in paths.values():
        if path.suffix == ".svg":
            ET.fromstring(path.read_text("utf-8"))  # noqa: S314 - our own
            assert path.name in found.markdown()
    rows = [line for line in found.markdown().splitlines() if line.startswith("| a\\|b")]
    assert rows
    assert all("<script" not in row for row in rows)


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    document = Document("x", "X", [], [Section("S", [Table(("a",), [])])])
    with pytest.raises(UsageError, match="cannot be written"):
        write(document, tmp_path / "file")
