"""Asking the product in this process, and what became of each question."""

import inspect
import math
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from evaluation.judge import faults
from evaluation.questions import Question, Wanted
from nba_mcp_synthesis.app import App
from nba_mcp_synthesis.errors import UsageError
from nba_mcp_synthesis.facts import Answer, Claim
from nba_mcp_synthesis.settings import load_settings

Outcome = Literal["right", "declined", "wrong", "crashed"]


@dataclass(frozen=True, slots=True)
class Asked:
    """One question with its reply: `faults` say why it is not right, `unproven` what its evidence lacks."""

    question: Question
    wanted: tuple[Wanted, ...]
    text: str
    status: str
    outcome: Outcome
    seconds: float
    faults: tuple[str, ...] = field(default=())
    unproven: tuple[str, ...] = field(default=())
    cost_usd: float = 0.0
    models: tuple[str, ...] = ()  # name and fate of every model that was asked


def ask_all(
    home: Path,
    questions: Sequence[tuple[Question, tuple[Wanted, ...]]],
    settings: Mapping[str, str] | None = None,
) -> Iterator[Asked]:
    """Asks the questions one after the other.

    `home` is the folder of the warehouse they are about; `settings` are variables that name models and how to
    ask them, without which the analyst answers alone.
    """
    app = App(load_settings({**(settings or {}), "NBA_MCP_HOME": str(home)}))
    with closing(app.warehouse), ThreadPoolExecutor(1) as thread:
        rows = app.warehouse.query("SELECT full_name FROM players").rows
        people = frozenset(str(row[0]) for row in rows)
        app.names()
        for question, wanted in questions:
            started = time.perf_counter()
            reply = thread.submit(_ask, app, question)
            error = reply.exception()
            seconds = time.perf_counter() - started
            if error is None:
                yield _judged(app, question, wanted, reply.result(), people, seconds)
            else:
                yield _failed(question, wanted, error, seconds)
        thread.submit(app.questions().close).result()


def _ask(app: App, question: Question) -> Answer:
    options: dict[str, Any] = {}
    if question.previous and "previous" in inspect.signature(App.ask).parameters:
        options["previous"] = question.previous
    return app.ask(question.text, question.id, **options)


def _failed(question: Question, wanted: tuple[Wanted, ...], error: BaseException, seconds: float) -> Asked:
    """A question that the product would not take is refused; any other error is its fault."""
    told = f"{type(error).__name__}: {error}"
    if isinstance(error, UsageError):
        outcome: Outcome = "right" if question.refusal else "declined"
        return Asked(question, wanted, told, "refused", outcome, seconds)
    return Asked(question, wanted, told, "crashed", "crashed", seconds, (told,))


def _judged(
    app: App,
    question: Question,
    wanted: tuple[Wanted, ...],
    answer: Answer,
    people: frozenset[str],
    seconds: float,
) -> Asked:
    models = tuple(f"{v.name} {v.outcome}" for v in answer.voices if ":" in v.name)
    spent: dict[str, Any] = {"cost_usd": answer.cost_usd, "models": models}
    if answer.status != "answered":
        outcome: Outcome = "right" if question.refusal else "declined"
        return Asked(question, wanted, answer.text, answer.status, outcome, seconds, **spent)
    found = [f"It cannot be answered: {question.reason}."] if question.refusal else []
    found += faults(answer.text, wanted, question.tolerance, people)
    outcome = "wrong" if found else "right"
    unproven = tuple(_unproven(app, answer))
    return Asked(question, wanted, answer.text, "answered", outcome, seconds, tuple(found), unproven, **spent)


def _unproven(app: App, answer: Answer) -> Iterator[str]:
    """Claims that are not in what their evidence returns when it is run again."""
    again = {evidence.id: app.warehouse.query(evidence.sql).rows for evidence in answer.evidence}
    for claim in answer.claims:
        cells = [cell for row in again.get(claim.evidence, ()) for cell in row]
        if not any(_shows(cell, claim) for cell in cells):
            yield f"{claim.measure} {claim.value} of {claim.entity} is not in the rows of {claim.evidence}."


def _shows(cell: object, claim: Claim) -> bool:
    if isinstance(claim.value, str):
        return str(cell) == claim.value
    if cell is None or isinstance(cell, str | bool) or not hasattr(cell, "__float__"):
        return False
    scale = 100.0 if claim.unit == "percent" else 1.0
    return any(math.isclose(float(cell) * s, claim.value, rel_tol=1e-6, abs_tol=1e-9) for s in (1.0, scale))
