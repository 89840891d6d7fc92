"""Reports by a real Prometheus that was given known measurements, and the same traffic by both sources."""

import math
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from nba_mcp_synthesis.connectors.prometheus import PrometheusConnector, PrometheusRefused
from nba_mcp_synthesis.errors import Unavailable
from nba_mcp_synthesis.operations.reports import from_prometheus, from_state
from nba_mcp_synthesis.operations.reports.performance import Sources, performance
from nba_mcp_synthesis.operations.reports.period import Period
from nba_mcp_synthesis.state.database import StateDatabase
from nba_mcp_synthesis.state.engines import sqlite_engine
from nba_mcp_synthesis.telemetry.metrics import catalogue
from report_ground import Traffic
from running import free_port
from servers.monitoring import Daemon, prometheus, tool

pytestmark = pytest.mark.system
DAYS, EVERY = 2, 300
TODAY = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
BEGIN = TODAY - timedelta(days=DAYS)
PERIOD = Period(BEGIN, TODAY)
BUCKETS = [*catalogue()["tool_seconds"]["buckets"], math.inf]


@dataclass(frozen=True)
class Call:
    """One call of the traffic that both sources are told of."""

    at: datetime
    tool: str
    seconds: float
    outcome: str


def calls() -> list[Call]:
    """In every step of five minutes ten calls of query_sql, 20 to 400 ms, and one of ask, which takes 3 s."""
    found = []
    for step in range(DAYS * 86_400 // EVERY):
        at = BEGIN + timedelta(seconds=EVERY * step + 60)
        found += [
            Call(at, "query_sql", 0.02 + 0.38 * ((step * 10 + n) % 1_000) / 1_000, "ok") for n in range(9)
        ]
        found.append(Call(at, "query_sql", 0.03, "unavailable" if step % 4 == 0 else "query_refused"))
        found.append(Call(at, "ask", 3.0, "ok"))
    return found


def exposition(told: list[Call]) -> str:
    """What Prometheus would have scraped every five minutes, as OpenMetrics with times."""
    counts = dict.fromkeys(sorted({(c.tool, c.outcome) for c in told}), 0)
    buckets = {(tool, bound): 0 for tool in sorted({c.tool for c in told}) for bound in BUCKETS}
    waiting = sorted(told, key=lambda c: c.at)
    samples: dict[str, list[str]] = {}
    for scrape in range(DAYS * 86_400 // EVERY + 1):
        at = BEGIN + timedelta(seconds=EVERY * scrape)
        while waiting and waiting[0].at <= at:
            call = waiting.pop(0)
            counts[call.tool, call.outcome] += 1
            for bound in BUCKETS:
                buckets[call.tool, bound] += call.seconds <= bound
        stamp = int(at.timestamp())
        for (name, outcome), value in counts.items():
            series = f'nba_mcp_tool_calls_total{{tool="{name}",outcome="{outcome}"}}'
            samples.setdefault(series, []).append(f"{series} {value} {stamp}")
        for (name, bound), value in buckets.items():
            shown = "+Inf" if math.isinf(bound) else f"{bound:g}"
            series = f'nba_mcp_tool_duration_seconds_bucket{{tool="{name}",le="{shown}"}}'
            samples.setdefault(series, []).append(f"{series} {value} {stamp}")
        for series, gauge in (
            ('nba_mcp_places{lane="sql"}', 4),
            ('nba_mcp_places_taken{lane="sql"}', 3 if scrape == 100 else 1),
        ):
            samples.setdefault(series, []).append(f"{series} {gauge} {stamp}")
    return "\n".join(line for lines in samples.values() for line in lines) + "\n# EOF\n"


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Daemon, list[Call]]]:
    """Prometheus with the traffic of two days in its store."""
    folder, told = tmp_path_factory.mktemp("prometheus"), calls()
    (folder / "told.txt").write_text(exposition(told))
    done = tool(
        "promtool",
        "tsdb",
        "create-blocks-from",
        "openmetrics",
        str(folder / "told.txt"),
        str(folder / "tsdb"),
    )
    assert isinstance(done, subprocess.CompletedProcess)
    assert done.returncode == 0, done.stderr
    with prometheus(folder, {"groups": []}, {}) as running:
        yield running, told


@pytest.mark.requirement("PERF-REPORT")
def test_both_sources_give_the_known_figures(measured: tuple[Daemon, list[Call]], tmp_path: Path) -> None:
    daemon, told = measured
    state = StateDatabase(lambda: sqlite_engine(tmp_path / "state.db"))
    state.migrate()
    traffic = Traffic(state)
    for call in told:
        traffic.call(call.at, call.tool, call.seconds, call.outcome)
    traffic.store()
    by_state = from_state.measure(state, PERIOD)
    by_prometheus = from_prometheus.measure(PrometheusConnector(daemon.url), PERIOD)
    for found in (by_state, by_prometheus):
        lines = {line.name: line for line in found.tools}
        assert set(lines) == {"ask", "query_sql"}
        assert found.total.calls == pytest.approx(len(told), rel=0.001)
        assert found.total.failed == pytest.approx(144, rel=0.001)
        assert found.total.refused == pytest.approx(432, rel=0.001)
        for name, line in lines.items():
            times = sorted(call.seconds for call in told if call.tool == name)
            for share in (0.5, 0.95, 0.99):
                exact = times[math.ceil(share * len(times)) - 1]
                p = line.times.percentile(share)
                assert p is not None
                assert p.low <= exact <= p.high, (found.source, name, share)
        assert sum(step.calls or 0 for step in found.steps) == pytest.approx(len(told), rel=0.01)
    assert any("75.0 % of the places were taken, of sql" in one.sentence for one in by_prometheus.saturation)


def test_every_step_is_found_at_a_moment_that_is_no_whole_millisecond(
    measured: tuple[Daemon, list[Call]],
) -> None:
    hour, off = timedelta(hours=1), timedelta(microseconds=123_456)
    period = Period(BEGIN + hour + off, TODAY - hour + off)
    found = from_prometheus.measure(PrometheusConnector(measured[0].url), period)
    assert found.gaps == []
    assert sum(step.calls or 0 for step in found.steps) == pytest.approx(11 * 12 * 46, rel=0.02)


def test_the_report_says_where_it_is_from(measured: tuple[Daemon, list[Call]]) -> None:
    daemon, _ = measured
    report = performance(Sources(PrometheusConnector(daemon.url), _no_state), PERIOD)
    assert daemon.url in report.data["source"]
    assert report.data["slowest"] == ["ask", "query_sql"]
    assert report.data["before"]["calls"] == 0
    assert "value lies within the bounds" in report.markdown()


def test_a_prometheus_that_is_away_is_told_and_the_state_database_used(tmp_path: Path) -> None:
    state = StateDatabase(lambda: sqlite_engine(tmp_path / "state.db"))
    away = PrometheusConnector(f"http://127.0.0.1:{free_port()}")
    found = performance(Sources(away, lambda: state), PERIOD)
    assert any("does not answer" in line for line in found.summary)
    with pytest.raises(Unavailable, match="NBA_MCP_PROMETHEUS_URL"):
        performance(Sources(away, lambda: state), PERIOD, "prometheus")


def test_the_door_words_what_prometheus_refuses(measured: tuple[Daemon, list[Call]]) -> None:
    door = PrometheusConnector(measured[0].url)
    assert door.check().ok
    with pytest.raises(PrometheusRefused, match="parse error"):
        door.query("sum(", TODAY)


def _no_state() -> StateDatabase:
    raise AssertionError("the state database was opened")
