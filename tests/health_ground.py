"""A production in which all is well: cluster, server, PostgreSQL, Redis, AWS, Prometheus, TLS, backups.

A test breaks a part of it and puts it back. What the cluster executes in a pod runs here, with the pod's
environment; what it forwards goes to the real server.
"""

import contextlib
import datetime as dt
import json
import os
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from backup_ground import BUCKET, database_at, new_key, opened, said_nothing, taken
from kubernetes_tools import kubectl
from nba_mcp_synthesis.operations.backup.databases import Database
from nba_mcp_synthesis.operations.backup.store import open_store
from nba_mcp_synthesis.operations.backup.verifying import verify
from running import COMMAND, Running, running
from secret_ground import Ground
from servers.aws import AwsServer
from servers.certificates import certificate
from servers.cluster import Cluster, Executed, cluster
from servers.cluster.pods import is_ready
from servers.leagues import load_small
from servers.listeners import Heard, Reply, Web, web
from servers.postgres import PostgresServer, programs
from servers.redis import RedisServer

ROOT = Path(__file__).resolve().parents[1]
APP, LAKE, GLUE = "nba-mcp-synthesis", "nba-mcp-synthesis-lake", "nba_mcp_synthesis"
IMAGE = f"123456789012.dkr.ecr.us-east-1.amazonaws.com/{APP}@sha256:{'a1' * 32}"
RULES = yaml.safe_load((ROOT / "k8s" / "monitoring" / "prometheusrule.yaml").read_text("utf-8"))
Object = dict[str, Any]


