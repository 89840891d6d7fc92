"""Prometheus, Alertmanager, and the peers that they talk to: PagerDuty, Slack, and exporters of a cluster.

All that the product writes for them is used as written; tests change addresses, files and durations only.
"""

import contextlib
import json
import re
import shutil
import subprocess
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from debian import Root, packages
from nba_mcp_synthesis.operations.monitoring import alertmanager, rules, sources
from running import free_port
from servers.listeners import Heard, Reply, Web, web

ROOT = Path(__file__).resolve().parents[2]
MONITORING = ROOT / "monitoring"
JOB = "nba-mcp-synthesis-service"
DEFAULT_TEMPLATE = Path("/usr/share/prometheus/alertmanager/default.tmpl")  # Debian's has no other place
ROUTING_KEY = "0123456789abcdef0123456789abcdef"


def tools() -> Root:
    """The folder that has prometheus, promtool, prometheus-alertmanager and amtool; skips without apt."""
    return packages("prometheus", "prometheus-alertmanager")


def tool(name: str, *arguments: str, stdin: str | None = None) -> "subprocess.CompletedProcess[str]":
    """Runs promtool or amtool to its end."""
    command = [str(tools().folder / "usr/bin" / name), *arguments]
    return subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=100, check=False)


@dataclass
class Pages:
    """PagerDuty's Events API and Slack's webhooks on loopback, and what they were sent."""

    server: Web

    @property
    def events(self) -> list[dict[str, Any]]:
        """Events of PagerDuty, in their order."""
        return [heard.json() for heard in self.server.heard if heard.path == "/v2/enqueue"]

    def messages(self, channel: str) -> list[dict[str, Any]]:
        """Messages to the webhook of a channel: alerts or incidents."""
        return [heard.json() for heard in self.server.heard if heard.path == f"/slack/{channel}"]

    def of(self, alert: str, action: str = "trigger") -> list[dict[str, Any]]:
        """PagerDuty's events of an alert."""
        return [e for e in self.events if e["payload"]["class"] == alert and e["event_action"] == action]

    def told(self, summary: str, channel: str, color: str | None = None) -> list[dict[str, Any]]:
        """Slack's messages whose title has a summary."""
        found = [message["attachments"][0] for message in self.messages(channel)]
        return [one for one in found if summary in one["title"] and color in (None, one["color"])]

    def secrets(self, folder: Path) -> Path:
        """The files that Alertmanager reads its keys from."""
        folder.mkdir(exist_ok=True)
        (folder / "PAGERDUTY_ROUTING_KEY").write_text(ROUTING_KEY)
        (folder / "SLACK_WEBHOOK_URL").write_text(f"{self.server.url}/slack/alerts")
        (folder / "SLACK_INCIDENT_WEBHOOK_URL").write_text(f"{self.server.url}/slack/incidents")
        return folder


@contextlib.contextmanager
def pages() -> Iterator[Pages]:
    """PagerDuty answers 202 with the key, Slack 200 with ok, as theirs do."""

    def answer(heard: Heard) -> Reply:
        if heard.path != "/v2/enqueue":
            return Reply(200, "ok")
        if heard.json()["routing_key"] != ROUTING_KEY:
            return Reply(400, json.dumps({"status": "invalid event", "errors": ["Invalid routing key"]}))
        key = heard.json().get("dedup_key", "")
        return Reply(202, json.dumps({"status": "success", "message": "Event processed", "dedup_key": key}))

    with web(answer) as server:
        yield Pages(server)


def loaded(*, in_hours: bool = True) -> sources.Sources:
    """The data of the project, with hours that begin or end far from now."""
    found = sources.load(MONITORING)
    east = 12 - datetime.now(UTC).hour  # where it is about noon
    zone = f"Etc/GMT{-east:+d}" if east else "Etc/UTC"
    week = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
    hours = {"weekdays": week, "start": "06:00", "end": "18:00"}
    if not in_hours:
        hours |= {"start": "00:00", "end": "02:00"}
    return replace(found, contacts={**found.contacts, "timezone": zone, "hours": hours})


def short_rules(found: sources.Sources, hold: int = 2, window: str = "10s") -> dict[str, Any]:
    """The rules of the project, each second, firing after so many; promises after some more, as there."""
    groups = json.loads(json.dumps(rules.groups(found)))
    for group in groups:
        group["interval"] = "1s"
        for rule in group["rules"]:
            rule["expr"] = re.sub(r"\[\d+[smhd]\]", f"[{window}]", rule["expr"])
            if "for" in rule:
                rule["for"] = f"{hold + 10 * ('window' in rule['labels'])}s"
    return {"groups": groups}


def short_routes(found: sources.Sources, peers: Pages, folder: Path) -> dict[str, Any]:
    """The project's routes, to the peers on loopback and without waiting to group."""
    keys = peers.secrets(folder / "keys")
    config = alertmanager.config(found, str(keys), str(MONITORING / "alertmanager/*.tmpl"))
    config["global"]["pagerduty_url"] = f"{peers.server.url}/v2/enqueue"
    first = [config["route"], *config["route"]["routes"]]
    for route in [*first, *(one for parent in first[1:] for one in parent.get("routes", ()))]:
        route |= {"group_wait": "1s", "group_interval": "1s"}
    for receiver in config["receivers"]:
        for hook in receiver.get("webhook_configs", ()):
            hook["url"] = f"{peers.server.url}/deadman"
    return config


