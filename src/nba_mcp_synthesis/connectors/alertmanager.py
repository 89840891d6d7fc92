"""The door to Alertmanager: its API v2, and what it counts. All members of a cluster are one door."""

import http.client
import json
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Sequence
from typing import Any

from nba_mcp_synthesis.connectors.connector import Connector
from nba_mcp_synthesis.errors import Unavailable, UsageError

_SECONDS = 4.0
_MOST_BYTES = 20_000_000
_COUNTED = {
    "alertmanager_notification_requests_total": "requests",
    "alertmanager_notification_requests_failed_total": "failed",
    "alertmanager_notifications_failed_total": "given up",
}
_HINT = (
    "Is NBA_MCP_ALERTMANAGER_URL right? From outside the cluster: "
    "kubectl port-forward -n monitoring svc/monitoring-alertmanager 9093:9093"
)


class AlertmanagerConnector(Connector):
    """Silences go to whichever member answers first; it tells the others. Alerts go to all of them."""

    name = "alertmanager"
    what = "Alertmanager"

    def __init__(self, urls: Sequence[str]) -> None:
        self.urls = tuple(urls)

    def probe(self) -> None:
        """Asks for its state."""
        self.status()

    def status(self) -> dict[str, Any]:
        """Its configuration, version and cluster; raises Unavailable where no member answers."""
        return dict(self._any("GET", "/api/v2/status"))

    def alerts(self, matchers: Sequence[str] = ()) -> list[dict[str, Any]]:
        """Alerts that fit all matchers, silenced and inhibited ones too; UsageError for a wrong matcher."""
        query = urllib.parse.urlencode([("filter", matcher) for matcher in matchers])
        return list(self._any("GET", f"/api/v2/alerts?{query}"))

    def silence(self, silence: dict[str, Any]) -> str:
        """Keeps alerts back; returns the id of the silence."""
        return str(self._any("POST", "/api/v2/silences", silence)["silenceID"])

    def end_silence(self, silence_id: str) -> None:
        """Ends a silence; UsageError where there is none of that id."""
        self._any("DELETE", f"/api/v2/silence/{urllib.parse.quote(silence_id, safe='')}")

    def send(self, alerts: list[dict[str, Any]]) -> None:
        """Sends alerts to every member, as Prometheus does; raises Unavailable where no one takes them."""
        self._each("POST", "/api/v2/alerts", alerts)

    def counted(self) -> dict[str, Counter[str]]:
        """By integration: `requests` made, `failed` ones, and notifications `given up`, over all members."""
        from prometheus_client.parser import text_string_to_metric_families

        found: dict[str, Counter[str]] = {}
        for text in self._each("GET", "/metrics"):
            for family in text_string_to_metric_families(text):
                for sample in family.samples:
                    if kind := _COUNTED.get(sample.name):
                        found.setdefault(sample.labels["integration"], Counter())[kind] += int(sample.value)
        return found

    def _any(self, method: str, path: str, body: Any = None) -> Any:
        """What the first member says that answers."""
        faults = []
        for url in self.urls:
            try:
                return json.loads(_call(method, url + path, body) or "null")
            except _NoAnswer as error:
                faults.append(str(error))
        raise Unavailable(" ".join(faults), _HINT)

    def _each(self, method: str, path: str, body: Any = None) -> list[str]:
        """What all members say that answer."""
        said, faults = [], []
        for url in self.urls:
            try:
                said.append(_call(method, url + path, body))
            except _NoAnswer as error:
                faults.append(str(error))
        if not said:
            raise Unavailable(" ".join(faults), _HINT)
        return said


class _NoAnswer(Exception):
    """This member is away; another may answer."""


def _call(method: str, url: str, body: Any) -> str:
    """The text of an answer; raises UsageError for what Alertmanager does not take."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(  # noqa: S310 - the setting takes http and https only
        url, data, {"Content-Type": "application/json"}, method=method
    )
    place = "{0.scheme}://{0.netloc}".format(urllib.parse.urlsplit(url))
    try:
        with urllib.request.urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310
            return str(answer.read(_MOST_BYTES).decode("utf-8", "replace"))
    except urllib.error.HTTPError as error:
        with error:
            told = error.read(2_000).decode("utf-8", "replace").strip()
        if error.code in (400, 404, 422):
            raise UsageError(f"Alertmanager refused that (HTTP {error.code}): {_said(told)}") from None
        raise _NoAnswer(f"{place} answered HTTP {error.code}.") from None
    except (OSError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", None) or error
        raise _NoAnswer(f"Alertmanager at {place} does not answer: {reason}.") from None


def _said(text: str) -> str:
    """Alertmanager's own words; some of its errors are JSON texts, some objects, some nothing."""
    try:
        found = json.loads(text)
    except ValueError:
        return text or "it did not say why."
    return str(found.get("message", found)) if isinstance(found, dict) else str(found)
