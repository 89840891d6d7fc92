"""Every command of the pages about incidents and on-call is one that the program takes."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer

from nba_mcp_synthesis.cli import app

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGES = ("incidents.md", "oncall.md")
COMMANDS = [
    command
    for page in PAGES
    for block in re.findall(r"```sh\n(.*?)```", (DOCS / page).read_text("utf-8"), re.DOTALL)
    for command in block.splitlines()
]


@pytest.mark.parametrize("command", COMMANDS)
def test_the_command_exists_and_takes_these_words(command: str) -> None:
    """Down to its options; it is not run."""
    program, *words = shlex.split(command)
    assert program == "nba-mcp"
    found: Any = typer.main.get_command(app)
    while hasattr(found, "commands"):
        name = words.pop(0)
        found = found.commands[name]
    assert found.make_context(found.name, words).params


def test_there_are_some() -> None:
    """Both pages have commands."""
    assert {command.split()[2] for command in COMMANDS} == {"incident", "oncall"}
    assert {command.split()[3] for command in COMMANDS} >= {
        "new",
        "update",
        "resolve",
        "postmortem",
        "list",
        "now",
        "check",
    }
