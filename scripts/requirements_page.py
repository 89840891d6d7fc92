"""Writes docs/requirements.md: each demand of the operations documents, its page, its command, its tests.

Run it by `make pages` after a change of docs/requirements.yaml, docs/requirements-pages.toml or of marks in
the tests (it needs tests/ on the path).
"""

import tomllib
from pathlib import Path

import yaml

from requirement_plugin import marked_tests

ROOT = Path(__file__).resolve().parents[1]
HEAD = """# Demands

What the operational runbook and the post-deployment guide ask, where it is told, what one runs for it, and
the tests that show it. `make requirements` says which hold after the last test runs. Made by `make pages`.
"""


def page() -> str:
    """The whole page."""
    groups = yaml.safe_load((ROOT / "docs/requirements.yaml").read_text("utf-8"))
    places = tomllib.loads((ROOT / "docs/requirements-pages.toml").read_text("utf-8"))
    tests = _tests()
    parts = [HEAD]
    for group, entries in groups.items():
        parts.append(f"## {group.capitalize()}\n")
        rows = [_row(entry, places[entry["id"]], tests.get(entry["id"], set())) for entry in entries]
        parts.append(
            "\n".join(["| demand | page | command | tests |", "| --- | --- | --- | --- |", *rows, ""])
        )
    return "\n".join(parts)


def _tests() -> dict[str, set[str]]:
    """By demand: the files whose tests are marked with it."""
    found: dict[str, set[str]] = {}
    for node, ids in marked_tests(ROOT).items():
        for one in ids:
            found.setdefault(one, set()).add(node.partition("::")[0])
    return found


def _row(entry: dict[str, str], place: dict[str, str], tests: set[str]) -> str:
    text = " ".join(entry["demand"].split()).replace("|", "\\|")
    replaced = f" *{' '.join(entry['replaced'].split())}*" if "replaced" in entry else ""
    pending = f" **Not yet:** {' '.join(entry['pending'].split())}" if "pending" in entry else ""
    path = place["page"]
    name = (
        path.rpartition("/")[2].removesuffix(".md") if not path.endswith("README.md") else path.split("/")[-2]
    )
    link = f"[{'README' if name == '..' else name}]({path})"
    command = f"`{place['run']}`" if place["run"] else ""
    shown = "<br>".join(f"[{Path(f).stem}](../{f})" for f in sorted(tests))
    return f"| {entry['id']}: {text}{replaced}{pending} | {link} | {command} | {shown} |"


def main() -> None:
    """Writes it."""
    (ROOT / "docs/requirements.md").write_text(page(), "utf-8")


if __name__ == "__main__":
    main()
