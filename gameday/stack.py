"""All of production on one machine: service, databases, AWS, cluster, monitoring, and who is paged."""

import contextlib
import json
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import yaml

from gameday.following import follow_policy, follow_rds, share_load, sync_secrets, tell_logs
from gameday.kubelet import Clock, RedisPod, Service, path_of_people, with_addresses
from gameday.state_metrics import exposition
from gameday.traffic import Traffic
from gameday.world import LAKE, RDS, SECRET, Stack
from kubernetes_tools import kubectl
from lake.conftest import published, sound_bucket
from nba_mcp_synthesis.lake.opening import open_store
from running import NO_LIMITS
from secret_ground import FITTING
from servers import aws as aws_api
from servers.aws import AwsServer
from servers.cluster import Cluster, Executed, cluster
from servers.failing import Way, failing
from servers.killable import KillablePostgres, KillableRedis, killable_postgres_in
from servers.leagues import load_small
from servers.models import ModelServer, Peer
from servers.monitoring import (
    JOB,
    ROUTING_KEY,
    Daemon,
    Pages,
    alertmanagers,
    exporter,
    loaded,
    pages,
    prometheus,
    short_routes,
    short_rules,
    until,
)
from small_league import build
from synthesis.conftest import knowing

HOLD = 2  # seconds that stand for each rule's own duration
WINDOW = "15s"
MODELS = "openai:gpt-4.1-mini,anthropic:claude-haiku-4-5"
DATABASE = "nba_simulator"
_DENIED = b"<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"


@contextlib.contextmanager
def stack(folder: Path) -> Iterator[Stack]:
    """Starts all of it; gives it when every kind of caller is served and nothing is firing."""
    with contextlib.ExitStack() as kept:
        found = _Building(folder, kept).build()
        yield found


class _Building:
    """The parts in the order in which they need each other."""

    def __init__(self, folder: Path, kept: contextlib.ExitStack) -> None:
        self.folder, self.kept = folder, kept

    def build(self) -> Stack:
        """All parts, running."""
        aws = self.kept.enter_context(aws_api.started())
        told = self.kept.enter_context(pages())
        peers = self._models()
        self._only_ours({**aws.environment, **_outside(told, peers)})
        database = self.kept.enter_context(killable_postgres_in(self.folder))
        url = self._warehouse(database)
        self._lake(aws)
        _account(aws, database, told)
        way = self.kept.enter_context(failing(aws.url, lambda *_: False))
        way.status, way.error = 403, _DENIED
        redis = KillableRedis(self.folder)
        self.kept.callback(redis.kill)
        double = self.kept.enter_context(cluster(self.folder / "cluster"))
        service = self._service(url, aws, way, redis, peers)
        found = Stack(
            self.folder, aws, double, database, RedisPod(redis), service, peers, way,
            told, self._monitoring(double, service, told), Traffic(service.front.url),
            self._people(double, aws, database), Clock(),
        )  # fmt: skip
        self._start(found)
        return found

    def _only_ours(self, environment: dict[str, str]) -> None:
        """Nobody outside is to be found, by us or by anything that we start."""
        before = dict(os.environ)

        def restore() -> None:
            os.environ.clear()
            os.environ.update(before)

        self.kept.callback(restore)
        for name in [n for n in os.environ if n.startswith(("NBA_MCP_", "AWS_", "PG"))]:
            del os.environ[name]
        os.environ.update(environment)
        for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
            os.environ[name] = str(self.folder / "none")

    def _warehouse(self, database: KillablePostgres) -> str:
        database.server.create_database(DATABASE)
        url = f"{database.server.url(DATABASE)}?sslmode=disable"
        load_small(url, self.folder)
        return url

    def _lake(self, aws: AwsServer) -> None:
        sound_bucket(aws, LAKE)
        published(open_store(f"s3://{LAKE}/lake"), build(self.folder / "small.duckdb"))

    def _models(self) -> dict[str, Peer]:
        server = ModelServer()
        self.kept.callback(server.close)
        return {name: server.peer(knowing(), name=name) for name in ("openai", "anthropic")}

    def _service(
        self, url: str, aws: AwsServer, way: Way, redis: KillableRedis, peers: dict[str, Peer]
    ) -> Service:
        addresses = {"openai": peers["openai"].openai_url, "anthropic": peers["anthropic"].url}
        environment = {
            **os.environ,
            **aws.environment,
            **NO_LIMITS,
            "AWS_ENDPOINT_URL_S3": way.url,
            "NBA_MCP_WAREHOUSE_URL": url,
            "NBA_MCP_HOME": str(self.folder / "home"),
            "NBA_MCP_LAKE_URL": f"s3://{LAKE}/lake",
            "NBA_MCP_REDIS_URL": redis.url,
            "NBA_MCP_MODELS": MODELS,
            "NBA_MCP_SECRETS_MOUNTS": str(self.folder / "mounts"),
            "NBA_MCP_SECRETS_REFRESH_SECONDS": "0.5",
            "NBA_MCP_QUERY_CONCURRENCY": "4",
            "NBA_MCP_CALLER_SHARE": "1",
            "NBA_MCP_BUDGET_DAY_USD": "1000",
            "NBA_MCP_DRAIN_SECONDS": "0",
            "PGSSLMODE": "disable",
        }
        service = Service(self.folder, environment, lambda line: with_addresses(line, addresses))
        self.kept.callback(service.front.close)
        self.kept.callback(service.stop)
        return service

    def _monitoring(self, double: Cluster, service: Service, told: Pages) -> Daemon:
        data = loaded()
        routes = short_routes(data, told, self.folder)
        members = self.kept.enter_context(alertmanagers(self.folder, routes))
        states = self.kept.enter_context(exporter(lambda: exposition(double)))
        targets: dict[str, Sequence[str]] = {
            JOB: [service.front.url.removeprefix("http://")],
            "cluster": [states.address],
        }
        rules = short_rules(data, HOLD, WINDOW)
        return self.kept.enter_context(prometheus(self.folder, rules, targets, members))

    def _people(self, double: Cluster, aws: AwsServer, database: KillablePostgres) -> dict[str, str]:
        """The environment in which somebody on call types what a page says."""
        programs = self.folder / "programs"
        programs.mkdir()
        command = programs / "aws"
        root = Path(__file__).resolve().parents[1]
        runs = f'PYTHONPATH={root} exec {sys.executable} -m gameday.aws_command "$@"'
        command.write_text(f"#!/bin/sh\n{runs}\n")
        command.chmod(0o755)
        (programs / "psql").symlink_to(database.server.programs / "psql")
        server = database.server
        return {
            **os.environ,
            **aws.environment,
            **double.environment,
            "PATH": path_of_people(kubectl().parent, programs),
            "NBA_MCP_CONTEXT": "production",
            "NBA_MCP_HOME": str(self.folder / "people"),
            "NBA_MCP_SECRETS_MOUNTS": str(self.folder / "none"),
            "PGHOST": server.host,
            "PGPORT": str(server.port),
            "PGUSER": server.user,
            "PGPASSWORD": server.password,
            "PGDATABASE": DATABASE,
            "PGSSLMODE": "disable",
        }

    def _start(self, found: Stack) -> None:
        for body in yaml.safe_load_all((Path(__file__).parent / "cluster.yaml").read_text("utf-8")):
            found.cluster.add(body)
        found.cluster.world.execute = lambda pod, _, command, __: _executed(found, pod, command)
        sync_secrets(found)
        found.clock = Clock(
            lambda: found.redis.follow(found.cluster),
            lambda: found.service.follow(found.cluster),
            lambda: follow_rds(found),
            lambda: sync_secrets(found),
            lambda: follow_policy(found),
            lambda: tell_logs(found),
            lambda: share_load(found),
        )
        found.clock.start()
        self.kept.callback(found.clock.stop)
        until(lambda: found.service.front.answers(found.service.front.port), log=found.service.log)
        found.traffic.start()
        self.kept.callback(found.traffic.stop)


