"""For each program in the docs, what tells whether a command of it would work: what is wrong, or nothing."""

import re
import tomllib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pglast
import typer
from gameday.aws_words import UnknownWordsError, understand

from docs.shell import ROOT, Command
from nba_mcp_synthesis.cli import app

Judge = Callable[[Command], str]
_TABLE = tomllib.loads((Path(__file__).parent / "programs.toml").read_text("utf-8"))


def judged(command: Command) -> str:
    """What is wrong with a command, or nothing; a program that nobody knows is wrong too."""
    program = command.program
    if program.endswith("nba-mcp"):
        return product(command)
    if program.startswith(("scripts/", "./scripts/")):
        return script(command.words)
    if program in ("python", "python3"):
        return python(command)
    judge = _JUDGES.get(program)
    if judge:
        return judge(command)
    return "" if program in _TABLE["known"] else f"nothing here knows {program}"


@cache
def _root() -> Any:
    return typer.main.get_command(app)


def product(command: Command) -> str:
    """Whether the command line takes these words: command, options, their kinds and choices."""
    words = list(command.words[1:])
    found = _root()
    while hasattr(found, "commands") and words and not words[0].startswith("-"):
        name = words.pop(0)
        if name not in found.commands:
            return f"nba-mcp has no {name}"
        found = found.commands[name]
    if words in (["--help"], []) and (words or hasattr(found, "commands")):
        return ""
    return _taken(found, words)


def _taken(found: Any, words: list[str]) -> str:
    """Whether one command takes these arguments; what stands for a value in the docs is taken as one."""
    filled = [_STANDS_FOR.get(word, word) for word in words]
    try:
        found.make_context(found.name, filled)
    except SystemExit:
        return "it ends before it begins"
    except Exception as error:  # noqa: BLE001 - whatever a parser says is the answer
        told = error.format_message() if hasattr(error, "format_message") else str(error)
        return "" if "does not exist" in told else told
    return ""


# Words that people are to fill in, where a command wants something of a form.
_STANDS_FOR: dict[str, str] = _TABLE["stands_for"]


def python(command: Command) -> str:
    """Scripts of ours with their options, and modules that there are."""
    words = command.words[1:]
    if words[0] == "-m":
        place = words[1].replace(".", "/")
        roots = (ROOT, ROOT / "tests", ROOT / "src")
        there = any((r / f"{place}.py").is_file() or (r / place / "__main__.py").is_file() for r in roots)
        return "" if there else f"there is no module {words[1]}"
    return script(words)


def script(words: tuple[str, ...]) -> str:
    """The file is there; what it hands on to the product is judged as the product's."""
    path = ROOT / words[0]
    if not path.is_file():
        return f"there is no {words[0]}"
    text = path.read_text("utf-8")
    passed = re.search(r'nba-mcp (.+) "\$@"', text) or re.search(r"sys\.argv\[1:1\] = \[(.+)\]", text)
    if passed:
        parts = re.sub(r'[",]', " ", passed[1]).split()
        return product(Command(("nba-mcp", *parts, *words[1:]), words[0]))
    missing = [w for w in words[1:] if w.startswith("--") and w.partition("=")[0] not in text]
    return f"{words[0]} does not know {', '.join(missing)}" if missing else ""


def make(command: Command) -> str:
    """Targets of the Makefile."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = [w for w in command.words[1:] if "=" not in w]
    return "".join(f"make has no target {name}" for name in named if name not in targets)


def aws(command: Command) -> str:
    """By the models of AWS's own library."""
    try:
        understand(list(command.words[1:]))
    except UnknownWordsError as error:
        return str(error)
    return ""


def psql(command: Command) -> str:
    """The statements after -c, by PostgreSQL's parser."""
    words = list(command.words)
    for at, word in enumerate(words):
        if word == "-c":
            try:
                pglast.parse_sql(words[at + 1])
            except pglast.Error as error:
                return str(error)
    return ""


_OURS = re.compile(
    r"(?:https?://)?(?:localhost(?::8\d{3})?|127\.0\.0\.1:8000|nba-mcp-synthesis\.example\.com)(/[^?]*)?(?:\?.*)?"
)


def curl(command: Command) -> str:
    """Our server has the path; other hosts are others'."""
    for word in command.words[1:]:
        match = _OURS.fullmatch(word)
        if match and not _is_served(match[1] or "/"):
            return f"the server has no {match[1]}"
    return ""


@cache
def _routes() -> frozenset[str]:
    text = "".join(f.read_text("utf-8") for f in (ROOT / "src/nba_mcp_synthesis/server").rglob("*.py"))
    return frozenset(re.findall(r"[\"'](/[a-z0-9/._-]*(?:\{\w+\})?)[\"']", text))


def _is_served(path: str) -> bool:
    return path in _routes() or any(path.startswith(r.partition("{")[0]) for r in _routes() if "{" in r)


def kubectl(command: Command) -> str:
    """The names in it are those of k8s/; its words are tried on the real kubectl (system tests)."""
    known = _manifest_names()
    named = [n for w in command.words for n in re.findall(r"\bnba-mcp-[a-z0-9-]*[a-z0-9]\b", w)]
    paths = [w for w in command.words if w.startswith(("k8s/", "backups/"))]
    missing = [p for p in paths if p.startswith("k8s/") and not (ROOT / p).exists()]
    if "logs" in command.words and _has(command, "-l", "--selector") and not _has(command, "--tail"):
        return "logs of a selector are ten lines of each pod without --tail"
    return "".join(f"k8s/ has no {n}; " for n in {*named} - known) + "".join(f"no {p}" for p in missing)


def _has(command: Command, *options: str) -> bool:
    return any(word.partition("=")[0] in options for word in command.words)


@cache
def _manifest_names() -> frozenset[str]:
    files = [f for f in (ROOT / "k8s").rglob("*.yaml") if f.is_file()]
    text = "\n".join(f.read_text("utf-8") for f in files)
    jobs = re.findall(r"^nameSuffix: (-[a-z-]+)$", text, re.MULTILINE)  # of the template's name
    named = re.findall(r"\bnba-mcp-[a-z0-9-]*[a-z0-9]\b", text)
    return frozenset([*named, *(f"nba-mcp-synthesis{suffix}" for suffix in jobs)])


_JUDGES: dict[str, Judge] = {
    "aws": aws,
    "curl": curl,
    "kubectl": kubectl,
    "make": make,
    "psql": psql,
}
