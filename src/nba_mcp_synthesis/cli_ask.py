"""The command that answers questions: one, or a file of them."""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nba_mcp_synthesis.cli_data import AsJson
from nba_mcp_synthesis.errors import SourceError, UsageError

if TYPE_CHECKING:
    from nba_mcp_synthesis.answering import Answering
    from nba_mcp_synthesis.app import App


def ask(
    question: Annotated[str | None, typer.Argument(help="In plain English.")] = None,
    batch: Annotated[
        Path | None,
        typer.Option(help='A file of {"id", "question"} lines; prints a JSON answer a line.'),
    ] = None,
    previous: Annotated[str | None, typer.Option(help="The question before, to follow up on.")] = None,
    models: Annotated[
        str | None, typer.Option(help="Models to ask, as NBA_MCP_MODELS has them; an empty text for none.")
    ] = None,
    strategy: Annotated[str | None, typer.Option(help="cascade, panel or single.")] = None,
    explain: Annotated[bool, typer.Option("--explain", help="Say how the question was read.")] = False,
    as_json: AsJson = False,
) -> None:
    """Answer a question, with the query behind every number."""
    from nba_mcp_synthesis import terminal
    from nba_mcp_synthesis.shapes import answer_json

    if (question is None) == (batch is None):
        raise typer.BadParameter("Give a question, or --batch FILE.")
    product = _product(models=models, strategy=strategy)
    asking = product.asking_by_command(_warn)
    if batch is not None:
        for line in _batch(asking, batch):
            print(json.dumps(line, ensure_ascii=False), flush=True)
        return
    with terminal.stages(shown=bool(product.settings.models)) as tell:
        answer = asking.ask(question or "", previous=previous, tell=tell)
    terminal.show(answer_json(answer), terminal.answer(answer, explain=explain), as_json=as_json)


def _product(**given: str | None) -> "App":
    """The product by the environment's settings, and those that are given instead."""
    from nba_mcp_synthesis.app import App
    from nba_mcp_synthesis.settings import PREFIX, load_settings

    instead = {PREFIX + name.upper(): value for name, value in given.items() if value is not None}
    return App(load_settings({**os.environ, **instead}))


def _warn(told: str) -> None:
    print(f"nba-mcp: {told}", file=sys.stderr)


def _batch(asking: "Answering", path: Path) -> Iterator[dict[str, Any]]:
    from nba_mcp_synthesis.shapes import answer_json

    for answer_id, text in _questions(path):
        try:
            yield answer_json(asking.ask(text, answer_id))
        except UsageError as error:
            yield {
                "id": answer_id,
                "question": text,
                "text": str(error),
                "status": "refused",
                "values": [],
            }


def _questions(path: Path) -> list[tuple[str, str]]:
    """(id, question) of every line; all of them are read before the first is asked."""
    try:
        lines = path.read_text("utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(f"{path} cannot be read as UTF-8 text: {error}.") from error
    return [_asked(path, n, line) for n, line in enumerate(lines, start=1) if line.strip()]


def _asked(path: Path, number: int, line: str) -> tuple[str, str]:
    try:
        asked = json.loads(line)
        return str(asked["id"]), str(asked["question"])
    except (ValueError, KeyError, TypeError):
        raise SourceError(
            f'{path} line {number} is not {{"id": …, "question": …}}.',
            "Mend it; nothing was asked yet.",
        ) from None
