"""A warehouse that is lost is made again from its lake: the same rows, and the same answer to each question.

The lake is in a bucket with versions; every step is a command.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from evaluation.asking import Asked, ask_all
from evaluation.questions import FOLDER, Question, Wanted, read, wanted

from evaluation import warehouses
from lake.conftest import BUCKET, digests, sound_bucket
from servers.aws import AwsServer
from servers.postgres import PostgresServer
from test_cli import nba_mcp, printed

pytestmark = [
    pytest.mark.system,
    pytest.mark.timeout(600),
]  # two seasons, over a hundred questions, three times
Pairs = list[tuple[Question, tuple[Wanted, ...]]]
PLACE = f"s3://{BUCKET}/nba/lake"


@pytest.fixture(scope="module")
def pairs() -> Pairs:
    """Every question about the demo league with what is right, by SQL that the product has no part in."""
    return [(one, wanted(one, warehouses.connect)) for one in read(FOLDER / "demo.jsonl", "demo")]


def answers(pairs: Pairs, home: Path, environment: Mapping[str, str]) -> list[Asked]:
    """Every question with its reply."""
    return [replace(one, seconds=0.0) for one in ask_all(home, pairs, environment)]


def check_same(asked: list[Asked], before: list[Asked]) -> None:
    """Every question is answered as before; says what was said, now and then."""
    pairs = zip(asked, before, strict=True)
    assert not "\n".join(f"now: {now}\nbefore: {then}" for now, then in pairs if now != then)


def right(asked: list[Asked]) -> int:
    """How many are right, and shown by their evidence when it is run again."""
    return sum(one.outcome == "right" and not one.unproven for one in asked)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with the demo league's two seasons, which are loaded once for all evaluations."""
    monkeypatch.setenv("NBA_MCP_HOME", str(tmp_path / "home"))
    source = warehouses.home("demo") / "demo.duckdb"
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "demo.duckdb").write_bytes(source.read_bytes())
    return tmp_path / "home"


def publish(**environment: str) -> dict[str, Any]:
    """Publishes the warehouse of an environment to the bucket."""
    told: dict[str, Any] = printed(nba_mcp("data", "publish", "--to", PLACE, "--json", **environment))
    return told


@pytest.mark.requirement("SYS-S3")
def test_a_lost_warehouse_comes_back_from_its_bucket(
    home: Path, pairs: Pairs, aws_server: AwsServer, postgres_server: PostgresServer, tmp_path: Path
) -> None:
    """DuckDB to S3 to DuckDB, and to PostgreSQL."""
    sound_bucket(aws_server)
    file = home / "demo.duckdb"
    rows, asked = digests(file), answers(pairs, home, {})
    assert right(asked) > 90
    assert not [one.text for one in asked if one.outcome in ("wrong", "crashed")]
    assert publish()["changed"]

    file.unlink()
    assert nba_mcp("query", "SELECT 1").returncode == 3, "the warehouse is gone"
    assert printed(nba_mcp("data", "load", PLACE, "--json"))["path"] == str(file)
    assert digests(file) == rows
    check_same(answers(pairs, home, {}), asked)

    elsewhere = {
        "NBA_MCP_WAREHOUSE_URL": f"{postgres_server.url(postgres_server.create_database())}?sslmode=disable",
        "NBA_MCP_HOME": str(tmp_path / "elsewhere"),
    }
    loaded = printed(nba_mcp("data", "load", PLACE, "--json", **elsewhere))
    assert loaded["tables"] == {table: rows[f"main.{table}"][0] for table in loaded["tables"]} != {}
    # files are named by their content: were a row another one, something would be written
    assert not publish(**elsewhere)["changed"]
    check_same(answers(pairs, tmp_path / "elsewhere", elsewhere), asked)
