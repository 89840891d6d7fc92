"""`nba-mcp ops incident` with kubectl, PostgreSQL, Slack and PagerDuty on loopback; in a broken world too."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import psycopg
import pytest

from deploy_ground import APP, OVERLAY, until
from secret_canaries import MARK, unseen, unseen_in_files
from secret_ground import Ground
from servers.cluster import Cluster, Image
from servers.kubernetes import Kubectl
from servers.listeners import Heard, Reply, Web, silent, web
from servers.postgres import PostgresServer

pytestmark = pytest.mark.system
ROOT = Path(__file__).resolve().parents[3]
PASSWORD = f"{MARK}Passwort"


@dataclass
class World:
    """A checkout, the secrets, and everybody who is asked or told."""

    folder: Path
    peer: Web
    secrets: Ground
    environment: dict[str, str] = field(default_factory=dict)
    prometheus: Reply | None = None  # in place of its figures
    status: int = 200  # of /health

    @property
    def incidents(self) -> Path:
        """The folder of incidents."""
        return self.folder / "incident-reports"

    def run(self, *words: str, code: int = 0) -> dict[str, Any]:
        """What a command prints, which has a minute, as the demand says, and ends with this code."""
        command = [str(Path(sys.executable).parent / "nba-mcp"), "ops", *words, "--json"]
        known = {**os.environ, **self.environment}
        done = subprocess.run(
            command, env=known, capture_output=True, text=True, cwd=self.folder, timeout=60, check=False
        )
        assert done.returncode == code, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        unseen(done.stdout + done.stderr, " ".join(words))
        found: dict[str, Any] = json.loads(done.stdout or "{}")
        return found

    def messages(self) -> list[dict[str, Any]]:
        """What Slack was sent by the bot."""
        return [heard.json() for heard in self.peer.heard if heard.path == "/api/chat.postMessage"]

    def events(self) -> list[dict[str, Any]]:
        """What PagerDuty was sent, its checks aside."""
        found = [heard.json() for heard in self.peer.heard if heard.path == "/v2/enqueue"]
        return [one for one in found if one["dedup_key"] != "nba-mcp-secrets-probe"]

    def answer(self, heard: Heard) -> Reply:
        """Slack, PagerDuty, Alertmanager, Prometheus, and the service itself."""
        if heard.path.startswith("/api/v1/query_range"):
            return self._figures(parse_qs(heard.body.decode())["query"][0])
        replies = {
            "/api/chat.postMessage": Reply(body='{"ok": true, "channel": "C1", "ts": "1764.1"}'),
            "/v2/enqueue": Reply(202, "{}"),
            "/api/v2/alerts": Reply(body=json.dumps([ALERT])),
            "/health": Reply(self.status, body='{"status": "degraded", "database": "down"}'),
            "/metrics": Reply(body='nba_mcp_db_up 0\nnba_mcp_x_bucket{le="1"} 3\npython_info 1\n'),
        }
        found = next((reply for path, reply in replies.items() if heard.path.split("?")[0] == path), None)
        return found or Reply(400, "no_text")

    def _figures(self, query: str) -> Reply:
        if "ALERTS" in query:
            moments = [[datetime.now(UTC).timestamp() - 60, "1"]]
            series = [{"metric": {"alertname": "NbaMcpDatabaseDown", "severity": "P1"}, "values": moments}]
            return Reply(body=json.dumps({"data": {"resultType": "matrix", "result": series}}))
        if self.prometheus and "http_requests" not in query:
            return self.prometheus
        series = [{"metric": {}, "values": [[1764126000, "2.5"], [1764126060, "7.25"]]}]
        return Reply(body=json.dumps({"data": {"resultType": "matrix", "result": series}}))


ALERT = {
    "labels": {"alertname": "NbaMcpDatabaseDown", "severity": "P1", "service": APP},
    "annotations": {"description": f"password={MARK}Alarm is wrong"},
    "status": {"state": "active", "silencedBy": [], "inhibitedBy": []},
    "startsAt": "2026-11-26T03:00:00Z",
}


@pytest.fixture
def world(tmp_path: Path, ground: Ground, kubernetes: Cluster) -> Iterator[World]:
    """Everybody answers; PostgreSQL does not yet."""
    folder = tmp_path / "checkout"
    (folder / "docs").mkdir(parents=True)
    (folder / "docs" / "changelog.md").write_text(
        "# Changelog\n\n## Deployments\n\nWritten by `nba-mcp ops deploy`, the newest first.\n\n"
        f"- {datetime.now(UTC):%Y-%m-%d %H:%M:%S}Z: v9 was deployed. By x.\n"
    )
    (folder / "monitoring").symlink_to(ROOT / "monitoring")
    with web(lambda _: Reply(503)) as peer:
        found = World(folder, peer, ground)
        peer.answer = found.answer
        ground.fill(
            RDS_HOST="127.0.0.1",
            RDS_PORT="1",
            RDS_PASSWORD=PASSWORD,
            SLACK_WEBHOOK_URL=f"{peer.url}/services/{MARK}Webhook",
            SLACK_BOT_TOKEN=f"xoxb-{MARK}-Token",
        )
        found.environment = {
            **ground.variables(),
            "NBA_MCP_CONTEXT": "production",
            "NBA_MCP_PROMETHEUS_URL": peer.url,
            "NBA_MCP_ALERTMANAGER_URL": peer.url,
            "PAGERDUTY_EVENTS_URL": peer.url,
            "SLACK_API_URL": f"{peer.url}/api",
            "PGSSLMODE": "disable",
        }
        yield found


def collected(report: dict[str, Any]) -> dict[str, bool]:
    """The parts, and whether each was complete."""
    return {one["part"]: one["ok"] for one in report["collected"]}


@pytest.fixture
def served(world: World, kubernetes: Cluster, k: Kubectl) -> World:
    """Two pods run, one with a secret in its environment; their logs and the service's answers are there."""
    k(f"apply -k {OVERLAY}")
    k(f"set env deployment/{APP} OTHER_TOKEN={MARK}Umgebung")
    k(f"rollout status deployment/{APP} --timeout=60s")
    kubernetes.world.logs["*"] = [f'{{"event": "login", "with": "{PASSWORD}"}}', "the last line"]
    kubernetes.world.backends[APP] = world.peer.url
    return world


