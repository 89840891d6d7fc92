"""What surrounds a pod of the rendered manifests: databases, mounted secrets, its environment.

Whatever the manifests say is used as they say it; only addresses and folders are those of here.
"""

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from rendered import APP, Manifests, Object
from running import COMMAND
from servers.postgres import PostgresServer
from servers.redis import RedisServer

STATE, WAREHOUSE = "nba_mcp_synthesis", "nba_simulator"
READER, LOADER = "nba_mcp_synthesis", "nba_mcp_loader"
PASSWORDS = {READER: "reader-of-the-warehouse", LOADER: "loader-of-the-warehouse"}
TOKEN = "token-of-the-metrics"
# The names of the environment that a laptop or a test differs in; all others are as the manifests have them.
ELSEWHERE = {
    "NBA_MCP_BACKUP_URL",
    "NBA_MCP_HOME",
    "NBA_MCP_LAKE_URL",
    "NBA_MCP_SECRETS_MOUNTS",
    "NBA_MCP_STATE_URL",
    "NBA_MCP_WAREHOUSE_URL",
    "PGSSLROOTCERT",
}


@dataclass(frozen=True)
class Ground:
    """Databases as docs/kubernetes.md has them made, and a folder for what pods mount."""

    manifests: Manifests
    postgres: PostgresServer
    redis: RedisServer
    folder: Path

    def make_databases(self) -> None:
        """As an administrator does once: the databases, the roles, and the logins with their roles."""
        for name in (READER, LOADER):
            self.postgres.create_role(name, PASSWORDS[name])
        self.postgres.create_database(STATE, owner=READER)
        self.postgres.create_database(WAREHOUSE)
        administrator = {"NBA_MCP_WAREHOUSE_URL": f"{self.postgres.url(WAREHOUSE)}?sslmode=disable"}
        run(["data", "roles"], {**os.environ, **administrator})
        with psycopg.connect(self.postgres.url(WAREHOUSE), autocommit=True) as admin:
            for role, login in (("nba_reader", READER), ("nba_owner", LOADER)):
                admin.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(role), sql.Identifier(login)))

    def mount(self, secret: str) -> Path:
        """The folder of a mounted secret, one a file."""
        folder = self.folder / secret
        folder.mkdir(exist_ok=True)
        login = LOADER if secret == f"{APP}-jobs-secrets" else READER
        values = {
            "METRICS_TOKEN": TOKEN,
            "PAGERDUTY_ROUTING_KEY": "0123456789abcdef0123456789abcdef",
            "RDS_HOST": self.postgres.host,
            "RDS_PASSWORD": PASSWORDS[login],
            "RDS_USERNAME": login,
            "REDIS_URL": self.redis.url,
            "SLACK_WEBHOOK_URL": "https://hooks.example.com/services/T0/B0/none",
            "STATE_PASSWORD": PASSWORDS[READER],
            "DEEPSEEK_API_KEY": "",  # an optional one that AWS lacks
        }
        for name, value in values.items():
            (folder / name).write_text(value)
        return folder

    def environment(self, container: Object, pod: Object, name: str) -> dict[str, str]:
        """The environment of one container, with the addresses of here."""
        given: dict[str, str] = {}
        for source in container["envFrom"]:
            maps = [self.manifests.one("ConfigMap", source["configMapRef"]["name"])]
            given |= maps[0]["data"]
        home = self.folder / name
        home.mkdir(exist_ok=True)
        place = f"{self.postgres.host}:{self.postgres.port}"
        here = {
            "NBA_MCP_HOME": str(home),
            "NBA_MCP_LAKE_URL": str(self.folder / "lake"),
            "NBA_MCP_SECRETS_MOUNTS": str(self.mount(mounted_secret(container, pod))),
            "NBA_MCP_STATE_URL": f"{_login(given['NBA_MCP_STATE_URL'])}@{place}/{STATE}?sslmode=disable",
            "NBA_MCP_WAREHOUSE_URL": f"{_login(given['NBA_MCP_WAREHOUSE_URL'])}@{place}/{WAREHOUSE}",
        }
        kept = {
            key: value for key, value in given.items() if key not in ELSEWHERE and not key.startswith("AWS_")
        }
        return {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", **kept, **here}

    def server_container(self) -> tuple[Object, Object]:
        """The server's container, and its pod."""
        pod = self.manifests.server()
        return pod["spec"]["containers"][0], pod

    def server_environment(self, name: str) -> dict[str, str]:
        """The environment of a server."""
        return self.environment(*self.server_container(), name)

    def server_arguments(self, port: int) -> list[str]:
        """The arguments of a server, on a port of here."""
        container, _ = self.server_container()
        listening = str(container["ports"][0]["containerPort"])
        return [str(port) if one == listening else one for one in container["args"]]


def mounted_secret(container: Object, pod: Object) -> str:
    """The name of the Kubernetes secret that a container has where the settings look."""
    (mount,) = [m for m in container["volumeMounts"] if m["mountPath"] == "/run/secrets/nba-mcp-synthesis"]
    (volume,) = [v for v in pod["spec"]["volumes"] if v["name"] == mount["name"]]
    found: str = volume["secret"]["secretName"]
    return found


def run(arguments: Sequence[str], environment: dict[str, str]) -> None:
    """Runs the command, which has to succeed."""
    done = subprocess.run(
        [COMMAND, *arguments], env=environment, capture_output=True, text=True, check=False, timeout=100
    )
    assert done.returncode == 0, done.stderr


def at_once(arguments: Sequence[str], environments: Sequence[dict[str, str]]) -> list[tuple[int, str]]:
    """Runs it as several processes that start together: the exit code and what was said of each."""
    started = [
        subprocess.Popen(
            [COMMAND, *arguments], env=one, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        for one in environments
    ]
    told: list[Any] = [process.communicate(timeout=100)[0] for process in started]
    return [(process.returncode, text) for process, text in zip(started, told, strict=True)]


def _login(url: str) -> str:
    return url.rpartition("@")[0]
