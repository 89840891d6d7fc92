"""Backup, disaster, restore and drill by the commands, on a real PostgreSQL and an AWS API server."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import psycopg
import pytest

from backup_ground import BUCKET, Key, new_key
from lake.conftest import sound_bucket
from nba_mcp_synthesis.operations.backup.archive import choose
from nba_mcp_synthesis.operations.backup.manifest import MANIFEST
from nba_mcp_synthesis.operations.backup.reference import questions
from nba_mcp_synthesis.operations.backup.store import BackupStore, open_store
from servers.aws import AwsServer
from servers.leagues import load_small
from servers.postgres import PostgresServer, programs
from test_cli import nba_mcp

pytestmark = [pytest.mark.system, pytest.mark.timeout(300)]
QUESTIONS = ("who led the league in total points", "lakers record")


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

    def done(self, *words: str) -> Any:
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
                "SELECT schemaname || '.' || tablename FROM pg_tables WHERE schemaname !~ "
                "'^pg_|^information_schema$'"
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
    assert len(before["state"]["public.answers"]) == 4
    made = deployment.done("create")
    assert [(one["database"], one["note"]) for one in made] == [("warehouse", ""), ("state", "")]
    assert [one["reference_answers"] for one in made] == [len(questions()), 4]
    assert deployment.done("create", "--due") == []
    ids = {one["database"]: one["id"] for one in made}
    proven = deployment.done("verify", ids["state"])
    assert [(one["database"], one["id"]) for one in proven] == [("state", ids["state"])]
    unknown = deployment.run("verify", "20200101T000000Z-0000")
    assert (unknown.returncode, "There is no backup 20200101T000000Z-0000" in unknown.stderr) == (2, True)
    with deployment.postgres.connect() as admin:
        for name in deployment.names.values():
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())
    for name, dbname in deployment.names.items():
        found = deployment.done("restore", "--database", name, "--confirm", dbname)
        assert found["rows"] == sum(map(len, before[name].values()))
    assert {name: deployment.rows(name) for name in deployment.names} == before
    assert deployment.asked() == answers


@pytest.mark.requirement("WK-RECOVERY")
def test_a_drill_ends_in_the_same_answers(deployment: Deployment) -> None:
    """A server on what was restored answers as before; one answer that differs is found."""
    made = {one["database"]: one for one in deployment.done("create")}
    reports = deployment.folder / "reports"
    found = deployment.done("drill", "--reports", str(reports))
    assert found["holds"]
    assert {one["database"]: one["asked"] for one in found["databases"]} == {
        "warehouse": len(questions()),
        "state": 2,
    }
    assert found["rto_seconds"] > sum(one["restore_seconds"] for one in found["databases"]) > 0
    began = datetime.fromisoformat(found["at"])
    lost = (began - datetime.fromisoformat(made["warehouse"]["at"])).total_seconds()
    assert abs(found["rpo_seconds"] - lost) < 1
    assert json.loads(next(reports.glob("*.json")).read_text())["holds"]
    assert "with the same answers" in next(reports.glob("*.md")).read_text()
    listed = deployment.done("list")
    assert all(one["verified_at"] and not one["fault"] for one in listed["dumps"])

    store = open_store_of(deployment)
    manifest = choose(store, "warehouse", None)
    other = manifest.reference[0].model_copy(update={"text": "Somebody else led."})
    changed = manifest.model_copy(update={"reference": (other, *manifest.reference[1:])})
    store.write(manifest.key(MANIFEST), changed.model_dump_json().encode())
    wrong = deployment.run("drill", "--json", "--reports", str(reports))
    assert wrong.returncode == 1
    faults = {one["database"]: one["faults"] for one in json.loads(wrong.stdout)["databases"]}
    assert faults["state"] == []
    assert "instead of 'Somebody else led.'" in faults["warehouse"][0]
    told = deployment.done("list")
    assert [(one["database"], one["step"]) for one in told["failures"]] == [("warehouse", "drill")]
    assert "Somebody else led." in told["failures"][0]["reason"]
    assert len(store.keys("drills/")) == 4
    with deployment.postgres.connect() as admin:
        left = admin.execute("SELECT datname FROM pg_database WHERE datname ~ '^nba_mcp_scratch'").fetchall()
    assert left == []


def test_nothing_is_replaced_without_its_name(deployment: Deployment) -> None:
    """Neither without a name, nor with another; and beside what is in use it may be looked at."""
    made = deployment.done("create", "--database", "warehouse")
    for typed in ([], ["--confirm", "nba"]):
        refused = deployment.run("restore", *typed)
        assert refused.returncode == 2
        assert "--confirm nba_simulator" in refused.stderr
    assert deployment.run("restore", "--database", "other").returncode == 2
    assert deployment.run("restore", "20200101T000000Z-0000", "--confirm", "nba_simulator").returncode == 2
    moment = "2026-01-31T04:05:00Z"
    for mixed in ([made[0]["id"]], ["--into", "look"], ["--database", "state"], ["--older"]):
        refused = deployment.run("restore", "--to", moment, *mixed)
        assert (refused.returncode, "Say one of them alone" in refused.stderr) == (2, True)
    beside = f"look_{secrets.token_hex(4)}"
    assert deployment.done("restore", "--into", beside)["dbname"] == beside
    environment = {
        **deployment.environment(),
        "NBA_MCP_WAREHOUSE_URL": f"{deployment.postgres.url(beside)}?sslmode=disable",
    }
    assert "220" in json.loads(nba_mcp("ask", "--json", QUESTIONS[0], **environment).stdout)["text"]


@pytest.mark.requirement("BK-S3")
def test_buckets_are_checked(deployment: Deployment, aws_server: AwsServer) -> None:
    """Each thing that a bucket lacks is named with what mends it; with all of that done nothing is left."""
    client = aws_server.client("s3")
    bare = deployment.run("check", "--json")
    assert bare.returncode == 1
    told = " ".join(json.loads(bare.stdout)["faults"])
    for words in (
        "public access",
        "no default encryption",
        "keeps no versions",
        "never finished",
        "former versions",
    ):
        assert words in told
    sound_bucket(aws_server, BUCKET)
    rules = json.loads(deployment.run("check", "--rules").stdout)
    client.put_bucket_lifecycle_configuration(Bucket=BUCKET, LifecycleConfiguration=rules)
    assert deployment.done("check")["faults"] == []
    hasty = {"ID": "hasty", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 30}}
    client.put_bucket_lifecycle_configuration(
        Bucket=BUCKET, LifecycleConfiguration={"Rules": [*rules["Rules"], hasty]}
    )
    (fault,) = json.loads(deployment.run("check", "--json").stdout)["faults"]
    assert "The lifecycle rule hasty" in fault
    weekly = {**deployment.environment(), "NBA_MCP_BACKUP_MONTHLY": "0", "NBA_MCP_BACKUP_RECIPIENTS": ""}
    found = json.loads(nba_mcp("ops", "backup", "check", "--json", **weekly).stdout)["faults"]
    assert ["RECIPIENTS is not set" in found[0], "The lifecycle rule hasty" in found[1]] == [True, True]


def open_store_of(deployment: Deployment) -> BackupStore:
    """Where its backups are."""
    return open_store(deployment.environment()["NBA_MCP_BACKUP_URL"])