@pytest.mark.requirement("INC-COLLECT")
@pytest.mark.requirement("INC-TEMPLATE")
@pytest.mark.requirement("INC-STATUS-PAGE")
def test_an_incident_from_its_beginning_to_its_end(served: World, postgres_server: PostgresServer) -> None:
    """Opened with the whole state, told, updated in the same thread, resolved; without a secret anywhere."""
    world, name = served, postgres_server.create_database()
    postgres_server.create_role(f"role_{name}", PASSWORD)
    for key, value in (
        ("RDS_PORT", str(postgres_server.port)),
        ("RDS_DATABASE", name),
        ("RDS_USERNAME", f"role_{name}"),
    ):
        world.secrets.file(key, value)
    with psycopg.connect(postgres_server.url(name, f"role_{name}", PASSWORD)) as session:
        session.execute(f"SELECT '{MARK}Wert', count(*) FROM pg_class")
        report = world.run("incident", "new", "--severity", "p1", f"Down, password={MARK}Titel", "--notify")
    assert {part for part, ok in collected(report).items() if not ok} == set(), report["collected"]
    assert report["redacted"] >= 4
    folder = Path(world.folder / report["folder"])
    state, logs = (next(folder.glob(f"{name}-*.txt")).read_text() for name in ("system-state", "logs"))
    seen = (
        f"pod/{APP}-",
        "deployment.apps/",
        "idle in transaction",
        "v9 was deployed",
        "7.25",
        "RDS_PASSWORD",
    )
    assert [text for text in seen if text not in state] == []
    assert "SELECT '…', count(*) FROM pg_class" in state
    assert "nba_mcp_db_up 0" in state
    assert "_bucket" not in state
    assert "the last line" in logs
    assert (world.incidents / next(folder.glob("logs-*.txt")).name).read_text() == logs
    unseen_in_files(world.incidents)

    (page,) = world.events()
    assert (page["event_action"], page["payload"]["severity"]) == ("trigger", "critical")
    assert [m.get("thread_ts") for m in world.messages()] == [None, "1764.1"]
    assert world.messages()[0]["channel"] == "#incident-response"

    world.run("incident", "update", "Restarted the database. <!channel>")
    assert world.messages()[-1]["thread_ts"] == "1764.1"
    assert "&lt;!channel&gt;" in world.messages()[-1]["text"]
    done = world.run("incident", "resolve", "It was the disk.")
    assert (done["state"], done["answer_is_late"]) == ("resolved", False)
    assert [event["event_action"] for event in world.events()] == ["trigger", "resolve"]
    (line,) = next(world.incidents.glob("resolution-*.txt")).read_text().splitlines()
    assert line.startswith(f"{report['id']}: resolved at ")
    assert line.endswith("It was the disk.")
    text = (folder / "report.md").read_text()
    assert "## Resolution\n\nIt was the disk.\n" in text
    assert "Restarted the database." in text
    assert "- **Duration**: less than a minute\n" in text

    world.run("incident", "update", "x", code=2)  # none is open any more
    written = world.run("incident", "postmortem", report["id"])
    draft = Path(world.folder / written["file"]).read_text()
    assert "Resolved: It was the disk." in draft
    assert "Alert on: NbaMcpDatabaseDown (P1)" in draft
    assert "Deployment: v9 was deployed." in draft
    assert written["not_known"] == []
    world.run("incident", "postmortem", report["id"], code=2)
    unseen_in_files(world.incidents)


