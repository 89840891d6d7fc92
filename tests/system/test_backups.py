"""Backup, disaster, restore and drill by the commands, on a real PostgreSQL and an AWS API server."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import CompletedProcess

import psycopg
import pytest

from backup.conftest import BUCKET, Key, new_key
from servers.aws import AwsServer
from servers.leagues import load_small
from servers.postgres import PostgresServer, programs
from test_cli import nba_mcp

pytestmark = [pytest.mark.system, pytest.mark.timeout(300)]
QUESTIONS = ("who led the league in total points", "lakers record", "celtics points per game")


@dataclass
class Deployment:
    """A warehouse and a state database in PostgreSQL with answers in both, and where their backups go."""

    postgres: PostgresServer
    key: Key
    folder: Path
    names: Mapping[str, str] = field(
        default_factory=lambda: {"warehouse": "nba_simulator", "state": "nba_mcp_synthesis"}
    )

    def environment(self) -> dict[str, str]:
        """The settings of every command."""
        urls = {f"NBA_MCP_{one.upper()}_URL": self.url(one) for one in self.names}
        return {
            **urls,
            "NBA_MCP_HOME": str(self.folder),
            "NBA_MCP_BACKUP_URL": f"s3://{BUCKET}",
            "NBA_MCP_BACKUP_RECIPIENTS": self.key.public,
            "NBA_MCP_BACKUP_IDENTITY": str(self.key.file),
            "NBA_MCP_BACKUP_PROGRAMS": str(programs()),
        }

    def url(self, name: str) -> str:
        """The address of one of them."""
        return f"{self.postgres.url(self.names[name])}?sslmode=disable"

    def run(self, *words: str) -> CompletedProcess[str]:
        """What a command of backups does."""
        return nba_mcp("ops", "backup", *words, **self.environment())

    def done(self, *words: str) -> object:
        """The JSON of one that has to succeed."""
        found = self.run(*words, "--json")
        assert found.returncode == 0, found.stderr + found.stdout
        return json.loads(found.stdout)

    def asked(self) -> list[str]:
        """The answers to some questions."""
        answers = [nba_mcp("ask", "--json", question, **self.environment()) for question in QUESTIONS]
        return [json.loads(answer.stdout)["text"] for answer in answers]

    def rows(self, name: str) -> dict[str, list[str]]:
        """All rows of a database as text, read by a client of its own."""
        with psycopg.connect(self.url(name)) as session:
            tables = session.execute(
                "SELECT schemaname || '.' || tablename FROM pg_tables WHERE schemaname !~ '^pg_|^information_schema$'"
            ).fetchall()
            return {
                table: sorted(
                    str(row[0]) for row in session.execute(f"SELECT t::text FROM {table} t".encode())
                )
                for (table,) in tables
            }


@pytest.fixture
def deployment(postgres_server: PostgresServer, aws_server: AwsServer, tmp_path: Path) -> Deployment:
    """Both databases filled, an empty bucket."""
    aws_server.client("s3").create_bucket(Bucket=BUCKET)
    found = Deployment(postgres_server, new_key(tmp_path / "identity.txt"), tmp_path / "home")
    for name in found.names.values():
        with postgres_server.connect() as admin:
            admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())
        postgres_server.create_database(name)
    load_small(found.url("warehouse"), tmp_path / "loading")
    assert nba_mcp("state", "migrate", **found.environment()).returncode == 0
    found.asked()
    assert nba_mcp("answers", "list", **found.environment()).returncode == 0
    return found


@pytest.mark.requirement("BK-DATABASE")
@pytest.mark.requirement("BK-VERIFY")
def test_what_was_destroyed_comes_back(deployment: Deployment) -> None:
    """Both databases are dropped and restored: the same rows in every table, and the same answers."""
    answers = deployment.asked()
    assert nba_mcp("answers", "list", **deployment.environment()).returncode == 0
    before = {name: deployment.rows(name) for name in deployment.names}
    assert len(before["state"]["public.answers"]) == 6
    made = deployment.done("create")
    print(made)
    with deployment.postgres.connect() as admin:
        for name in deployment.names.values():
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())
    for name, dbname in deployment.names.items():
        print(deployment.done("restore", "--database", name, "--confirm", dbname))
    assert {name: deployment.rows(name) for name in deployment.names} == before
    assert deployment.asked() == answers


def test_drill(deployment: Deployment) -> None:
    deployment.done("create")
    print(deployment.done("drill", "--reports", str(deployment.folder / "reports")))
    print(*[p.read_text() for p in (deployment.folder / "reports").glob("*.md")])
    print(deployment.run("list").stdout)
    print(deployment.run("prune").stdout)
    print(deployment.run("check").stdout)
    print(deployment.run("verify").stdout)
