"""Every expression of a dashboard has data on a real Prometheus; every alert fires there and reads well."""

import json
import os
import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from lake.conftest import BUCKET, sound_bucket
from monitoring.alert_timelines import everything_wrong, sample
from monitoring.other_processes import left_behind
from running import Running, free_port, running
from secret_ground import FITTING
from server.test_serve import modern
from servers.aws import AwsServer
from servers.killable import KillableRedis
from servers.model_peers import MakePeer
from servers.monitoring import (
    JOB,
    MONITORING,
    Daemon,
    exporter,
    loaded,
    prometheus,
    short_rules,
    until,
)
from servers.postgres import PostgresServer
from synthesis.conftest import KEYS, LINES, QUESTION, knowing

pytestmark = pytest.mark.system
BOARDS: dict[str, Any] = {
    file.stem: json.loads(file.read_text("utf-8"))
    for file in sorted((MONITORING / "dashboards").glob("*.json"))
}
# These two fire where servers are up and say nothing; a database that is down explains errors.
APART = {"NbaMcpMetricsAbsent", "NbaMcpBackupMissing", "NbaMcpErrorRateHigh"}


def expressions(board: dict[str, Any]) -> list[str]:
    """Every query of a dashboard's panels."""
    return [target["expr"] for panel in board["panels"] for target in panel.get("targets", ())]


@pytest.fixture
def server(
    tmp_path: Path,
    killable_redis: KillableRedis,
    aws_server: AwsServer,
    postgres_server: PostgresServer,
    model_peer: MakePeer,
) -> Iterator[Running]:
    """A server with all that it can depend on: Redis, a lake in S3, a model, secrets in files, backups."""
    sound_bucket(aws_server)
    home = tmp_path / "home"
    mounts = tmp_path / "mounts"
    mounts.mkdir()
    (mounts / "SLACK_WEBHOOK_URL").write_text(FITTING["SLACK_WEBHOOK_URL"])
    said = {
        **KEYS,
        **aws_server.environment,
        "NBA_MCP_SECRETS_MOUNTS": str(mounts),
        "NBA_MCP_REDIS_URL": killable_redis.url,
        "NBA_MCP_LAKE_URL": f"s3://{BUCKET}/nba/lake",
        "NBA_MCP_MODELS": LINES["openai"].format(peer=model_peer(knowing())),
        "NBA_MCP_ASKS_MINUTE": "8",
        "NBA_MCP_ANSWER_CACHE_SECONDS": "0",
    }
    with (
        left_behind(postgres_server, aws_server, tmp_path, home) as more,
        running(tmp_path, **said, **more) as found,
    ):
        yield found


def traffic(server: Running) -> None:
    """Questions and calls, good ones, refused ones and one by a wrong name."""
    for _ in range(3):
        httpx.post(f"{server.url}/v1/ask", json={"question": QUESTION}, timeout=60)
        httpx.get(f"{server.url}/v1/find", params={"name": "boston"})
        modern(server, "tools/call", name="data_status", arguments={})
        modern(server, "tools/call", name="lake_browse", arguments={})
    refused = httpx.get(f"{server.url}/v1/status", headers={"Host": "elsewhere.example"})
    assert refused.status_code in (403, 421), refused.text


@pytest.mark.requirement("SYS-PROMETHEUS")
@pytest.mark.requirement("SYS-GRAFANA")
def test_no_panel_stays_empty(server: Running, tmp_path: Path) -> None:
    """A cluster's metrics come from a sample, all others from the server itself."""
    targets = {JOB: [server.url.removeprefix("http://")]}
    with (
        exporter(sample("cluster_sample")) as cluster,
        prometheus(
            tmp_path, short_rules(loaded(), window="20s"), {**targets, "cluster": [cluster.address]}
        ) as found,
    ):
        until(lambda: found.query(f'up{{job="{JOB}"}} == 1'))
        wanted = {expr for board in BOARDS.values() for expr in expressions(board)}
        left: list[set[str]] = []

        def all_full() -> bool:
            traffic(server)
            left.append(empties(found, wanted))
            return not left[-1]

        try:
            until(all_full, 60)
        except AssertionError:
            raise AssertionError(f"no data for {sorted(left[-1])}") from None
        paint(server, found)
        for board in BOARDS.values():
            for annotation in board["annotations"]["list"]:
                found.query(annotation["expr"])  # an expression that is wrong is an HTTP error


