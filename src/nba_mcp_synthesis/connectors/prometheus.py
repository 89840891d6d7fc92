"""The door to Prometheus: what it measured, now and over a period."""

import http.client
import json
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from nba_mcp_synthesis.connectors.connector import Connector
from nba_mcp_synthesis.errors import Unavailable

_SECONDS = 30.0
_MOST_BYTES = 50_000_000
_HINT = (
    "Is NBA_MCP_PROMETHEUS_URL right? From outside the cluster: "
    "kubectl port-forward -n monitoring svc/monitoring-prometheus 9090:9090"
)


class PrometheusRefused(Unavailable):
    """Prometheus answers, and not to this query; the message has its own words."""


@dataclass(frozen=True, slots=True)
class Series:
    """Labels, and (Unix time, value) by time; an instant query gives one value a series."""

    labels: dict[str, str]
    values: tuple[tuple[float, float], ...]

    @property
    def last(self) -> float:
        """The newest value."""
        return self.values[-1][1]


class PrometheusConnector(Connector):
    """The HTTP API of one Prometheus."""

    name = "prometheus"
    what = "Prometheus"

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")

    def probe(self) -> None:
        """Asks for a number."""
        self.query("1", datetime.now().astimezone())

    def query(self, expr: str, at: datetime) -> list[Series]:
        """What an expression was at a moment; raises Unavailable, and PrometheusRefused for a wrong one."""
        found = self._call("query", {"query": expr, "time": f"{at.timestamp():.3f}"})
        if found["resultType"] == "scalar":
            return [Series({}, (_sample(found["result"]),))]
        return [Series(one["metric"], (_sample(one["value"]),)) for one in found["result"]]

    def query_range(self, expr: str, begin: datetime, end: datetime, step: float) -> list[Series]:
        """What an expression was from `begin` to `end`, both included, every `step` seconds."""
        span = {"start": f"{begin.timestamp():.3f}", "end": f"{end.timestamp():.3f}", "step": f"{step:g}"}
        found = self._call("query_range", {"query": expr, **span})
        return [Series(one["metric"], tuple(map(_sample, one["values"]))) for one in found["result"]]

    def _call(self, what: str, form: dict[str, str]) -> dict[str, Any]:
        request = urllib.request.Request(  # noqa: S310 - the setting takes http and https only
            f"{self.url}/api/v1/{what}", urllib.parse.urlencode(form).encode()
        )
        place = "{0.scheme}://{0.netloc}".format(urllib.parse.urlsplit(self.url))
        try:
            with urllib.request.urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310
                return dict(json.loads(answer.read(_MOST_BYTES))["data"])
        except urllib.error.HTTPError as error:
            with error:
                told = error.read(2_000).decode("utf-8", "replace")
            raise PrometheusRefused(
                f"Prometheus at {place} refused a query (HTTP {error.code}): {_said(told)}", _HINT
            ) from None
        except (OSError, http.client.HTTPException) as error:
            reason = getattr(error, "reason", None) or error
            raise Unavailable(f"Prometheus at {place} does not answer: {reason}.", _HINT) from None
        except (ValueError, KeyError, TypeError):
            raise Unavailable(f"What answers at {place} is no Prometheus.", _HINT) from None


def _sample(pair: list[Any]) -> tuple[float, float]:
    return float(pair[0]), float(pair[1])


def _said(text: str) -> str:
    """Prometheus's own words; some of its errors are no JSON."""
    try:
        return str(json.loads(text)["error"])
    except (ValueError, KeyError, TypeError):
        return text.strip() or "it did not say why."
