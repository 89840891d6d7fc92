"""A real Prometheus and two Alertmanagers over a real server: faults page once, and their ends arrive."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from running import Running, running
from secret_ground import FITTING
from server.test_serve import modern
from servers.killable import KillablePostgres
from servers.leagues import load_small
from servers.monitoring import (
    JOB,
    Daemon,
    Pages,
    alertmanagers,
    loaded,
    pages,
    prometheus,
    short_routes,
    short_rules,
    until,
)

pytestmark = pytest.mark.system
HOLD = 2  # seconds that stand for each rule's minutes
ARRIVES = HOLD + 30


@dataclass
class Ground:
    """Everything that runs."""

    server: Running
    database: KillablePostgres
    secret: Path
    prometheus: Daemon
    members: list[Daemon]
    peers: Pages


@pytest.fixture
def ground(killable_postgres: KillablePostgres, tmp_path: Path) -> Iterator[Ground]:
    """A server on PostgreSQL with a mounted secret, scraped, with two Alertmanagers behind."""
    url = killable_postgres.server.url() + "?sslmode=disable"
    load_small(url, tmp_path)
    mounts = tmp_path / "mounts"
    mounts.mkdir()
    secret = mounts / "PAGERDUTY_ROUTING_KEY"
    secret.write_text(FITTING["PAGERDUTY_ROUTING_KEY"])
    said = {
        "NBA_MCP_WAREHOUSE_URL": url,
        "NBA_MCP_HOME": str(tmp_path / "home"),
        "NBA_MCP_SECRETS_MOUNTS": str(mounts),
        "NBA_MCP_SECRETS_REFRESH_SECONDS": "0.5",
        "NBA_MCP_LAKE_URL": str(tmp_path / "no-lake"),
    }
    data = loaded()
    with (
        running(tmp_path, **said) as server,
        pages() as peers,
        alertmanagers(tmp_path, short_routes(data, peers, tmp_path), 2) as members,
        prometheus(
            tmp_path,
            short_rules(data, HOLD),
            {JOB: [server.url.removeprefix("http://")]},
            members,
        ) as found,
    ):
        until(lambda: found.query('up{job="nba-mcp-synthesis-service"} == 1'), log=found.log)
        yield Ground(server, killable_postgres, secret, found, members, peers)


def calls(server: Running, tool: str, times: int) -> None:
    """So many calls of a tool."""
    for _ in range(times):
        modern(server, "tools/call", name=tool, arguments={})


def paged(ground: Ground, alert: str, severity: str, channel: str, summary: str) -> str:
    """Waits for a page of an alert, and gives its deduplication key."""
    until(lambda: ground.peers.of(alert), ARRIVES, ground.prometheus.log)
    until(lambda: ground.peers.told(summary, channel), ARRIVES)
    event = ground.peers.of(alert)[0]
    assert event["payload"]["severity"] == severity
    assert event["links"][0]["href"].endswith(f"/{alert}.md")
    return str(event["dedup_key"])


def ended(ground: Ground, alert: str, key: str, channel: str, summary: str) -> None:
    """Waits for the end of an alert: one page, one end, of one incident; the same once in Slack."""
    until(lambda: ground.peers.of(alert, "resolve"), ARRIVES + 10, ground.prometheus.log)
    until(lambda: ground.peers.told(summary, channel, "good"), ARRIVES)
    events = ground.peers.of(alert) + ground.peers.of(alert, "resolve")
    assert [event["dedup_key"] for event in events] == [key, key]
    assert len(ground.peers.told(summary, channel)) == 2


@pytest.mark.timeout(240)
@pytest.mark.requirement("SYS-ALERTING")
@pytest.mark.requirement("MON-ALERTS")
def test_each_fault_pages_once_and_so_does_its_end(ground: Ground) -> None:
    """By two Alertmanagers, which know of each other."""
    modern(ground.server, "tools/call", name="data_status", arguments={})

    good = ground.secret.read_text()
    ground.secret.write_text("too short")
    secret = ("NbaMcpSecretInvalid", "alerts", "A secret does not validate")
    key = paged(ground, secret[0], "error", *secret[1:])
    assert "PAGERDUTY_ROUTING_KEY" in ground.peers.of(secret[0])[0]["payload"]["custom_details"]["firing"]
    ground.secret.write_text(good)
    ended(ground, secret[0], key, *secret[1:])

    errors = ("NbaMcpErrorRateHigh", "incidents", "More than 5 % of requests fail")
    calls(ground.server, "data_status", 15)
    for _ in range(100):
        calls(ground.server, "lake_browse", 1)
        if ground.peers.of(errors[0]):
            break
        time.sleep(0.2)
    key = paged(ground, errors[0], "critical", *errors[1:])
    calls(ground.server, "data_status", 5)
    ended(ground, errors[0], key, *errors[1:])

    down = ("NbaMcpDatabaseDown", "incidents", "The warehouse cannot be read")
    ground.database.kill()
    key = paged(ground, down[0], "critical", *down[1:])
    ground.database.start()
    ended(ground, down[0], key, *down[1:])

    gone = ("NbaMcpServiceUnavailable", "incidents", "No server answers")
    ground.server.process.kill()
    paged(ground, gone[0], "critical", *gone[1:])
    assert len(ground.peers.of(gone[0])) == 1
    # and nobody was paged for anything else
    assert {event["payload"]["class"] for event in ground.peers.events} == {
        *(secret[0], errors[0], down[0], gone[0])
    }
