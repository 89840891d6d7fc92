"""Writes docs/architecture.md: the rooms of the code and who imports whom. Run it by `make pages`."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src/nba_mcp_synthesis"
HEAD = """# Architecture

Drawn from the code by `make pages`; a test compares. Who may import whom is held by contracts in
`pyproject.toml`, without exceptions.

## Rooms

An arrow is an import. Files beside the rooms (`app.py`, `facts.py`, `settings.py`, `errors.py`, the commands)
put them together or are words that all share, and are left out; so are arrows to `telemetry`, which all may
import.

"""
AROUND = """
## In production

From the objects in `k8s/` and the flows that network policies allow.

"""
ROOMS = """
## What is in each room

| room | what it is |
| --- | --- |
"""


def rooms() -> list[str]:
    """Names of the rooms: folders with modules."""
    return sorted(p.name for p in PACKAGE.iterdir() if p.is_dir() and (p / "__init__.py").is_file())


def imports() -> set[tuple[str, str]]:
    """(importing room, imported room), as far as they differ."""
    return {
        (room, other)
        for room in rooms()
        for file in (PACKAGE / room).rglob("*.py")
        for other in _imported(file) - {room}
    }


def _imported(file: Path) -> set[str]:
    """Rooms that a module imports from, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{one.name}" for one in node.names)}
        elif isinstance(node, ast.Import):
            names |= {one.name for one in node.names}
    parts = (name.split(".") for name in names if name.startswith("nba_mcp_synthesis."))
    return {part[1] for part in parts} & set(rooms())


def drawing() -> str:
    """The rooms as a Mermaid graph."""
    lines = ["```mermaid", "flowchart TD"]
    lines += [f"    {room}" for room in rooms()]
    lines += [f"    {one} --> {other}" for one, other in sorted(imports()) if other != "telemetry"]
    return "\n".join([*lines, "```", ""])


def surroundings() -> str:
    """Who reaches whom, from the table of flows in docs/kubernetes.md, which a test holds to the policies."""
    text = (ROOT / "docs/kubernetes.md").read_text("utf-8")
    table = text.partition("| from | to | port | what for |")[2].strip().splitlines()[1:]
    lines = ["```mermaid", "flowchart LR"]
    for row in table:
        if not row.startswith("|"):
            break
        sources, target, port, _ = (cell.strip() for cell in row.strip("|").split("|"))
        lines += [f'    {_node(one)} -->|"{port}"| {_node(target)}' for one in sources.split(", ")]
    return "\n".join([*lines, "```", ""])


def _node(name: str) -> str:
    return f'{re.sub("[^a-z]", "", name.lower())}["{name}"]'


def described() -> str:
    """The first sentence of each room."""
    rows = []
    for room in rooms():
        told = ast.get_docstring(ast.parse((PACKAGE / room / "__init__.py").read_text("utf-8"))) or ""
        rows.append(f"| `{room}` | {told.splitlines()[0] if told else ''} |")
    return "\n".join([*rows, ""])


def page() -> str:
    """The whole page."""
    return HEAD + drawing() + AROUND + surroundings() + ROOMS + described()


if __name__ == "__main__":
    (ROOT / "docs/architecture.md").write_text(page(), "utf-8")