def paint(server: Running, found: Daemon) -> None:
    """Draws each dashboard; into docs/pictures after some more minutes where DASHBOARD_PICTURES says so."""
    from monitoring.pictures import draw  # noqa: PLC0415 - its library is heavy, and the other tests need none

    kept = os.environ.get("DASHBOARD_PICTURES")
    begun = time.monotonic()
    while kept and time.monotonic() - begun < 45:
        traffic(server)
        time.sleep(1)
    for uid, board in BOARDS.items():
        picture = draw(board, found, 75 if kept else 20)
        assert picture.startswith(b"\xff\xd8")
        assert 20_000 < len(picture) < 800_000
        if kept:
            (Path(kept) / f"{uid}.jpg").write_bytes(picture)


def empties(prometheus: Daemon, wanted: set[str]) -> set[str]:
    """The expressions that have no sample but NaN."""
    with ThreadPoolExecutor(4) as pool:
        found = dict(zip(wanted, pool.map(prometheus.query, wanted), strict=True))
    return {expr for expr, samples in found.items() if all(one["value"][1] == "NaN" for one in samples)}


def seen(folder: Path, text: Callable[[], str], wanted: set[str], *, up: bool) -> dict[str, dict[str, Any]]:
    """The alerts that fire over an exposition: those of `wanted`, each with its annotations."""
    found: dict[str, dict[str, Any]] = {}

    def all_there() -> bool:
        for alert in watching.get("/api/v1/alerts")["data"]["alerts"]:
            if alert["state"] == "firing":
                found[alert["labels"]["alertname"]] = alert
        return wanted <= set(found)

    with exporter(text) as peer:
        job = peer.address if up else f"127.0.0.1:{free_port()}"
        with prometheus(folder, short_rules(loaded()), {JOB: [job], "other": [peer.address]}) as watching:
            try:
                until(all_there, 40)
            except AssertionError:
                raise AssertionError(f"these do not fire: {wanted - set(found)}") from None
    return found


def alerts_of(burning: bool) -> set[str]:
    """The names of all alerts, of promises or the others."""
    found = short_rules(loaded())["groups"]
    return {
        rule["alert"]
        for group in found
        for rule in group["rules"]
        if "alert" in rule and ("window" in rule["labels"]) is burning
    }


def check_reads_well(found: dict[str, dict[str, Any]]) -> None:
    """No template failed, every name is filled in, and the links are there."""
    for name, alert in found.items():
        notes = alert["annotations"]
        text = " ".join(notes.values())
        assert not re.search(r"<error|<no value>|%!|\{\{|NaN|  ", text), (name, text)
        assert notes["description"].endswith("."), notes
        assert notes["runbook_url"].endswith(f"/{name}.md")


def test_every_alert_fires_and_reads_well(tmp_path: Path) -> None:
    """Where everything is wrong at once."""
    wanted = alerts_of(False) - APART
    found = seen(tmp_path, everything_wrong(besides=APART), wanted, up=False)
    check_reads_well(found)
    assert "95%" in found["NbaMcpPodMemoryHigh"]["annotations"]["description"]


def test_burning_budgets_and_missing_metrics_fire_and_read_well(tmp_path: Path) -> None:
    """Where servers are up, too slow, wrong in three requests of a hundred, and say little of themselves."""
    wanted = alerts_of(True) | APART - {"NbaMcpErrorRateHigh"}
    check_reads_well(seen(tmp_path, sample("burning_sample"), wanted, up=True))
