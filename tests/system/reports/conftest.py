"""What checklists look at: production in a cluster, AWS, PostgreSQL, Redis, Prometheus."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from nba_mcp_synthesis.connectors.postgres_url import URLLogin
from nba_mcp_synthesis.connectors.rds import RDSConnector
from nba_mcp_synthesis.state.database import StateDatabase
from nba_mcp_synthesis.state.engines import postgres_engine
from rendered import rendered
from report_ground import Traffic
from running import free_port
from secret_ground import Ground as Secrets
from servers.aws import AwsServer
from servers.cluster import Cluster, Executed
from servers.cluster.kinds import RESOURCES
from servers.cluster.pods import is_ready
from servers.listeners import Reply, Web, web
from servers.monitoring import JOB, exporter, prometheus, until
from servers.postgres import PostgresServer
from servers.redis import RedisServer

BUCKET, SECRET = "nba-mcp-synthesis-backups", "nba-mcp-synthesis/production"
BACKUP = [f"state/20260301T020000Z-0a1b/{name}" for name in ("dump.age", "manifest.json")]
DEV = """Inter-|   Receive                                                |  Transmit
 face |bytes packets errs drop fifo frame compressed multicast|bytes packets errs drop fifo colls carrier
    lo: 10000 100 0 0 0 0 0 0 10000 100 0 0 0 0 0 0
  eth0: 5242880 9000 {lost} 0 0 0 0 0 1048576 8000 0 0 0 0 0 0
"""
DF = """Filesystem     1024-blocks    Used Available Capacity Mounted on
overlay           20971520 {used}  10485760      {share}% /
tmpfs                65536       0     65536       0% /dev
"""
NETSTAT = """Active Internet connections (only servers)
Proto Recv-Q Send-Q Local Address           Foreign Address         State
tcp        0      0 0.0.0.0:8000            0.0.0.0:*               LISTEN
tcp        0      0 127.0.0.1:40001         0.0.0.0:*               LISTEN
"""


def event(name: str, **facts: Any) -> str:
    """A line of the server's log."""
    at = datetime.now(UTC).isoformat()
    return json.dumps({"event": name, "level": "info", "timestamp": at, **facts})


LOG = [
    event("tool_call", family="api", tool="query_sql", outcome="ok", seconds=0.1, caller="ana"),
    event("tool_call", family="api", tool="query_sql", outcome="query_refused", seconds=0.1, caller="bea"),
]


@dataclass
class OpsGround:
    """Where checklists are gone through, and the ways to make something go wrong."""

    folder: Path
    cluster: Cluster
    aws: AwsServer
    peer: Web
    traffic: Traffic
    environment: dict[str, str]
    pod: dict[str, Any] = field(default_factory=lambda: {"lost": 0, "used": 10485760, "share": 50})
    netstat: str = NETSTAT

    def run(self, *arguments: str, code: int, **environment: str) -> dict[str, Any]:
        """What `nba-mcp ops … --json` prints; it must end with this exit code."""
        program = Path(sys.executable).parent / "nba-mcp"
        done = subprocess.run(
            [str(program), "ops", *arguments, "--reports", str(self.folder / "reports"), "--json"],
            env={**os.environ, **self.environment, **environment},
            capture_output=True,
            text=True,
            timeout=110,
            check=False,
            cwd=self.folder,
        )
        assert "Traceback" not in done.stderr, done.stderr
        assert done.returncode == code, done.stdout + done.stderr
        told: dict[str, Any] = json.loads(done.stdout)
        return told

    def execute(self, pod: str, container: str, command: list[str], stdin: bytes) -> Executed:
        """What the programs of the images print."""
        printed = {
            "cat /proc/net/dev": DEV.format(**self.pod),
            "df -P -k": DF.format(**self.pod),
            "netstat -tuln": self.netstat,
            "pg_dump --version": "pg_dump (PostgreSQL) 16.4\n",
            "pg_restore --version": "pg_restore (PostgreSQL) 16.4\n",
        }
        return Executed(0, printed[" ".join(command)].encode())