def _outside(told: Pages, peers: dict[str, Peer]) -> dict[str, str]:
    """Where the doors to others lead: to peers on loopback, whatever a runbook probes."""
    providers = ("ANTHROPIC", "DEEPSEEK", "GOOGLE_GEMINI", "OPENAI")
    found = {f"{name}_BASE_URL": peers["anthropic"].url for name in providers}
    return {**found, "OPENAI_BASE_URL": peers["openai"].openai_url, "PAGERDUTY_EVENTS_URL": told.server.url}


def _account(aws: AwsServer, database: KillablePostgres, told: Pages) -> None:
    """The instance, as RDS shows it, and the secrets of production."""
    aws.client("rds").create_db_instance(
        DBInstanceIdentifier=RDS, DBInstanceClass="db.t4g.medium", Engine="postgres", AllocatedStorage=20,
        MasterUsername="administrator", MasterUserPassword="of-the-game-day-only", DBName=DATABASE,
    )  # fmt: skip
    server = database.server
    login = {"RDS_HOST": server.host, "RDS_PORT": str(server.port), "RDS_DATABASE": DATABASE}
    values = {**FITTING, **login, "RDS_USERNAME": server.user, "RDS_PASSWORD": server.password}
    for name in ("METRICS_TOKEN", "REDIS_URL"):
        del values[name]
    values |= {"SLACK_WEBHOOK_URL": f"{told.server.url}/reminders", "PAGERDUTY_ROUTING_KEY": ROUTING_KEY}
    aws.client("secretsmanager").create_secret(Name=SECRET, SecretString=json.dumps(values))


def _executed(found: Stack, pod: str, command: list[str]) -> Executed:
    """What a command gives in a container of a pod."""
    runs = found.redis if pod.startswith("nba-mcp-redis") else found.service
    done = runs.run(command)
    return Executed(done.returncode, done.stdout, done.stderr)