@pytest.mark.requirement("INC-COLLECT")
@pytest.mark.parametrize("api", ["away", "silent"])
def test_a_broken_world(served: World, kubernetes: Cluster, api: str) -> None:
    """No API server, no database, no Alertmanager, a Prometheus that answers once: told within a minute."""
    world = served
    world.prometheus = Reply(503, "no") if api == "away" else Reply(200, "{}", seconds=50)
    with ExitStack() as stack:
        if api == "away":
            kubernetes.stop()
        else:
            port = stack.enter_context(silent())
            text = kubernetes.kubeconfig.read_text().replace(kubernetes.url, f"http://127.0.0.1:{port}")
            kubernetes.kubeconfig.write_text(text)
        world.environment["NBA_MCP_ALERTMANAGER_URL"] = "http://127.0.0.1:1"
        report = world.run("incident", "new", "--severity", "P1", "Everything is down", "--notify")
    told = collected(report)
    assert {part for part, ok in told.items() if ok} == {
        "recent deployments",
        "ages of secrets",
        "health checks",
    }
    assert all(one["reason"] for one in report["collected"] if not one["ok"])
    folder = Path(world.folder / report["folder"])
    state = next(folder.glob("system-state-*.txt")).read_text()
    assert "===== metrics of the last hour (NOT COMPLETE) =====" in state
    assert "2.5" in state.partition("metrics of the last hour")[2]
    assert "RDS_PASSWORD" in state
    assert "Not complete: kubectl get all." in (folder / "report.md").read_text()
    assert len(world.events()) == 1
    assert world.messages()[-1]["thread_ts"] == "1764.1"
    assert "Not complete: kubectl get all" in world.messages()[-1]["text"]
    unseen_in_files(world.incidents)


def _restarted(kubernetes: Cluster) -> list[str]:
    """The pods of which a container was started again."""
    return [
        pod["metadata"]["name"]
        for pod in kubernetes.all("pods")
        if any(one.get("restartCount") for one in pod.get("status", {}).get("containerStatuses", []))
    ]


def test_a_service_that_is_not_well_is_heard(served: World, kubernetes: Cluster, k: Kubectl) -> None:
    """Its own words, although it answers 503; and what a container said before it was started again."""
    served.status = 503
    kubernetes.world.images["*:broken"] = Image("crash loop")
    k(f"set image deployment/{APP} {APP}=nba:broken")
    until(lambda: _restarted(kubernetes))
    pod = _restarted(kubernetes)[0]
    served.run("incident", "new", "--severity", "P3", "Unwell")
    (folder,) = (path for path in served.incidents.iterdir() if path.is_dir())
    state = next(folder.glob("system-state-*.txt")).read_text()
    said = '===== /health of the service (NOT COMPLETE) =====\nIt answered HTTP 503.\n\n{"status": "degraded"'
    assert said in state
    assert f"--- {pod}/{APP}" in next(folder.glob("logs-*.txt")).read_text()


def test_nobody_can_be_told(world: World) -> None:
    """The incident is there, and the exit code says that people have to be told by hand."""
    world.peer.answer = lambda _: Reply(500)
    report = world.run("incident", "new", "--severity", "P2", "Slow", "--notify", code=3)
    assert [one["ok"] for one in report["told"]] == [False, False, False]
    assert world.run("incident", "list")["incidents"][0]["id"] == report["id"]


def test_without_a_bot_the_webhook_is_used_and_says_what_it_cannot(world: World) -> None:
    """Each message for itself."""
    (world.secrets.folder() / "SLACK_BOT_TOKEN.env").unlink()
    (world.secrets.folder() / "SLACK_INCIDENT_WEBHOOK_URL.env").unlink()
    world.peer.answer = lambda heard: Reply(200, "ok") if "services" in heard.path else Reply(202, "{}")
    report = world.run("incident", "new", "--severity", "P3", "Odd", "--notify")
    assert "SLACK_BOT_TOKEN" in report["told"][1]["message"]
    sent = [h.json()["text"] for h in world.peer.heard if h.path.startswith("/services") and h.json()["text"]]
    assert sent[0].startswith(f"*P3* Odd ({report['id']})")
