"""The questions themselves: whole, named once, and answered by SQL."""

from pathlib import Path

import duckdb
import pytest
from evaluation.questions import FOLDER, Question, Wanted, read, wanted

from nba_mcp_synthesis.errors import SourceError

FILES = sorted(FOLDER.glob("*.jsonl"))


def _ask(sql: str) -> tuple[Wanted, ...]:
    return wanted(Question("one", "how many", "leaders", "demo", sql), lambda _: duckdb.connect())


def test_every_question_can_be_judged() -> None:
    """Each has one id, and SQL, a kept answer, or the reason why there is none."""
    questions = [question for path in FILES for question in read(path, path.stem)]
    assert len(questions) >= 200
    assert len({question.id for question in questions}) == len(questions)
    for one in questions:
        assert bool(one.sql or one.answer) != one.refusal, one.id
        assert bool(one.reason) == one.refusal, one.id


def test_no_question_knows_where_its_data_are() -> None:
    """SQL finds the files through the variable root, or is about tables."""
    assert [path.name for path in FILES if "'/" in path.read_text("utf-8")] == []


def test_the_answer_is_what_the_sql_returns() -> None:
    """Numbers stay numbers, dates become text."""
    sql = "SELECT 'Boston Celtics', 1.5::DECIMAL(3, 1), 'points' UNION ALL SELECT NULL, 2, 'games'"
    assert _ask(sql) == (Wanted("Boston Celtics", 1.5, "points"), Wanted(None, 2.0, "games"))
    assert _ask("SELECT NULL, DATE '2026-06-13', 'date'") == (Wanted(None, "2026-06-13", "date"),)


@pytest.mark.parametrize("sql", ["SELECT 1, 2, 3 WHERE FALSE", "SELECT nothing"])
def test_a_question_without_an_answer_stops_the_evaluation(sql: str) -> None:
    """Nothing is judged by an answer that is not there."""
    with pytest.raises(SourceError, match="The SQL of one"):
        _ask(sql)


def test_a_line_that_is_no_question_is_named(tmp_path: Path) -> None:
    """Which file and which line."""
    path = tmp_path / "few.jsonl"
    path.write_text('{"id": "a", "question": "b"}\n', "utf-8")
    with pytest.raises(SourceError, match=r"few.jsonl line 1"):
        read(path, "demo")
