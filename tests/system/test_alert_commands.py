"""`nba-mcp ops alerts …` on a real Alertmanager, with PagerDuty and Slack on loopback."""

import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from nba_mcp_synthesis.connectors.alertmanager import AlertmanagerConnector
from running import COMMAND, free_port
from servers.listeners import Reply
from servers.monitoring import Daemon, Pages, alertmanagers, loaded, pages, short_routes, until

pytestmark = pytest.mark.system


@dataclass
class Ground:
    """A member of Alertmanager and its peers."""

    member: Daemon
    peers: Pages

    def run(self, *arguments: str, url: str | None = None) -> "subprocess.CompletedProcess[str]":
        """A command of `nba-mcp ops alerts`."""
        return subprocess.run(
            [COMMAND, "ops", "alerts", *arguments],
            env={**os.environ, "NBA_MCP_ALERTMANAGER_URL": url or self.member.url},
            capture_output=True,
            text=True,
            timeout=110,
            check=False,
        )

    def json(self, *arguments: str) -> Any:
        """What it says as JSON."""
        done = self.run(*arguments, "--json")
        assert done.stdout, done.stderr
        return json.loads(done.stdout)

    def raise_alert(self, name: str, severity: str, **labels: str) -> None:
        """An alert that a Prometheus would send."""
        now = datetime.now(UTC)
        alert = {
            "labels": {"alertname": name, "severity": severity, **labels},
            "annotations": {"summary": f"{name} is on", "description": "As a test."},
            "startsAt": now.isoformat(),
            "endsAt": (now + timedelta(minutes=5)).isoformat(),
        }
        AlertmanagerConnector([self.member.url]).send([alert])
        until(lambda: self.on(f'alertname="{name}"'))

    def on(self, *matchers: str) -> int:
        """How many alerts fit, and are not kept back."""
        found = AlertmanagerConnector([self.member.url]).alerts(matchers)
        return sum(alert["status"]["state"] == "active" for alert in found)


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """For tests that leave no alert and no silence behind."""
    folder = tmp_path_factory.mktemp("alertmanager")
    with pages() as peers, alertmanagers(folder, short_routes(loaded(), peers, folder)) as (member,):
        yield Ground(member, peers)


@pytest.fixture
def ground(tmp_path: Path) -> Iterator[Ground]:
    """One member, within the hours of the primary."""
    with (
        pages() as peers,
        alertmanagers(tmp_path, short_routes(loaded(), peers, tmp_path)) as (member,),
    ):
        yield Ground(member, peers)


