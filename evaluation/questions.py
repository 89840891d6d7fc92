"""The questions, and what the right answers are: SQL that the product has no part in."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from nba_mcp_synthesis.errors import SourceError

FOLDER = Path(__file__).parent / "questions"


@dataclass(frozen=True, slots=True)
class Wanted:
    """One thing that the text has to say.

    `entity` and a text `value` may give spellings with | between; None for a bare count or a bare name.
    """

    entity: str | None
    value: float | str | None
    unit: str | None


@dataclass(frozen=True, slots=True)
class Question:
    """A question, its family, and what the right reply to it is.

    `data` names the warehouse it is asked of. `previous` is the question before, for one that follows up.
    `tolerance` is absolute, in the unit of the value.
    """

    id: str
    text: str
    family: str
    data: str
    sql: str | None = None
    answer: tuple[Wanted, ...] = ()
    tolerance: float = 0.0
    refusal: bool = False
    reason: str = ""
    previous: str | None = None


def read(path: Path, data: str) -> list[Question]:
    """The questions of a file, a JSON object a line; `data` where a line names none.

    Raises:
        SourceError: a line is no question.
    """
    lines = enumerate(path.read_text("utf-8").splitlines(), start=1)
    return [_line(path, number, line, data) for number, line in lines if line.strip()]


def _line(path: Path, number: int, line: str, data: str) -> Question:
    try:
        return _question(json.loads(line), data)
    except (ValueError, KeyError, TypeError) as error:
        raise SourceError(f"{path.name} line {number} is no question: {error!r}.", "Mend it.") from error


def _question(row: dict[str, Any], data: str) -> Question:
    return Question(
        row["id"],
        row["question"],
        row["family"],
        row.get("data", data),
        row.get("sql"),
        tuple(Wanted(w["entity"], w["value"], w["unit"]) for w in row.get("answer", ())),
        row.get("tolerance", 0.0),
        row.get("refusal", False),
        row.get("reason", ""),
        row.get("previous"),
    )


def wanted(question: Question, connect: Callable[[str], duckdb.DuckDBPyConnection]) -> tuple[Wanted, ...]:
    """What the text has to say: kept with the question, or what its SQL returns now.

    Raises:
        SourceError: the SQL fails, or returns nothing since what the question is about is not there.
    """
    if question.refusal or question.answer:
        return question.answer
    try:
        found = connect(question.data).execute(str(question.sql)).fetchall()
    except duckdb.Error as error:
        raise SourceError(f"The SQL of {question.id} fails: {error}") from error
    if not found:
        raise SourceError(f"The SQL of {question.id} returns no rows.", "Ask about something that is there.")
    return tuple(Wanted(entity, _plain(value), unit) for entity, value, unit in found)


def _plain(value: object) -> float | str | None:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, date):
        return value.isoformat()
    if value is None or isinstance(value, float | int | str):
        return value
    raise SourceError(f"A text cannot be searched for {value!r}.", "Select a number, a text or a date.")
