"""Metrics as data: names and labels, gauges of unknown value, exemplars, and figures out of buckets."""

import random
from pathlib import Path
from typing import get_type_hints

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics
from prometheus_client.parser import text_string_to_metric_families as plain

from nba_mcp_synthesis.telemetry.figures import buckets, quantile, within
from nba_mcp_synthesis.telemetry.logs import trace_context
from nba_mcp_synthesis.telemetry.metrics import UNKNOWN, Metrics, catalogue

ROOT = Path(__file__).resolve().parents[2]
OPENMETRICS = "application/openmetrics-text;version=1.0.0;q=0.8,text/plain;version=0.0.4;q=0.5"
# Dashboards, rules and runbooks rely on them.
FIXED = {
    "nba_mcp_active_connections": [],
    "nba_mcp_active_users": [],
    "nba_mcp_answer_duration_seconds": ["by"],
    "nba_mcp_answers_total": ["status", "by"],
    "nba_mcp_backup_duration_seconds": ["database"],
    "nba_mcp_backup_last_failure_timestamp_seconds": ["database"],
    "nba_mcp_backup_last_success_timestamp_seconds": ["database"],
    "nba_mcp_backup_last_verified_timestamp_seconds": ["database"],
    "nba_mcp_backup_size_bytes": ["database"],
    "nba_mcp_build_info": ["version", "revision"],
    "nba_mcp_certificate_expiry_timestamp_seconds": ["host"],
    "nba_mcp_claims_total": ["outcome"],
    "nba_mcp_cost_usd_total": ["voice"],
    "nba_mcp_data_age_seconds": [],
    "nba_mcp_db_pool_connections": ["pool", "state"],
    "nba_mcp_db_up": [],
    "nba_mcp_http_request_duration_seconds": ["method", "path"],
    "nba_mcp_http_requests_total": ["method", "path", "status"],
    "nba_mcp_model_request_duration_seconds": ["voice"],
    "nba_mcp_model_requests_total": ["voice", "outcome"],
    "nba_mcp_model_tokens_total": ["voice", "direction"],
    "nba_mcp_places": ["lane"],
    "nba_mcp_places_taken": ["lane"],
    "nba_mcp_redis_up": [],
    "nba_mcp_rows_loaded_total": ["source"],
    "nba_mcp_s3_bytes_total": ["operation"],
    "nba_mcp_s3_operation_duration_seconds": ["operation", "outcome"],
    "nba_mcp_secret_age_seconds": ["secret"],
    "nba_mcp_secret_last_rotation_timestamp_seconds": ["secret"],
    "nba_mcp_secret_max_age_seconds": ["secret"],
    "nba_mcp_secret_valid": ["secret"],
    "nba_mcp_state_up": [],
    "nba_mcp_tool_calls_total": ["tool", "outcome"],
    "nba_mcp_tool_duration_seconds": ["tool"],
}


def test_names_and_labels_stay() -> None:
    """Whoever renames one breaks dashboards that nobody looks at now."""
    told = {row["name"]: row["labels"] for row in catalogue().values()}
    assert FIXED.items() <= told.items()


def test_the_data_and_the_annotations_name_the_same_metrics() -> None:
    """Each row of the file is a metric of the class; units and suffixes are as Prometheus wants them."""
    assert catalogue().keys() == get_type_hints(Metrics).keys()
    for row in catalogue().values():
        assert row["name"].startswith("nba_mcp_")
        assert (row["kind"] == "counter") == row["name"].endswith("_total")
        assert row["help"].endswith(".")
        assert bool(row["buckets"]) == (row["kind"] == "histogram")


def test_the_page_of_metrics_is_made_of_them() -> None:
    """`python scripts/metrics_page.py` writes it."""
    from scripts.metrics_page import page  # noqa: PLC0415

    assert (ROOT / "docs/metrics.md").read_text("utf-8") == page()


def test_a_gauge_of_unknown_value_has_no_sample() -> None:
    """A rule that compares finds nothing, rather than a zero that nobody measured."""
    metrics = Metrics()
    told = metrics.exposition().decode()
    for name in ("nba_mcp_data_age_seconds", "nba_mcp_redis_up", "nba_mcp_db_up", "nba_mcp_state_up"):
        assert f"\n{name} " not in told
    metrics.data_age.set(7)
    assert "\nnba_mcp_data_age_seconds 7.0\n" in metrics.exposition().decode()
    metrics.data_age.set(UNKNOWN)
    assert "\nnba_mcp_data_age_seconds " not in metrics.exposition().decode()


def test_process_and_runtime_are_measured() -> None:
    """By the names that every dashboard of Python knows."""
    names = {family.name for family in plain(Metrics("abc123").exposition().decode())}
    assert {"process_resident_memory_bytes", "process_cpu_seconds", "python_gc_collections"} <= names


def test_a_time_has_its_trace_as_exemplar_where_openmetrics_is_wanted() -> None:
    """Plain text is as before; both parse, and say the same numbers."""
    metrics = Metrics()
    metrics.http_answered("GET", "/", 200, 0.003)
    with trace_context("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"):
        metrics.http_answered("GET", "/", 200, 0.3)
    text, text_type = metrics.negotiated("text/plain")
    rich, rich_type = metrics.negotiated(OPENMETRICS)
    assert text_type.startswith("text/plain")
    assert rich_type.startswith("application/openmetrics-text")
    assert "4bf92f35" not in text.decode()
    told = {
        (sample.name, *sorted(sample.labels.items())): sample
        for family in openmetrics(rich.decode())  # type: ignore[no-untyped-call]
        for sample in family.samples
        if sample.name == "nba_mcp_http_request_duration_seconds_bucket"
    }
    marked = [sample for sample in told.values() if sample.exemplar]
    assert [sample.labels["le"] for sample in marked] == ["0.5"]
    assert marked[0].exemplar is not None
    assert marked[0].exemplar.labels == {"trace_id": "4bf92f3577b34da6a3ce929d0e0e4736"}
    for family in plain(text.decode()):
        for sample in family.samples:
            key = (sample.name, *sorted(sample.labels.items()))
            assert key not in told or told[key].value == sample.value


@pytest.mark.parametrize("share", [0.5, 0.95, 0.99])
def test_a_quantile_is_within_its_bucket(share: float) -> None:
    """The exact quantile of the values lies in the bucket that the figure was taken from."""
    metrics, chance = Metrics(), random.Random(7)
    values = sorted(chance.lognormvariate(-3, 1.5) for _ in range(2_000))
    for value in values:
        metrics.tool_called("ask", "ok", value)
    counted = buckets(metrics.tool_seconds)
    bounds = [0.0, *(bound for bound, _ in counted)]
    exact, told = values[int(share * len(values)) - 1], quantile(counted, share)
    assert told is not None
    at = next(n for n, bound in enumerate(bounds) if exact <= bound)
    assert bounds[at - 1] <= told <= bounds[at]
    below = within(counted, 0.5)
    assert below == sum(value <= 0.5 for value in values) / len(values)


def test_of_nothing_there_is_no_figure() -> None:
    """No time counted is not a time of zero; beyond the last bound it is that bound."""
    metrics = Metrics()
    assert quantile(buckets(metrics.tool_seconds), 0.5) is None
    assert within(buckets(metrics.tool_seconds), 0.5) is None
    metrics.tool_called("ask", "ok", 1_000)
    assert quantile(buckets(metrics.tool_seconds), 0.5) == 30