@pytest.mark.requirement("DOC-ALERT-CHANNELS")
def test_a_test_alert_reaches_both_and_ends(ground: Ground) -> None:
    """By the way of a P1, and rings nobody: its event is of severity info."""
    done = ground.run("test", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(done.stdout)
    assert {way["integration"]: way["delivered"] for way in found["ways"]} == {
        "pagerduty": True,
        "slack": True,
    }
    assert found["receivers"] == ["P1"]
    (event,) = ground.peers.of("NbaMcpTest")
    assert event["payload"]["severity"] == "info"
    assert len(ground.peers.told("P1: Test of the alert channels", "incidents")) == 1
    until(lambda: ground.peers.of("NbaMcpTest", "resolve"))
    until(lambda: ground.peers.told("Over: Test", "incidents", "good"))


@pytest.mark.parametrize(
    ("severity", "receivers", "channel"),
    [
        ("P2", ["P2", "P2-in-hours", "P2-off-hours"], "alerts"),
        ("P3", ["P3"], "alerts"),
        ("p4", ["P4"], "alerts"),
    ],
)
def test_the_other_severities_have_their_own_ways(
    ground: Ground, severity: str, receivers: list[str], channel: str
) -> None:
    """P2 to PagerDuty and Slack, P3 and P4 to Slack alone."""
    found = ground.json("test", "--severity", severity)
    assert found["delivered"]
    assert found["receivers"] == receivers
    assert len(ground.peers.told(f"{severity.upper()}: Test", channel)) == 1
    assert len(ground.peers.of("NbaMcpTest")) == (1 if severity == "P2" else 0)


def test_a_test_can_be_repeated_at_once(tmp_path: Path) -> None:
    """Also where a group of alerts is told of again after minutes only; each is told, and over, once."""
    with pages() as peers:
        config = short_routes(loaded(), peers, tmp_path)
        for route in config["route"]["routes"][1:]:
            route["group_interval"] = "5m"
        with alertmanagers(tmp_path, config) as (member,):
            ground = Ground(member, peers)
            for number in (1, 2):
                found = ground.json("test", "--severity", "P3", "--wait", "20")
                assert found["delivered"], found
                assert "took 1 request." in found["ways"][0]["message"]
                assert len(peers.told("P3: Test", "alerts")) == number
                assert len(peers.told("Over: Test", "alerts")) == number


def test_what_does_not_arrive_is_said(ground: Ground) -> None:
    """Slack knows no such webhook: exit code 1, and which way it was."""
    right = ground.peers.server.answer
    ground.peers.server.answer = lambda heard: (
        Reply(404, "no_service") if heard.path.startswith("/slack") else right(heard)
    )
    done = ground.run("test", "--wait", "20", "--json")
    assert done.returncode == 1
    ways = {way["integration"]: way for way in json.loads(done.stdout)["ways"]}
    assert ways["pagerduty"]["delivered"]
    assert not ways["slack"]["delivered"]
    assert "requests failed" in ways["slack"]["message"]


def test_a_silenced_test_says_so(ground: Ground) -> None:
    """It did not arrive, and the reason is the silence."""
    silence = ground.json("silence", "NbaMcpTest", "--for", "5m", "--comment", "a test")["silence"]
    done = ground.run("test", "--wait", "4")
    assert done.returncode == 1
    assert f"Silenced by {silence}" in done.stdout.replace("\n", " ")


def test_silences_keep_back_what_fits_and_can_be_ended(ground: Ground) -> None:
    """The list shows what is on, and with --all what is kept back."""
    ground.raise_alert("NbaMcpPodCpuHigh", "P3", pod="nba-mcp-1")
    ground.raise_alert("NbaMcpPodCpuHigh", "P3", pod="other-1")
    ground.raise_alert("NbaMcpCrashLoop", "P2", pod="nba-mcp-1")
    assert [one["severity"] for one in ground.json("list")] == ["P2", "P3", "P3"]
    assert [one["alert"] for one in ground.json("list", "--severity", "p2")] == ["NbaMcpCrashLoop"]
    made = ground.json(
        "silence", "NbaMcpPodCpuHigh", "pod=~nba-mcp.*", "--for", "2h", "--comment", "load test"
    )
    assert made["alerts_on"] == ["NbaMcpPodCpuHigh"]
    until(lambda: ground.on() == 2)
    hidden = [one for one in ground.json("list", "--all") if made["silence"] in one["state"]]
    assert [one["labels"] for one in hidden] == ["pod=nba-mcp-1"]
    assert ground.run("unsilence", made["silence"]).returncode == 0
    until(lambda: ground.on() == 3)


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["silence", "pod!=x", "--for", "2h", "--comment", "x"], 2, "would silence everything else"),
        (["silence", "=x", "--for", "2h", "--comment", "x"], 2, "is no matcher"),
        (["silence", "pod=~(", "--for", "2h", "--comment", "x"], 2, "Alertmanager refused that"),
        (["silence", "a=b", "--for", "31d", "--comment", "x"], 2, "up to 30 days"),
        (["silence", "a=b", "--for", "2h", "--comment", " "], 2, "wants a reason"),
        (["silence", "a=b", "--for", "two", "--comment", "x"], 2, "is none of 90s, 15m, 1h, 7d"),
        (["unsilence", "no-such-id"], 2, "Alertmanager refused that"),
        (["list", "--severity", "P9"], 2, "P9 is none of"),
        (["test", "--severity", "P9"], 2, "P9 is no severity"),
    ],
)
def test_wrong_use_is_told(quiet: Ground, arguments: list[str], code: int, told: str) -> None:
    """Before anything is changed."""
    done = quiet.run(*arguments)
    assert (done.returncode, told in done.stderr) == (code, True), done.stderr


def test_an_alertmanager_that_is_away_is_exit_code_3(quiet: Ground) -> None:
    """With what to do; a member of a cluster that is away is passed over."""
    away = f"http://127.0.0.1:{free_port()}"
    done = quiet.run("list", url=away)
    assert done.returncode == 3
    assert "kubectl port-forward -n monitoring" in done.stderr
    assert quiet.run("list", url=f"{away},{quiet.member.url}").returncode == 0


def test_out_of_hours_a_p2_does_not_ring(tmp_path: Path) -> None:
    """The same alert, at another time of the day: PagerDuty's urgency is low."""
    with (
        pages() as peers,
        alertmanagers(tmp_path, short_routes(loaded(in_hours=False), peers, tmp_path)) as (member,),
    ):
        Ground(member, peers).raise_alert("NbaMcpCrashLoop", "P2")
        until(lambda: peers.of("NbaMcpCrashLoop") and peers.messages("alerts"))
        assert [event["payload"]["severity"] for event in peers.of("NbaMcpCrashLoop")] == ["warning"]