@dataclass
class Production:
    """The world, and two environments: of the person who looks, and of the pod."""

    folder: Path
    cluster: Cluster
    aws: AwsServer
    postgres: PostgresServer
    database: str
    secrets: Ground
    server: Running
    public: Web
    operator: dict[str, str]
    pod: dict[str, str]
    alerts: list[Object] = field(default_factory=list)
    targets: list[Object] = field(default_factory=list)

    def execute(self, _pod: str, _container: str, command: list[str], _stdin: bytes) -> Executed:
        """What a command does in the pod."""
        if command[0] != "nba-mcp":
            return Executed(127, b"", b"executable file not found")
        plain = {k: v for k, v in os.environ.items() if not k.startswith(("NBA_MCP_", "AWS_", "KUBE"))}
        done = subprocess.run(
            [COMMAND, *command[1:]], env={**plain, **self.pod}, capture_output=True, check=False, timeout=90
        )
        return Executed(done.returncode, done.stdout, done.stderr)

    def start(self, script: str, *arguments: str, **environment: str) -> "subprocess.Popen[str]":
        """Starts a script as an operator would, from anywhere."""
        plain = {k: v for k, v in os.environ.items() if not k.startswith(("NBA_MCP_", "AWS_"))}
        return subprocess.Popen(
            [str(ROOT / "scripts" / script), *arguments],
            env={**plain, **self.operator, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd="/",
        )

    def prometheus(self, heard: Heard) -> Reply:
        """The API of Prometheus, as far as it is asked."""
        if heard.path.startswith("/api/v1/targets"):
            return _data({"activeTargets": self.targets})
        return _data({"groups": [{"rules": self.alerts}]})

    @contextlib.contextmanager
    def stale(self, days: int) -> Iterator[None]:
        """All loads lie so many days back."""
        sql = "UPDATE nba.load_history SET loaded_at = loaded_at + %s"
        with self.postgres.connect(self.database) as session:
            session.execute(sql, (dt.timedelta(days=-days),))
            yield
            session.execute(sql, (dt.timedelta(days=days),))


def _data(found: Object) -> Reply:
    return Reply(body=json.dumps({"status": "success", "data": found}))


@pytest.fixture(scope="module")
def production(
    tmp_path_factory: pytest.TempPathFactory,
    postgres_server: PostgresServer,
    redis_server: RedisServer,
    aws_process: AwsServer,
) -> Iterator[Production]:
    """All is well."""
    folder = tmp_path_factory.mktemp("production")
    aws_process.reset()
    secrets = Ground(folder / "secrets")
    secrets.root.mkdir()
    database, state = _databases(postgres_server, folder)
    pod = _pod(postgres_server, redis_server, aws_process, secrets, database, state)
    _aws(aws_process)
    with _aws_here(aws_process):
        _backups(postgres_server, database, state, folder)
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(running(folder, **pod))
        pod["NBA_MCP_SERVER_URL"] = server.url
        trusted = certificate(folder, 60)
        public = stack.enter_context(web(lambda heard: through(server.url, heard), trusted.server))
        found = Production(
            folder, stack.enter_context(cluster(folder / "cluster")), aws_process, postgres_server, database,
            secrets, server, public, {}, pod,
        )  # fmt: skip
        prometheus = stack.enter_context(web(found.prometheus))
        found.operator |= {
            "KUBECONFIG": str(found.cluster.kubeconfig),
            "PATH": os.pathsep.join((str(kubectl().parent), str(Path(COMMAND).parent), os.environ["PATH"])),
            "NBA_MCP_HOME": str(folder / "operator"),
            "NBA_MCP_PUBLIC_URL": public.url,
            "SSL_CERT_FILE": str(trusted.file),
        }
        found.cluster.world.execute = found.execute
        found.cluster.world.backends |= {APP: server.url, "prometheus": prometheus.url}
        _objects(found)
        yield found


def ready(production: Production) -> list[str]:
    """Names of the ready pods of the namespace."""
    found = production.cluster.all("pods")
    return [str(pod["metadata"]["name"]) for pod in found if is_ready(pod)]


def settled(production: Production) -> None:
    """Waits until every pod is ready, and no other."""
    until(lambda: len(ready(production)) == len(production.cluster.all("pods")) == 5)


def until(what: Callable[[], bool]) -> None:
    """Waits until something is so."""
    deadline = time.monotonic() + 60
    while not what():
        assert time.monotonic() < deadline, "it did not come to that"
        time.sleep(0.05)


def through(url: str, heard: Heard) -> Reply:
    """What the server answers to what was heard elsewhere."""
    try:
        with urllib.request.urlopen(url + heard.path, timeout=20) as answer:
            return Reply(answer.status, answer.read().decode())
    except urllib.error.HTTPError as error:
        with error:
            return Reply(error.code, error.read().decode())


def _databases(server: PostgresServer, folder: Path) -> tuple[str, str]:
    """The warehouse with the small league as real data, and an empty state database."""
    warehouse, state = server.create_database(), server.create_database()
    load_small(server.url(warehouse) + "?sslmode=disable", folder / "home")
    with server.connect(warehouse) as session:
        session.execute("UPDATE nba_internal.info SET value = 'false' WHERE name = 'simulated'")
    environment = {"NBA_MCP_STATE_URL": server.url(state), "NBA_MCP_HOME": str(folder / "home")}
    subprocess.run([COMMAND, "state", "migrate"], env={**os.environ, **environment}, check=True)
    return warehouse, state


def _pod(
    postgres: PostgresServer, redis: RedisServer, aws: AwsServer, secrets: Ground, database: str, state: str
) -> dict[str, str]:
    secrets.fill(
        RDS_HOST=postgres.host,
        RDS_PORT=str(postgres.port),
        RDS_DATABASE=database,
        RDS_USERNAME=postgres.user,
        RDS_PASSWORD=postgres.password,
        REDIS_URL=redis.url,
        STATE_PASSWORD=postgres.password + "-state",
    )
    return {
        **aws.environment,
        **secrets.variables(),
        "NBA_MCP_CONTEXT": "production",
        "NBA_MCP_HOME": str(secrets.root / "home"),
        "NBA_MCP_WAREHOUSE_URL": f"postgresql://{postgres.user}@{postgres.host}:{postgres.port}/{database}",
        "NBA_MCP_STATE_URL": postgres.url(state),
        "NBA_MCP_LAKE_URL": f"s3://{LAKE}",
        "NBA_MCP_GLUE_DATABASE": GLUE,
        "NBA_MCP_BACKUP_URL": f"s3://{BUCKET}",
    }


def _aws(aws: AwsServer) -> None:
    for bucket in (LAKE, BUCKET):
        aws.client("s3").create_bucket(Bucket=bucket)
    glue = aws.client("glue")
    glue.create_database(DatabaseInput={"Name": GLUE})
    glue.create_table(DatabaseName=GLUE, TableInput={"Name": "games"})


@contextlib.contextmanager
def _aws_here(aws: AwsServer) -> Iterator[None]:
    """This process finds the account too."""
    patch = pytest.MonkeyPatch()
    for name, value in aws.environment.items():
        patch.setenv(name, value)
    yield
    patch.undo()


def _backups(server: PostgresServer, database: str, state: str, folder: Path) -> None:
    """A backup of each database, proven to restore."""
    store, key = open_store(f"s3://{BUCKET}"), new_key(folder / "identity.txt")
    found = {"warehouse": database_at(server.url(database)), "state": database_at(server.url(state))}
    for name, one in found.items():
        manifest = taken(Database(name, one.server), store, key)  # type: ignore[arg-type]
        verify(opened(manifest, store, key), one.server, programs(), said_nothing)


def _objects(found: Production) -> None:
    """The service as the manifests make it, its neighbours, Prometheus and its rules."""
    limits = {"cpu": "1", "memory": "1Gi"}
    for name, image, replicas in (
        (APP, IMAGE, 3),
        ("nba-mcp-postgres", "postgres", 1),
        ("nba-mcp-redis", "redis", 1),
    ):
        found.cluster.add(_deployment(name, image, replicas, limits))
    found.cluster.add(_deployment("prometheus", "prometheus", 1, limits, "monitoring"))
    found.cluster.add(_service(f"{APP}-service", APP, 80, 8000))
    found.cluster.add(_service("monitoring-prometheus", "prometheus", 9090, 9090, "monitoring"))
    found.cluster.add(yaml.safe_load((ROOT / "k8s" / "base" / "hpa.yaml").read_text("utf-8")))
    found.cluster.add(yaml.safe_load((ROOT / "k8s" / "base" / "ingress.yaml").read_text("utf-8")))
    found.cluster.add(RULES)
    secret = yaml.safe_load((ROOT / "k8s" / "base" / "externalsecret.yaml").read_text("utf-8"))
    ready = {"type": "Ready", "status": "True", "reason": "SecretSynced"}
    found.cluster.add({**secret, "status": {"conditions": [ready]}})
    found.cluster.world.utilization = {"cpu": 40, "memory": 50}
    names = [rule["alert"] for group in RULES["spec"]["groups"] for rule in group["rules"] if "alert" in rule]
    found.alerts += [{"type": "alerting", "name": name, "health": "ok"} for name in names]
    labels = {"namespace": APP, "service": f"{APP}-service"}
    found.targets += [
        {"labels": {**labels, "pod": f"pod-{n}"}, "health": "up", "lastError": ""} for n in (1, 2, 3)
    ]


def _deployment(name: str, image: str, replicas: int, limits: Object, namespace: str = APP) -> Object:
    labels = {"app": name}
    container = {"name": name, "image": image, "resources": {"limits": limits}}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": namespace, "labels": labels},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": {"containers": [container]}},
        },
    }


