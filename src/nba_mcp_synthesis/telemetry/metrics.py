"""Metrics: the only place that names them. What each is called and means is data, in metrics.toml."""

import math
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from typing import Any, get_type_hints

import prometheus_client
from prometheus_client import (
    CollectorRegistry,
    Counter,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST, choose_encoder, generate_latest
from prometheus_client.metrics_core import Metric

from nba_mcp_synthesis.facts import BackupState, ModelCall
from nba_mcp_synthesis.telemetry.logs import current_trace

__all__ = ["CONTENT_TYPE_LATEST", "UNKNOWN", "Gauge", "Metrics", "catalogue"]

# What a gauge is set to of which nothing is known.
UNKNOWN = math.nan


class Gauge(prometheus_client.Gauge):
    """A gauge that has no sample while its value is UNKNOWN, so that no rule takes it for a figure."""

    def collect(self) -> Iterable[Metric]:
        """The samples that have a value."""
        for family in super().collect():
            family.samples = [sample for sample in family.samples if not math.isnan(sample.value)]
            yield family


_KINDS: Mapping[str, type[Counter | Gauge | Histogram]] = {
    "counter": Counter,
    "gauge": Gauge,
    "histogram": Histogram,
}
_OPENMETRICS = "application/openmetrics-text"


@cache
def catalogue() -> Mapping[str, Mapping[str, Any]]:
    """What metrics.toml says of each metric, by the name that the code knows it under."""
    read = tomllib.loads(files("nba_mcp_synthesis.telemetry").joinpath("metrics.toml").read_text("utf-8"))
    metrics: dict[str, dict[str, Any]] = read["metrics"]
    return {
        key: {"labels": [], **row, "buckets": read["buckets"].get(row.get("buckets"), ())}
        for key, row in metrics.items()
    }


class Metrics:
    """The metrics of one server, in a registry of their own."""

    build_info: Gauge
    http_requests: Counter
    http_seconds: Histogram
    active_connections: Gauge
    active_users: Gauge
    auth_failures: Counter
    tool_calls: Counter
    tool_seconds: Histogram
    calls_refused: Counter
    calls_waiting: Gauge
    places_taken: Gauge
    places: Gauge
    answers: Counter
    answer_seconds: Histogram
    claims: Counter
    cache_requests: Counter
    model_requests: Counter
    model_seconds: Histogram
    model_tokens: Counter
    cost: Counter
    db_up: Gauge
    db_connections: Gauge
    data_age: Gauge
    game_age: Gauge
    data_simulated: Gauge
    rows_loaded: Counter
    s3_seconds: Histogram
    s3_bytes: Counter
    state_up: Gauge
    state_entries: Counter
    state_lost: Counter
    state_waiting_bytes: Gauge
    redis_up: Gauge
    secret_valid: Gauge
    secret_age_seconds: Gauge
    secret_max_age_seconds: Gauge
    secret_rotated: Gauge
    certificate_expiry: Gauge
    backup_succeeded: Gauge
    backup_verified: Gauge
    backup_failed: Gauge
    backup_bytes: Gauge
    backup_seconds: Gauge

    def __init__(self, revision: str = "unknown") -> None:
        self.registry = CollectorRegistry()
        for key, kind in get_type_hints(type(self)).items():
            setattr(self, key, _made(key, kind, self.registry))
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=self.registry)
        self.build_info.labels(version("nba-mcp-synthesis"), revision).set(1)

    def http_answered(self, method: str, path: str, status: int, seconds: float) -> None:
        """Counts one request; method and path must be of a few that are known."""
        self.http_requests.labels(method, path, str(status)).inc()
        observe(self.http_seconds.labels(method, path), seconds)

    def tool_called(self, tool: str, outcome: str, seconds: float) -> None:
        """Counts one call of a tool that is known."""
        self.tool_calls.labels(tool, outcome).inc()
        observe(self.tool_seconds.labels(tool), seconds)

    def s3_called(self, operation: str, seconds: float, size: int, outcome: str) -> None:
        """Counts one operation on S3."""
        observe(self.s3_seconds.labels(operation, outcome), seconds)
        self.s3_bytes.labels(operation).inc(size)

    def models_known(self, outcomes: Iterable[tuple[str, str]]) -> None:
        """Requests begin with 0 by (voice, outcome): of a series Prometheus sees only the growth."""
        for voice, outcome in outcomes:
            self.model_requests.labels(voice, outcome)

    def model_called(self, call: ModelCall) -> None:
        """Counts one request to a model."""
        self.model_requests.labels(call.voice, call.outcome).inc()
        observe(self.model_seconds.labels(call.voice), call.seconds)
        self.model_tokens.labels(call.voice, "in").inc(call.input_tokens)
        self.model_tokens.labels(call.voice, "out").inc(call.output_tokens)
        self.cost.labels(call.voice).inc(call.cost_usd)

    def answered(self, answer: Mapping[str, Any], seconds: float) -> None:
        """Counts one answer in its JSON shape, and the time from its question."""
        asked = len(answer["voices"]) > 1
        by = "cache" if answer["cached"] else "models" if asked else "analyst"
        self.answers.labels(answer["status"], by).inc()
        observe(self.answer_seconds.labels(by), seconds)
        if asked and not answer["cached"]:
            self.claims.labels("kept").inc(len(answer["values"]))
            self.claims.labels("dropped").inc(len(answer["dissent"]))

    def backup_seen(self, state: BackupState) -> None:
        """Tells how the backups of a database stand; what there is none of has no sample."""
        for gauge, value in (
            (self.backup_succeeded, state.last_success),
            (self.backup_verified, state.last_verified),
            (self.backup_failed, state.last_failure),
            (self.backup_bytes, state.size_bytes),
            (self.backup_seconds, state.duration_seconds),
        ):
            gauge.labels(state.database).set(UNKNOWN if value is None else value)

    def exposition(self) -> bytes:
        """All metrics in the text format of Prometheus."""
        return generate_latest(self.registry)

    def negotiated(self, accept: str) -> tuple[bytes, str]:
        """(all metrics, content type): as text, or as OpenMetrics with exemplars where that is wanted."""
        if _OPENMETRICS not in accept:
            return self.exposition(), CONTENT_TYPE_LATEST
        encode, content_type = choose_encoder(accept)
        return encode(self.registry), content_type


def observe(histogram: Histogram, seconds: float) -> None:
    """Adds a time, with the trace that it belongs to as its exemplar where there is one."""
    trace_id = current_trace()
    histogram.observe(seconds, {"trace_id": trace_id} if trace_id else None)


def _made(key: str, kind: type, registry: CollectorRegistry) -> Counter | Gauge | Histogram:
    """The metric of that row; TypeError where the row is of another kind than the code expects."""
    row = catalogue()[key]
    if _KINDS[row["kind"]] is not kind:
        raise TypeError(f"metrics.toml has {key} as a {row['kind']}")
    about = row["name"], row["help"], row["labels"]
    if kind is Histogram:
        return Histogram(*about, registry=registry, buckets=row["buckets"])
    if kind is Counter:
        return Counter(*about, registry=registry)
    made = Gauge(*about, registry=registry)
    if row.get("unknown_at_first"):
        made.set(UNKNOWN)
    return made
