"""Prints which demands of docs/requirements.yaml hold, by the last test runs of this commit.

Run it as `make requirements` (it needs tests/ on the path). An entry holds when it is not pending,
has a test, and every test marked with it passed. Exit code 1 when a marked test failed, else 0.
"""

import argparse
import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from textwrap import shorten
from typing import Literal, get_args

from rich.console import Console
from rich.table import Table

from requirement_plugin import Entry, load, marked_tests, revision

Runs = dict[str, set[str]]  # outcomes of a node id, one or more for every suite that ran it
TestState = Literal["passed", "failed", "not run"]
Word = Literal["holds", "pending", "failed", "not run"]


@dataclass(frozen=True, slots=True)
class State:
    """How one entry stands; `reason` is why it is pending, or names the tests that did not pass."""

    id: str
    demand: str
    state: Word
    reason: str
    passed: int
    tests: int


def read_runs(root: Path) -> tuple[Runs, list[str]]:
    """Outcomes recorded for this very commit, and notes on how far they can be trusted."""
    here = revision(root)
    if here is None:
        return {}, ["Git names no commit here, so no result counts."]
    commit, changed = here
    files = sorted((root / ".cache/requirements" / commit).glob("*.json"))
    records = {file.stem: json.loads(file.read_text("utf-8")) for file in files}
    notes = [] if records else [f"No suite has been run at commit {commit:.12}."]
    if changed:
        notes.append(f"The work tree differs from commit {commit:.12}.")
    notes += [f"Suite {n} ran on a changed work tree." for n, r in records.items() if r["changed"]]
    runs: Runs = {}
    for record in records.values():
        for node, outcome in record["outcomes"].items():
            runs.setdefault(node, set()).add(outcome)
    return runs, notes


def state_of_test(test: str, runs: Runs) -> TestState:
    """State of a test over its cases: it passed when each of them passed in some suite."""
    cases = [outcomes for node, outcomes in runs.items() if node.partition("[")[0] == test]
    if any("failed" in outcomes for outcomes in cases):
        return "failed"
    return "passed" if cases and all("passed" in outcomes for outcomes in cases) else "not run"


def state_of_entry(entry: Entry, tests: dict[str, TestState]) -> State:
    """State of an entry from the states of its tests; a failed test outweighs a pending reason."""
    names = {s: [t for t, state in tests.items() if state == s] for s in get_args(TestState)}
    word: Word = "holds" if tests and names["passed"] == [*tests] else "not run"
    reason = ", ".join(names["not run"])
    if names["failed"]:
        word, reason = "failed", ", ".join(names["failed"])
    elif "pending" in entry:
        word, reason = "pending", entry["pending"]
    return State(entry["id"], entry["demand"], word, reason, len(names["passed"]), len(tests))


def states(root: Path, runs: Runs) -> list[State]:
    """State of every entry, in the order of docs/requirements.yaml."""
    marks = marked_tests(root)
    outcome = {test: state_of_test(test, runs) for test in marks}
    return [
        state_of_entry(entry, {t: outcome[t] for t, ids in marks.items() if entry["id"] in ids})
        for entry in load(root)
    ]


def print_table(rows: list[State], notes: list[str]) -> None:
    """Print a line for every entry, the notes, and as last line how many hold."""
    width = None if sys.stdout.isatty() else 160  # a file or a pipe has no width of its own
    table = Table("id", "demand", "state", "tests", row_styles=["", "dim"])
    table.columns[0].no_wrap = table.columns[3].no_wrap = True
    for row in rows:
        state = f"{row.state}: {row.reason}" if row.reason else row.state
        demand = shorten(row.demand, 60, placeholder="…")
        table.add_row(row.id, demand, state, f"{row.passed}/{row.tests}")
    Console(width=width, markup=False, emoji=False, highlight=False).print(table)
    print(*notes, f"{sum(row.state == 'holds' for row in rows)} of {len(rows)} hold", sep="\n")


def main() -> int:
    """Read the command line, print, and return the exit code."""
    parser = argparse.ArgumentParser(description="Print which requirements hold.")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parents[1])
    options = parser.parse_args()
    runs, notes = read_runs(options.root)
    rows = states(options.root, runs)
    if options.json:
        hold = sum(row.state == "holds" for row in rows)
        entries = [asdict(row) for row in rows]
        print(json.dumps({"hold": hold, "of": len(rows), "notes": notes, "entries": entries}))
    else:
        print_table(rows, notes)
    return int(any(row.state == "failed" for row in rows))


if __name__ == "__main__":
    sys.exit(main())
