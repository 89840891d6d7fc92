"""The overview of one server process, for people: what /status says."""

import time
import tomllib
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from typing import Any

from nba_mcp_synthesis.errors import NbaMcpError
from nba_mcp_synthesis.server.data_watch import DataWatch
from nba_mcp_synthesis.server.requests import PROBES
from nba_mcp_synthesis.settings import Settings
from nba_mcp_synthesis.telemetry.figures import Labels, buckets, quantile, samples, total, within
from nba_mcp_synthesis.telemetry.metrics import Metrics

_QUANTILES = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
_CALL_SECONDS, _ANSWER_SECONDS = 0.5, 30.0
# Answers of a day by status.
Today = Callable[[date], Mapping[str, int]]


@cache
def objectives() -> Mapping[str, Mapping[str, Any]]:
    """What the service is to achieve, by name."""
    return tomllib.loads(files("nba_mcp_synthesis.telemetry").joinpath("objectives.toml").read_text("utf-8"))


def no_probe(labels: Labels) -> bool:
    """Whether a series is of requests that somebody waits for."""
    return labels["path"] not in PROBES


class Overview:
    """What is known of this process; `today` counts the answers of a day in the state database."""

    def __init__(self, metrics: Metrics, data: DataWatch, settings: Settings, today: Today | None) -> None:
        self._metrics, self._data, self._today = metrics, data, today
        self._revision, self._context = settings.revision, settings.context
        self._started = time.monotonic()

    def told(self, health: Mapping[str, Any]) -> dict[str, Any]:
        """For JSON, with what /health says; it may wait for the databases."""
        self._data.look()
        warehouse = health["dependencies"]["warehouse"]
        loaded = self._data.loaded_at()
        age = round((datetime.now(UTC) - loaded).total_seconds(), 1) if loaded else None
        keys = ("snapshot", "data_as_of", "simulated")
        data = {key: warehouse[key] for key in keys} if warehouse["status"] == "ok" else None
        return {
            "status": health["status"],
            "version": version("nba-mcp-synthesis"),
            "revision": self._revision,
            "context": self._context,
            "uptime_seconds": round(time.monotonic() - self._started, 1),
            "dependencies": health["dependencies"],
            "data": {**data, "age_seconds": age} if data else None,
            "objectives": self._objectives(age, simulated=bool(data and data["simulated"])),
            "answers": {"today": self._answers_today(), "since_start": self._answers()},
            "latency": self._latency(),
            "places": self._places(),
            "active_connections": int(_value(self._metrics, "nba_mcp_active_connections")),
            "active_users": int(_value(self._metrics, "nba_mcp_active_users")),
        }

    def _objectives(self, age: float | None, *, simulated: bool) -> list[dict[str, Any]]:
        """Each with its value now; None, and nothing to judge, where nothing was counted."""
        measured = {
            "availability": self._availability(),
            "calls": within(buckets(self._metrics.tool_seconds), _CALL_SECONDS),
            "answers": within(buckets(self._metrics.answer_seconds), _ANSWER_SECONDS),
            "verified": self._verified(),
            "freshness": None if simulated else age,  # an invented league does not grow old
        }
        return [_judged(name, row, measured[name]) for name, row in objectives().items()]

    def _availability(self) -> float | None:
        counted = samples(self._metrics.http_requests, "total", no_probe)
        whole = sum(sample.value for sample in counted)
        failed = sum(sample.value for sample in counted if sample.labels["status"].startswith("5"))
        return 1 - failed / whole if whole else None

    def _verified(self) -> float | None:
        claims = self._metrics.claims
        whole = total(claims)
        return total(claims, lambda labels: labels["outcome"] == "kept") / whole if whole else None

    def _answers(self) -> list[dict[str, Any]]:
        counted = samples(self._metrics.answers, "total")
        return [{**sample.labels, "count": int(sample.value)} for sample in counted]

    def _answers_today(self) -> list[dict[str, Any]] | None:
        """None where the state database is away."""
        if self._today is None:
            return []
        try:
            found = self._today(datetime.now(UTC).date())
        except NbaMcpError:  # the state database has a line of its own in what /health says
            return None
        return [{"status": status, "count": count} for status, count in found.items()]

    def _latency(self) -> list[dict[str, Any]]:
        of = (
            ("requests", buckets(self._metrics.http_seconds, no_probe)),
            ("calls of tools", buckets(self._metrics.tool_seconds)),
            ("answers", buckets(self._metrics.answer_seconds)),
        )
        return [
            {"about": about, "count": int(counted[-1][1]) if counted else 0}
            | {name: quantile(counted, share) for name, share in _QUANTILES.items()}
            for about, counted in of
        ]

    def _places(self) -> list[dict[str, Any]]:
        names = ("places_taken", "places", "calls_waiting")
        found: dict[str, dict[str, Any]] = {}
        for name in names:
            for family in getattr(self._metrics, name).collect():
                for sample in family.samples:
                    found.setdefault(sample.labels["lane"], {})[name] = int(sample.value)
        return [
            {
                "lane": lane,
                "taken": row["places_taken"],
                "places": row["places"],
                "waiting": row["calls_waiting"],
            }
            for lane, row in found.items()
        ]


def _value(metrics: Metrics, name: str) -> float:
    return metrics.registry.get_sample_value(name) or 0.0


def _judged(name: str, row: Mapping[str, Any], value: float | None) -> dict[str, Any]:
    objective = row["objective"]
    holds = None if value is None else (value >= objective if row["unit"] == "share" else value <= objective)
    return {"name": name, **row, "value": value, "holds": holds}
