"""Asks the questions and says how many answers are right: `python -m evaluation.evaluate --help`."""

import os
import sys
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated

import typer
from rich.console import Console

from evaluation import report, warehouses
from evaluation.asking import Asked, ask_all
from evaluation.questions import FOLDER, Question, read, wanted
from nba_mcp_synthesis.errors import NbaMcpError, UsageError
from nba_mcp_synthesis.terminal import progress

MOST_WRONG = 0.01
_WIDTH = 200
_OF_MODELS = (
    "NBA_MCP_MODELS",
    "NBA_MCP_SYNTHESIZER",
    "NBA_MCP_STRATEGY",
    "NBA_MCP_BUDGET_USD",
    "NBA_MCP_BUDGET_DAY_USD",
    "NBA_MCP_VOICE_SECONDS",
    "NBA_MCP_VOICE_CONCURRENCY",
    "NBA_MCP_SECRETS_FOLDER",
)
app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


class Set(StrEnum):
    """Where questions come from: `shared` beside the real data, the others in files of their names."""

    SHARED = "shared"
    REAL = "real"
    DEMO = "demo"
    UNSEEN = "unseen"
    HELD_OUT = "held_out"
    EXAMS = "exams"
    ALL = "all"


# What `all` asks: held_out is asked by name only, so that it stays fresh.
_KEPT = (Set.SHARED, Set.REAL, Set.DEMO, Set.UNSEEN, Set.EXAMS)


@app.command()
def main(
    *,
    name: Annotated[Set, typer.Option("--set", help="Which questions to ask.")] = Set.ALL,
    family: Annotated[str | None, typer.Option(help="Only the questions of one family.")] = None,
    at_least: Annotated[float, typer.Option(min=0, max=1, help="Exit 1 when fewer are right.")] = 0.0,
    failures: Annotated[bool, typer.Option("--failures", help="Show all that is not right.")] = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print Markdown.")] = False,
    models: Annotated[
        bool, typer.Option("--models", help="With the models, strategy and budgets of the environment.")
    ] = False,
) -> None:
    """Asks, prints accuracy by family, keeps the report; exit 1 with over 1 % wrong or too few right."""
    settings = _models() if models else {}
    asked = _ask(_chosen(name, family), settings)
    parts = (name, family, "models" if models else None)
    kept = report.keep(asked, "-".join(part for part in parts if part))
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = _WIDTH
    if markdown:
        console.print(report.markdown(asked, f"Questions: {name}"), markup=False, soft_wrap=True)
    else:
        console.print(report.summary(asked, failures=failures))
        console.print(f"Kept: {', '.join(str(path) for path in kept)}", markup=False)
    wrong, right = report.share(asked, "wrong", "crashed"), report.share(asked, "right")
    if wrong > MOST_WRONG or right < at_least:
        raise typer.Exit(1)


def _models() -> dict[str, str]:
    """What the environment says of models; UsageError where it names none."""
    if not os.environ.get("NBA_MCP_MODELS"):
        raise UsageError("No model is named.", "Set NBA_MCP_MODELS, and the keys of the providers it names.")
    return {name: os.environ[name] for name in _OF_MODELS if name in os.environ}


def _chosen(name: Set, family: str | None) -> list[Question]:
    whole = name is Set.ALL
    found = [q for one in (_KEPT if whole else [name]) for q in _questions(one, whole=whole)]
    found = [q for q in found if family in (None, q.family)]
    if whole and warehouses.test_data() is None:
        Console(stderr=True).print("NBA_MCP_TEST_DATA is not set: only the demo league is asked about.")
        found = [q for q in found if q.data == "demo"]
    if not found:
        raise UsageError(f"There are no questions of {name} {family or ''}.".replace(" .", "."))
    return found


def _questions(name: Set, *, whole: bool) -> list[Question]:
    """The questions of one set; `whole` leaves out those that are not here."""
    if name is Set.SHARED:
        if whole and warehouses.test_data() is None:
            return []
        return read(warehouses.real_folder() / "questions" / "questions_dev.jsonl", "real")
    if name is Set.EXAMS:
        return [question for file in sorted(FOLDER.glob("exam_*.jsonl")) for question in read(file, "real")]
    file = FOLDER / f"{name}.jsonl"
    return read(file, "demo" if name is Set.DEMO else "real") if file.is_file() else []


def _ask(questions: list[Question], settings: Mapping[str, str]) -> list[Asked]:
    asked: list[Asked] = []
    with progress("Asking", len(questions)) as advance_to:
        for data in sorted({q.data for q in questions}):
            pairs = [(q, wanted(q, warehouses.connect)) for q in questions if q.data == data]
            for one in ask_all(warehouses.home(data), pairs, settings):
                asked.append(one)
                advance_to(len(asked))
    return asked


if __name__ == "__main__":
    try:
        app()
    except NbaMcpError as error:
        Console(stderr=True).print(str(error), markup=False)
        sys.exit(error.exit_code)