@dataclass
class Daemon:
    """One of the two programs, running on loopback."""

    url: str
    process: "subprocess.Popen[bytes]"
    log: Path

    def get(self, path: str, **query: str) -> Any:
        """The JSON at a path of its API."""
        asked = f"{self.url}{path}?{urllib.parse.urlencode(query)}"
        with urllib.request.urlopen(asked, timeout=20) as answer:
            return json.load(answer)

    def query(self, expr: str) -> list[dict[str, Any]]:
        """The samples of an expression, now."""
        found: list[dict[str, Any]] = self.get("/api/v1/query", query=expr)["data"]["result"]
        return found


@contextlib.contextmanager
def alertmanagers(folder: Path, config: dict[str, Any], count: int = 1) -> Iterator[list[Daemon]]:
    """So many members of one cluster."""
    file = folder / "alertmanager.yml"
    file.write_text(yaml.safe_dump(config))
    gossip = [free_port() for _ in range(count)]
    cluster = [f"--cluster.peer=127.0.0.1:{port}" for port in gossip] if count > 1 else []
    with contextlib.ExitStack() as stack:
        found = []
        for number, port in enumerate(gossip):
            listen = f"127.0.0.1:{port}" if count > 1 else ""
            options = [
                f"--config.file={file}",
                f"--storage.path={folder / f'alertmanager-{number}'}",
                f"--cluster.listen-address={listen}",
                "--cluster.settle-timeout=5s",
                *cluster,
            ]
            program = "prometheus-alertmanager"
            found.append(stack.enter_context(_daemon(folder, program, options, f"{program}-{number}")))
        yield found


@contextlib.contextmanager
def prometheus(
    folder: Path,
    rules_file: dict[str, Any],
    targets: dict[str, Sequence[str]],
    members: Sequence[Daemon] = (),
) -> Iterator[Daemon]:
    """A Prometheus that scrapes each job's addresses every second."""
    (folder / "rules.yml").write_text(yaml.safe_dump(rules_file))
    alerting = {"static_configs": [{"targets": [urllib.parse.urlsplit(one.url).netloc for one in members]}]}
    config = {
        "global": {"scrape_interval": "1s", "evaluation_interval": "1s", "scrape_timeout": "1s"},
        "rule_files": [str(folder / "rules.yml")],
        "alerting": {"alertmanagers": [alerting] if members else []},
        "scrape_configs": [
            {"job_name": job, "honor_labels": True, "static_configs": [{"targets": list(addresses)}]}
            for job, addresses in targets.items()
        ],
    }
    (folder / "prometheus.yml").write_text(yaml.safe_dump(config))
    options = [f"--config.file={folder / 'prometheus.yml'}", f"--storage.tsdb.path={folder / 'tsdb'}"]
    with _daemon(folder, "prometheus", options, "prometheus") as found:
        yield found


@contextlib.contextmanager
def _daemon(folder: Path, program: str, options: list[str], name: str) -> Iterator[Daemon]:
    root, port, log = tools(), free_port(), folder / f"{name}.log"
    command = [str(root.folder / "usr/bin" / program), f"--web.listen-address=127.0.0.1:{port}", *options]
    if program == "prometheus-alertmanager" and not DEFAULT_TEMPLATE.exists():
        command = [*_with_share_of(root), *command]
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT)
    found = Daemon(f"http://127.0.0.1:{port}", process, log)
    try:
        until(lambda: _ready(found), log=log)
        yield found
    finally:
        process.terminate()
        process.wait(timeout=30)


def _with_share_of(root: Root) -> list[str]:
    """Before a command: its /usr/share has the package's files too, in a mount namespace of its own."""
    over = f"mount -t overlay overlay -o lowerdir={root.folder}/usr/share:/usr/share /usr/share"
    prefix = ["unshare", "-Urm", "sh", "-c", f'{over} && exec "$@"', "sh"]
    if not shutil.which("unshare") or subprocess.run([*prefix, "true"], check=False).returncode:
        pytest.skip(f"Alertmanager wants {DEFAULT_TEMPLATE}, and nothing can be mounted here")
    return prefix


def _ready(found: Daemon) -> bool:
    assert found.process.poll() is None, found.log.read_text()
    with contextlib.suppress(OSError):
        urllib.request.urlopen(f"{found.url}/-/ready", timeout=5).close()
        return True
    return False


def until(holds: Callable[[], object], seconds: float = 60, log: Path | None = None) -> float:
    """Waits until something holds, and says for how long it had to; fails after so many seconds."""
    started = time.monotonic()
    while not holds():
        if time.monotonic() - started > seconds:
            raise AssertionError(f"not so within {seconds} s. {log.read_text()[-3_000:] if log else ''}")
        time.sleep(0.2)
    return time.monotonic() - started


@dataclass
class Exporter:
    """An exposition on loopback whose text a test gives anew for each scrape."""

    address: str
    text: Callable[[], str] = field(default=lambda: "")


@contextlib.contextmanager
def exporter(text: Callable[[], str]) -> Iterator[Exporter]:
    """Serves metrics that something else would: a cluster, or a part of the product that is not running."""
    found = Exporter("", text)
    with web(lambda _: Reply(200, found.text())) as server:
        found.address = urllib.parse.urlsplit(server.url).netloc
        yield found
