"""The reference questions: what they are answered at the time of a backup, and by what was restored."""

import tomllib
from collections.abc import Callable, Sequence
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from nba_mcp_synthesis.facts import Answer
from nba_mcp_synthesis.operations.backup.manifest import ReferenceAnswer
from nba_mcp_synthesis.shapes import answer_json

if TYPE_CHECKING:
    from nba_mcp_synthesis.operations.backup.databases import Session

Found = tuple[Sequence[ReferenceAnswer], str]
_STATE_ANSWERS = 20
_NEWEST = f"""SELECT id, status, body->>'text' FROM public.answers AS one
WHERE (SELECT count(*) FROM public.answers AS other WHERE other.id = one.id) = 1
ORDER BY asked_at DESC, record DESC LIMIT {_STATE_ANSWERS}"""


@cache
def questions() -> tuple[str, ...]:
    """All of them."""
    text = files("nba_mcp_synthesis.operations.backup").joinpath("reference.toml").read_text("utf-8")
    return tuple(tomllib.loads(text)["questions"])


def kept_of(answer: dict[str, Any]) -> ReferenceAnswer:
    """What of an answer in its JSON shape has to stay the same."""
    values = tuple(
        {name: value[name] for name in ("entity", "measure", "value", "unit")} for value in answer["values"]
    )
    return ReferenceAnswer(
        question=answer["question"], status=answer["status"], text=answer["text"], values=values
    )


def of_warehouse(ask: Callable[[str], Answer], data_snapshot: str | None) -> Found:
    """The answers of now, as long as they are about the data that were dumped; else none, and why."""
    if data_snapshot is None:
        return (), "The database holds no warehouse to ask."
    found = [ask(question) for question in questions()]
    if any(answer.snapshot != data_snapshot for answer in found):
        return (
            (),
            "Data were loaded during the backup, so that the answers are about others than those dumped.",
        )
    return [kept_of({**answer_json(answer), "question": answer.question}) for answer in found], ""


def of_state(session: "Session") -> Found:
    """The newest answers that the state database keeps, read in the snapshot that is dumped."""
    there = session.execute("SELECT to_regclass('public.answers') IS NOT NULL").fetchall()
    if not there[0][0]:
        return (), "The database keeps no answers."
    rows = session.execute(_NEWEST.encode()).fetchall()
    return [ReferenceAnswer(question=row[0], status=row[1], text=row[2] or "") for row in rows], ""


def differences(wanted: Sequence[ReferenceAnswer], found: Sequence[ReferenceAnswer]) -> list[str]:
    """A sentence for each question that is answered otherwise."""
    answers = {one.question: one for one in found}
    told = []
    for one in wanted:
        other = answers.get(one.question)
        if other is None:
            told.append(f"{one.question!r} has no answer.")
        elif other != one:
            told.append(f"{one.question!r} is answered {other.text!r} instead of {one.text!r}.")
    return told