def _service(name: str, app: str, port: int, target: int, namespace: str = APP) -> Object:
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name, "namespace": namespace, "labels": {"app": app}},
        "spec": {"selector": {"app": app}, "ports": [{"name": "http", "port": port, "targetPort": target}]},
    }


@dataclass(frozen=True)
class Told:
    """What both scripts said of a world: the report of one, the text and exit code of the other."""

    code: int
    report: Object
    daily: str

    def result(self, name: str) -> str:
        """pass, warn, fail or skip of a check; away, where that is why it failed."""
        one = self.check(name)
        return "away" if one["away"] else str(one["result"])

    def check(self, name: str) -> Object:
        """A check."""
        return next(one for one in self.report["checks"] if one["name"] == name)

    def bad(self) -> dict[str, str]:
        """All checks that did not pass; that something is slow is no part of it, on a busy machine."""
        unwell = [one for one in self.report["checks"] if one["result"] != "pass"]
        found = [str(one["name"]) for one in unwell if (one["result"], one["unit"]) != ("warn", "ms")]
        return {name: self.result(name) for name in found}


def told(production: Production, **environment: str) -> Told:
    """Runs both scripts at the same time; they must end alike, and without a traceback."""
    started = [
        production.start("health_check_production.sh", "--json", **environment),
        production.start("daily_health_check.sh", **environment),
    ]
    (out, err), (daily, also) = [process.communicate(timeout=110) for process in started]
    codes = {process.returncode for process in started}
    assert "Traceback" not in err + also + out + daily
    assert len(codes) == 1, (codes, out, err, daily, also)
    report = json.loads(out)
    (code,) = codes
    assert code == report["exit_code"], out
    values = _values(production.secrets)
    assert not [value for value in values if value in out + err + daily + also]
    return Told(code, report, daily)


def _values(secrets: Ground) -> Sequence[str]:
    """Values of what is secret; hosts, ports, names of roles and databases are not."""
    return [file.read_text("utf-8") for file in secrets.folder().iterdir() if not file.name.startswith(_OPEN)]


_OPEN = ("RDS_HOST", "RDS_PORT", "RDS_DATABASE", "RDS_USERNAME")
