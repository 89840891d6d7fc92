"""The commands that the docs tell people to type, taken apart as a shell takes them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bashlex

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
FENCE = re.compile(
    r"^(?P<indent> *)```(?P<language>[^\n]*)\n(?P<text>.*?)^(?P=indent)```$", re.DOTALL | re.MULTILINE
)
_INDENTED = re.compile(r"(?:^    .+\n)+", re.MULTILINE)
_STARTS = re.compile(
    r"(?:nba-mcp|kubectl|make|aws|helm|python3|PYTHONPATH=\S+ python|TAG=|\./scripts/|scripts/)\b"
)


@dataclass(frozen=True)
class Block:
    """A fenced block, or an indented one that begins with a command."""

    page: str
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


@dataclass(frozen=True)
class Command:
    """One simple command: its words without quotes, and where it stands. Variables and `$(…)` stay."""

    words: tuple[str, ...]
    where: str

    @property
    def program(self) -> str:
        """Its first word."""
        return self.words[0]

    def __str__(self) -> str:
        return f"{self.where}: {' '.join(self.words)}"


def blocks() -> list[Block]:
    """All blocks of all pages."""
    return [block for page in PAGES for block in blocks_of(page)]


def blocks_of(page: Path) -> Iterator[Block]:
    """Fenced blocks of a page, and indented ones that begin with a command."""
    text, name = page.read_text("utf-8"), str(page.relative_to(ROOT))
    for match in FENCE.finditer(text):
        inner = re.sub(rf"^{match['indent']}", "", match["text"], flags=re.MULTILINE)
        yield Block(name, _line(text, match.start()), match["language"], inner)
    plain = FENCE.sub(lambda m: "\n" * m[0].count("\n"), text)
    for match in _INDENTED.finditer(plain):
        inner = re.sub(r"^    ", "", match[0], flags=re.MULTILINE)
        if _STARTS.match(inner):
            yield Block(name, _line(plain, match.start()), "sh", inner)


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1


def commands() -> list[Command]:
    """All simple commands of all blocks of shell."""
    return [command for block in blocks() if block.language == "sh" for command in commands_of(block)]


def commands_of(block: Block) -> list[Command]:
    """The simple commands of a block, those within pipes and `$(…)` too; raises what bashlex raises."""
    found: list[Command] = []
    for tree in _trees(block):
        _walk(tree, str(block), found)
    return found


def _trees(block: Block) -> list[Any]:
    lines = block.text.replace("…", "X").splitlines()
    text = "\n".join(line for line in lines if not line.startswith("#"))
    return list(bashlex.parse(text.strip()))


def _walk(node: Any, where: str, found: list[Command]) -> None:
    if node.kind == "command":
        words = tuple(part.word for part in node.parts if part.kind == "word")
        if words:
            found.append(Command(_unwrapped(words), where))
    for part in getattr(node, "parts", ()):
        _walk(part, where, found)
    for inner in ("command", "output", "list"):
        below = getattr(node, inner, None)
        for one in below if isinstance(below, list) else [below]:
            if hasattr(one, "kind"):
                _walk(one, where, found)


def waits_for_ever(block: Block) -> list[str]:
    """Port-forwards in the foreground that something follows, which would never be reached."""
    steps: list[tuple[Any, str]] = []
    for tree in _trees(block):
        parts = tree.parts if tree.kind == "list" else [tree]
        for node in parts:
            if node.kind == "operator":
                steps[-1] = (steps[-1][0], node.op)
            else:
                steps.append((node, ";"))
    found: list[Command] = []
    for node, then in steps[:-1]:
        if then != "&":
            _walk(node, str(block), found)
    return [str(one) for one in found if "port-forward" in one.words]


def _unwrapped(words: tuple[str, ...]) -> tuple[str, ...]:
    """Without `timeout 5` or `watch` before the command itself."""
    if words[0] == "timeout":
        return words[2:]
    return words[1:] if words[0] == "watch" else words
