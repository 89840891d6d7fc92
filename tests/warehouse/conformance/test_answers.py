"""The analyst's evaluation: every question has one answer on DuckDB and PostgreSQL, a sample on Spark too."""

import json
import math
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from lake import conftest as lake
from nba_mcp_synthesis.basketball.box_score import box_score
from nba_mcp_synthesis.engine_addresses import SparkAddress
from nba_mcp_synthesis.errors import UsageError
from nba_mcp_synthesis.lake.opening import open_store
from nba_mcp_synthesis.shapes import answer_json, json_rows
from nba_mcp_synthesis.sources.demo.league import simulate
from nba_mcp_synthesis.synthesis import pipeline
from nba_mcp_synthesis.warehouse import catalog
from nba_mcp_synthesis.warehouse.cautions import Cautions
from nba_mcp_synthesis.warehouse.duckdb_engine import DuckDBWarehouse
from nba_mcp_synthesis.warehouse.engine import Warehouse
from nba_mcp_synthesis.warehouse.loading import load_demo
from nba_mcp_synthesis.warehouse.postgres import publishing
from nba_mcp_synthesis.warehouse.postgres.migrating import migrate
from nba_mcp_synthesis.warehouse.postgres.writing import writing
from nba_mcp_synthesis.warehouse.postgres_engine import PostgresWarehouse
from nba_mcp_synthesis.warehouse.spark_engine import SparkWarehouse
from nba_mcp_synthesis.warehouse.status import data_status
from servers.in_trino import InTrino
from servers.leagues import PATIENT
from servers.postgres import PostgresServer
from small_league import analyst_of

pytestmark = pytest.mark.system  # hundreds of questions to two engines: minutes
QUESTIONS = Path(__file__).resolve().parents[3] / "evaluation" / "questions"
SAMPLE = 44  # questions that Spark, which takes a second for each query, is asked too
Both = tuple[DuckDBWarehouse, PostgresWarehouse]


def published(file: DuckDBWarehouse, server: PostgresServer) -> PostgresWarehouse:
    """The same warehouse in PostgreSQL."""
    url = server.url(server.create_database()) + "?sslmode=disable"
    migrate(lambda: url)
    with writing(lambda: url) as session:
        publishing.publish(session, file.path)
    return PostgresWarehouse(lambda: url)


@pytest.fixture(scope="module")
def demo(postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    """A simulated season in both engines."""
    path = tmp_path_factory.mktemp("demo") / "demo.duckdb"
    load_demo(path, [("season", reading) for reading in simulate(1, 1, processes=2)])
    file = DuckDBWarehouse(path)
    there = published(file, postgres_server)
    yield file, there
    file.close()
    there.close()


@pytest.fixture(scope="module")
def real(real_warehouse: DuckDBWarehouse, postgres_server: PostgresServer) -> Iterator[Both]:
    """The real season in both engines."""
    there = published(real_warehouse, postgres_server)
    yield real_warehouse, there
    there.close()


@pytest.mark.requirement("SYS-POSTGRES")
@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("league", "questions"),
    [("demo", "demo"), ("demo", "unseen"), ("real", "real"), ("real", "held_out"), ("real", "unseen")],
)
def test_every_question_has_one_answer(league: str, questions: str, request: pytest.FixtureRequest) -> None:
    """Text, claims, rows, notes and what was assumed: all but the SQL itself."""
    both: Both = request.getfixturevalue(league)
    asked = [json.loads(line) for line in (QUESTIONS / f"{questions}.jsonl").read_text("utf-8").splitlines()]
    assert len(asked) > 50
    first, second = (_answers(warehouse, asked) for warehouse in both)
    differing = [q["question"] for q, a, b in zip(asked, first, second, strict=True) if not same(a, b)]
    assert differing == []
    assert sum(answer["status"] == "answered" for answer in first) > len(asked) / 4


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("league", "questions"), [("demo", "demo"), ("demo", "unseen"), ("real", "real"), ("real", "held_out")]
)
def test_questions_have_one_answer_in_trinos_words(
    league: str, questions: str, request: pytest.FixtureRequest
) -> None:
    """What Athena is asked is what Trino takes, and means the same."""
    both: Both = request.getfixturevalue(league)
    lines = (QUESTIONS / f"{questions}.jsonl").read_text("utf-8").splitlines()
    asked = [json.loads(line) for line in lines[::3]]  # telling Trino's types takes longer than the answers
    with closing(InTrino(both[0].path)) as other:
        first, second = (_answers(warehouse, asked) for warehouse in (both[0], other))
    differing = [q["question"] for q, a, b in zip(asked, first, second, strict=True) if not same(a, b)]
    assert differing == []


