"""Metrics: the only place that names them."""

from collections.abc import Mapping
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from nba_mcp_synthesis.facts import BackupState, ModelCall

__all__ = ["CONTENT_TYPE_LATEST", "Metrics"]

_MODEL_SECONDS = (0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60, 120)
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)

# (field of BackupState, name, meaning)
_BACKUPS = (
    (
        "last_success",
        "last_success_timestamp_seconds",
        "Moment that the newest complete backup has the state of.",
    ),
    (
        "last_verified",
        "last_verified_timestamp_seconds",
        "Moment that the newest backup which was proven to restore has the state of.",
    ),
    (
        "last_failure",
        "last_failure_timestamp_seconds",
        "Moment at which a backup, verification or drill failed last.",
    ),
    ("size_bytes", "size_bytes", "Bytes of the newest complete backup."),
    ("duration_seconds", "duration_seconds", "Time that the newest complete backup took."),
)


class Metrics:
    """The metrics of one server, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.http_requests = Counter(
            "nba_mcp_http_requests_total",
            "HTTP requests answered.",
            ["method", "path", "status"],
            registry=self.registry,
        )
        self.http_seconds = Histogram(
            "nba_mcp_http_request_duration_seconds",
            "Time from request to the end of its response.",
            ["method", "path"],
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.active_connections = Gauge(
            "nba_mcp_active_connections",
            "HTTP requests being answered now.",
            registry=self.registry,
        )
        self.auth_failures = Counter(
            "nba_mcp_auth_failures_total",
            "Requests that were refused before any work, by reason.",
            ["reason"],
            registry=self.registry,
        )
        self.tool_calls = Counter(
            "nba_mcp_tool_calls_total",
            "MCP tool calls, by outcome: ok or the code of the error.",
            ["tool", "outcome"],
            registry=self.registry,
        )
        self.tool_seconds = Histogram(
            "nba_mcp_tool_duration_seconds",
            "Time that tool calls took.",
            ["tool"],
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.calls_refused = Counter(
            "nba_mcp_calls_refused_total",
            "Calls turned away: rate_calls, rate_asks, rate_sql; queue or caller_queue, where that was full; "
            "wait, where it was too long.",
            ["reason"],
            registry=self.registry,
        )
        self.calls_waiting = Gauge(
            "nba_mcp_calls_waiting", "Calls that wait for a place.", ["lane"], registry=self.registry
        )
        self.places_taken = Gauge(
            "nba_mcp_places_taken", "Places that calls hold now.", ["lane"], registry=self.registry
        )
        self.active_users = Gauge(
            "nba_mcp_active_users",
            "Callers who made a call within the last five minutes.",
            registry=self.registry,
        )
        self.db_up = Gauge(
            "nba_mcp_db_up", "1 while the warehouse can be read, else 0.", registry=self.registry
        )
        self.secret_valid = Gauge(
            "nba_mcp_secret_valid",
            "1 while a secret that is needed or held is as its manifest says, else 0.",
            ["secret"],
            registry=self.registry,
        )
        self.secret_age_seconds = Gauge(
            "nba_mcp_secret_age_seconds",
            "Age of a secret, where its place keeps it.",
            ["secret"],
            registry=self.registry,
        )

        self.state_up = Gauge(
            "nba_mcp_state_up", "1 while records reach the state database, else 0.", registry=self.registry
        )
        self.state_entries = Counter(
            "nba_mcp_state_entries_total", "Records stored in the state database.", registry=self.registry
        )
        self.state_lost = Counter(
            "nba_mcp_state_lost_total",
            "Records that neither disk, memory nor database could take.",
            registry=self.registry,
        )
        self.state_waiting_bytes = Gauge(
            "nba_mcp_state_waiting_bytes",
            "Bytes of records that wait on disk for the state database.",
            registry=self.registry,
        )
        self.cache_requests = Counter(
            "nba_mcp_cache_requests_total",
            "Answers looked for in the cache: hit or miss, in redis or memory.",
            ["place", "outcome"],
            registry=self.registry,
        )
        self.redis_up = Gauge(
            "nba_mcp_redis_up",
            "1 while Redis, where one is configured, answers, else 0.",
            registry=self.registry,
        )

        self.model_requests = Counter(
            "nba_mcp_model_requests_total",
            "Requests to models, by outcome: ok or the kind of the fault.",
            ["voice", "outcome"],
            registry=self.registry,
        )
        self.model_seconds = Histogram(
            "nba_mcp_model_request_duration_seconds",
            "Time that requests to models took.",
            ["voice"],
            buckets=_MODEL_SECONDS,
            registry=self.registry,
        )
        self.model_tokens = Counter(
            "nba_mcp_model_tokens_total", "Tokens of models.", ["voice", "direction"], registry=self.registry
        )
        self.cost = Counter(
            "nba_mcp_cost_usd_total", "Dollars that models cost.", ["voice"], registry=self.registry
        )
        self.answers = Counter(
            "nba_mcp_answers_total",
            "Answers given: answered, refused or asked_back, by who was followed: analyst, models or cache.",
            ["status", "by"],
            registry=self.registry,
        )
        self.claims = Counter(
            "nba_mcp_claims_total",
            "Claims of models: kept, or dropped because no query shows them.",
            ["outcome"],
            registry=self.registry,
        )

        self.s3_seconds = Histogram(
            "nba_mcp_s3_operation_duration_seconds",
            "Time of one operation on S3, by outcome: ok or the reason.",
            ["operation", "outcome"],
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.s3_bytes = Counter(
            "nba_mcp_s3_bytes_total",
            "Bytes read from and written to S3.",
            ["operation"],
            registry=self.registry,
        )

        self.backup_gauges = {
            field: Gauge(f"nba_mcp_backup_{name}", about, ["database"], registry=self.registry)
            for field, name, about in _BACKUPS
        }

    def backup_seen(self, state: BackupState) -> None:
        """Tells how the backups of a database stand; what there is none of has no sample."""
        for field, gauge in self.backup_gauges.items():
            value = getattr(state, field)
            if value is not None:
                gauge.labels(state.database).set(value)
            elif (state.database,) in gauge._metrics:  # noqa: SLF001 - there is no other way to ask
                gauge.remove(state.database)

    def s3_called(self, operation: str, seconds: float, size: int, outcome: str) -> None:
        """Counts one operation on S3."""
        self.s3_seconds.labels(operation, outcome).observe(seconds)
        self.s3_bytes.labels(operation).inc(size)

    def model_called(self, call: ModelCall) -> None:
        """Counts one request to a model."""
        self.model_requests.labels(call.voice, call.outcome).inc()
        self.model_seconds.labels(call.voice).observe(call.seconds)
        self.model_tokens.labels(call.voice, "in").inc(call.input_tokens)
        self.model_tokens.labels(call.voice, "out").inc(call.output_tokens)
        self.cost.labels(call.voice).inc(call.cost_usd)

    def answered(self, answer: Mapping[str, Any]) -> None:
        """Counts one answer in its JSON shape."""
        asked = len(answer["voices"]) > 1
        by = "cache" if answer["cached"] else "models" if asked else "analyst"
        self.answers.labels(answer["status"], by).inc()
        if asked and not answer["cached"]:
            self.claims.labels("kept").inc(len(answer["values"]))
            self.claims.labels("dropped").inc(len(answer["dissent"]))

    def exposition(self) -> bytes:
        """All metrics in the Prometheus text format."""
        return generate_latest(self.registry)