def steps_of(report: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The steps of a report by name."""
    return {step["step"]: step for step in report["steps"]}


@pytest.fixture
def ops(
    tmp_path: Path,
    kubernetes: Cluster,
    aws_server: AwsServer,
    ground: Secrets,
    postgres_server: PostgresServer,
    redis_server: RedisServer,
) -> Iterator[OpsGround]:
    """Everything is there and well."""
    _deployed(kubernetes)
    client = aws_server.client("s3")
    client.create_bucket(Bucket=BUCKET)
    for name in BACKUP:
        client.put_object(Bucket=BUCKET, Key=name, Body=b"x" * 2_048)
    aws_server.client("secretsmanager").create_secret(Name=SECRET, SecretString="{}")
    url = postgres_server.url(postgres_server.create_database())
    state = _state(url)
    with web(lambda _: Reply(200, '{"status": "ok"}')) as peer, exporter(lambda: "up_and_well 1\n") as target:
        ground.fill()
        kubernetes.world.backends["nba-mcp-synthesis"] = peer.url
        kubernetes.world.logs = {"nba-mcp-synthesis-*": LOG}
        (tmp_path / "prometheus").mkdir()
        with prometheus(tmp_path / "prometheus", {"groups": []}, {JOB: [target.address]}) as running:
            until(lambda: running.query(f'up{{job="{JOB}"}} == 1'))
            environment = {
                **ground.variables(),
                **aws_server.environment,
                "NBA_MCP_CONTEXT": "production",
                "NBA_MCP_STATE_URL": url,
                "NBA_MCP_REDIS_URL": redis_server.url,
                "NBA_MCP_PUBLIC_URL": peer.url,
                "NBA_MCP_PROMETHEUS_URL": running.url,
                "NBA_MCP_OSV_URL": f"http://127.0.0.1:{free_port()}",
                "NBA_MCP_PACKAGE_INDEX": f"http://127.0.0.1:{free_port()}",
            }
            found = OpsGround(tmp_path, kubernetes, aws_server, peer, Traffic(state), environment)
            kubernetes.world.execute = found.execute
            yield found
    state.close()


def _state(url: str) -> StateDatabase:
    connector = RDSConnector(lambda: URLLogin(SecretStr(url), lambda: None))
    state = StateDatabase(lambda: postgres_engine(connector.connect))
    state.migrate()
    return state


def _deployed(cluster: Cluster) -> None:
    """What production applies and the double knows, its pods ready, and Grafana beside it."""
    later = ("PrometheusRule", "Job", "CronJob", "Namespace")
    for one in rendered("production").objects:
        if one["kind"] == "Namespace" and one["metadata"]["name"] == "nba-mcp-synthesis":
            labels = one["metadata"]["labels"]
            cluster.change("namespaces", "nba-mcp-synthesis", _labelled(labels), "")
        elif one["kind"] not in later and _is_known(one):
            cluster.add(one)
    service = {"name": "monitoring-grafana", "namespace": "monitoring"}
    cluster.add(
        {"apiVersion": "v1", "kind": "Service", "metadata": service, "spec": {"ports": [{"port": 80}]}}
    )
    _until(lambda: len(_ready(cluster)) >= 3)
    cluster.world.utilization = {"cpu": 40, "memory": 30}


def _labelled(labels: dict[str, str]) -> Callable[[dict[str, Any]], None]:
    return lambda body: body["metadata"].update(labels=labels)


def _is_known(body: dict[str, Any]) -> bool:
    known = {(one.api_version, one.kind) for one in RESOURCES.values()}
    return (body["apiVersion"], body["kind"]) in known


def _ready(cluster: Cluster) -> list[dict[str, Any]]:
    pods = cluster.all("pods")
    well = [pod for pod in pods if is_ready(pod)]
    return well if len(well) == len(pods) else []


def _until(holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline, "the pods did not come"
        time.sleep(0.05)