@pytest.fixture(scope="module")
def demo_on_spark(
    demo: Both, spark_server: SparkAddress, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Warehouse]:
    """The simulated season of `demo`, published to a folder that Spark reads."""
    place = str(tmp_path_factory.mktemp("lake"))
    lake.published(open_store(place), demo[0].path)
    with closing(SparkWarehouse(spark_server, place, PATIENT)) as warehouse:
        yield warehouse


@pytest.mark.timeout(900)
def test_a_sample_of_questions_has_one_answer_on_spark(demo: Both, demo_on_spark: Warehouse) -> None:
    """Over all kinds of questions, as the files have them one after the other."""
    asked = [
        json.loads(line)
        for name in ("demo", "unseen")
        for line in (QUESTIONS / f"{name}.jsonl").read_text("utf-8").splitlines()
    ]
    sample = asked[:: len(asked) // SAMPLE]
    assert len(sample) >= SAMPLE
    first, second = (_answers(warehouse, sample) for warehouse in (demo[0], demo_on_spark))
    differing = [q["question"] for q, a, b in zip(sample, first, second, strict=True) if not same(a, b)]
    assert differing == []
    assert sum(answer["status"] == "answered" for answer in first) > len(sample) / 2


@pytest.mark.parametrize("league", ["demo", "real"])
def test_what_is_told_of_the_data_is_one(league: str, request: pytest.FixtureRequest) -> None:
    """Coverage, checks, tables, standings and box scores."""
    both: Both = request.getfixturevalue(league)
    first, second = (_told(warehouse) for warehouse in both)
    for name, value in first.items():
        assert same(value, second[name]), name


def same(one: Any, other: Any) -> bool:
    """Equal, types included; the last digits of doubles that were added in another order apart."""
    match one:
        case float():
            return type(other) is float and math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)
        case dict():
            return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
        case list() | tuple():
            return len(one) == len(other) and all(map(same, one, other))
    return type(one) is type(other) and bool(one == other)


def _answers(warehouse: Warehouse, asked: list[dict[str, Any]]) -> list[dict[str, Any]]:
    analyst, cautions = analyst_of(warehouse), Cautions(warehouse)
    found = []
    for question in asked:
        try:
            text = pipeline.question_of(question["question"], "a", question.get("previous"))
            answer = pipeline.finish(pipeline.begin(text, analyst, warehouse), warehouse, cautions)
        except UsageError as error:
            found.append({"status": "refused", "text": str(error)})
        else:
            found.append(_without_engine(answer_json(answer)))
    return found


def _without_engine(answer: dict[str, Any]) -> dict[str, Any]:
    for evidence in answer["evidence"]:
        del evidence["sql"], evidence["engine"]
    del answer["voices"], answer["stages"]
    return answer


def _told(warehouse: Warehouse) -> dict[str, Any]:
    status = data_status(warehouse)
    game = warehouse.read("SELECT max(game_id) FROM player_game_stats").rows[0][0]
    box = box_score(warehouse, str(game))
    return {
        "coverage": status.coverage,
        "checks": status.checks,
        "findings": status.findings,
        "files": status.files,
        "as_of": (status.data_as_of, status.simulated, status.snapshot),
        "tables": [(t.name, t.rows) for t in catalog.describe_tables(warehouse)],
        "standings": json_rows(warehouse.read("SELECT * FROM standings ORDER BY season, team_id").rows),
        "game": box.game,
        "teams": json_rows(box.teams.rows),
        "players": json_rows(box.players.rows),
    }
