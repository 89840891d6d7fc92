"""A test alert, sent the way of real ones, and what Alertmanager says of its delivery.

Alertmanager counts each request to PagerDuty and Slack, and whether it was taken (2xx). The counts are of all
alerts: where others were sent in the same moments, that is said, since one of theirs may have been counted.
"""

import contextlib
import socket
import time
import uuid
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import yaml

from nba_mcp_synthesis.connectors.alertmanager import AlertmanagerConnector
from nba_mcp_synthesis.errors import Unavailable, UsageError
from nba_mcp_synthesis.operations.monitoring.alertmanager import TEST_ALERT

# Where each severity has to arrive, whatever is configured.
WANTED: Mapping[str, frozenset[str]] = {
    "P1": frozenset({"pagerduty", "slack"}),
    "P2": frozenset({"pagerduty", "slack"}),
    "P3": frozenset({"slack"}),
    "P4": frozenset({"slack"}),
}
_EVERY = 0.5  # seconds between two looks
_END_SECONDS = 30.0  # for the message that the test is over
_LIFE = timedelta(minutes=5)  # if this program dies, the test ends by itself


@dataclass(frozen=True, slots=True)
class Way:
    """One integration that the alert had to go by."""

    integration: str
    delivered: bool
    message: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of a test alert."""

    test: str
    severity: str
    receivers: tuple[str, ...]
    ways: tuple[Way, ...]
    seconds: float

    @property
    def ok(self) -> bool:
        """Whether it arrived by every way that its severity wants."""
        return all(way.delivered for way in self.ways)

    def as_dict(self) -> dict[str, Any]:
        """The fields, for JSON."""
        return {**asdict(self), "delivered": self.ok}


def deliver(
    door: AlertmanagerConnector,
    severity: str,
    wait: float,
    advance: Callable[[int], None] = lambda _: None,
) -> Delivery:
    """Sends a test alert, waits until it is delivered or given up, and ends it. Raises Unavailable."""
    if severity not in WANTED:
        raise UsageError(f"{severity} is no severity.", "There are P1, P2, P3 and P4.")
    before, started = door.counted(), time.monotonic()
    alert = _alert(severity)
    test = alert["labels"]["test"]
    door.send([alert])
    try:
        ways = _watch(door, WANTED[severity], before, wait, advance)
        found, ending = _routed(door, test), door.counted()
    finally:
        door.send([{**alert, "endsAt": _stamp(datetime.now(UTC))}])
    done = Delivery(test, severity, _names(found), _judged(ways, found, door), time.monotonic() - started)
    _await_end(door, {name for name, count in ways.items() if _taken(count) > 0}, ending)
    return done


def _await_end(
    door: AlertmanagerConnector, delivered: Collection[str], before: Mapping[str, Counter[str]]
) -> None:
    """The end is sent too: until it is, the next test would take that for its own delivery."""
    if delivered:
        with contextlib.suppress(Unavailable):  # what was found of the delivery stays true
            _watch(door, delivered, before, _END_SECONDS)


def _watch(
    door: AlertmanagerConnector,
    wanted: Collection[str],
    before: Mapping[str, Counter[str]],
    wait: float,
    advance: Callable[[int], None] = lambda _: None,
) -> dict[str, Counter[str]]:
    """What was counted since for each wanted way, when all are settled or the time is over."""
    started = time.monotonic()
    while True:
        now = door.counted()
        since = {way: now.get(way, Counter()) - before.get(way, Counter()) for way in sorted(wanted)}
        passed = time.monotonic() - started
        advance(int(passed))
        if all(_taken(count) > 0 or count["given up"] for count in since.values()) or passed >= wait:
            return since
        time.sleep(_EVERY)


def _taken(count: Counter[str]) -> int:
    return count["requests"] - count["failed"]


def _judged(
    ways: dict[str, Counter[str]], found: dict[str, Any] | None, door: AlertmanagerConnector
) -> tuple[Way, ...]:
    """A verdict and a sentence for each way."""
    reachable = _integrations(door.status()["config"]["original"], _names(found))
    held = _held_back(found)
    return tuple(_way(name, count, name in reachable, held) for name, count in ways.items())


def _way(name: str, count: Counter[str], reachable: bool, held: str) -> Way:  # noqa: FBT001 - private
    if not reachable:
        return Way(name, False, f"No receiver of this severity sends to {name}.")  # noqa: FBT003
    if held:
        return Way(name, False, held)  # noqa: FBT003
    taken = _taken(count)
    if taken <= 0:
        tried = f"{count['failed']} requests failed" if count["failed"] else "no request was made in time"
        return Way(name, False, f"Not delivered: {tried}. Alertmanager's log has the reason.")  # noqa: FBT003
    failed = f", after {count['failed']} that failed" if count["failed"] else ""
    others = " Other alerts were sent in these moments, and are counted too." if taken > 1 else ""
    return Way(name, True, f"{name} took {taken} request{'s' * (taken > 1)}{failed}.{others}")  # noqa: FBT003


def _alert(severity: str) -> dict[str, Any]:
    now = datetime.now(UTC)
    return {
        "labels": {
            "alertname": TEST_ALERT,
            "severity": severity,
            "service": "nba-mcp-synthesis",
            "test": uuid.uuid4().hex[:12],
        },
        "annotations": {
            "summary": "Test of the alert channels",
            "description": f"Nothing is wrong. Sent by `nba-mcp ops alerts test` on {socket.gethostname()}.",
        },
        "startsAt": _stamp(now),
        "endsAt": _stamp(now + _LIFE),
    }


def _routed(door: AlertmanagerConnector, test: str) -> dict[str, Any] | None:
    """The alert as Alertmanager has it, with its receivers."""
    found = door.alerts([f'test="{test}"'])
    return found[0] if found else None


def _names(found: dict[str, Any] | None) -> tuple[str, ...]:
    return tuple(sorted(receiver["name"] for receiver in found["receivers"])) if found else ()


def _held_back(found: dict[str, Any] | None) -> str:
    """Why it was not sent although it could have been; empty where nothing keeps it back."""
    status = found["status"] if found else {}
    if status.get("silencedBy"):
        return f"Silenced by {', '.join(status['silencedBy'])}: end that, or wait."
    return "Kept back because a worse alert is on." if status.get("inhibitedBy") else ""


def _integrations(config: str, receivers: tuple[str, ...]) -> set[str]:
    """What these receivers send to, by Alertmanager's own configuration."""
    read = yaml.safe_load(config)
    mine = [receiver for receiver in read["receivers"] if receiver["name"] in receivers]
    return {key.removesuffix("_configs") for receiver in mine for key in receiver if key.endswith("_configs")}


def _stamp(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds")
