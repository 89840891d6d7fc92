"""The demands of docs/requirements.yaml, the tests marked with them, and how those tests ended.

With `--requirements-suite NAME` pytest writes how every test marked `requirement` ended to
`.cache/requirements/COMMIT/NAME.json`, where scripts/requirements_table.py finds it:

    {"changed": whether the work tree differed from the commit,
     "outcomes": {"tests/test_a.py::test_b[case]": "passed" | "skipped" | "failed"}}
"""

import ast
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

Entry = dict[str, str]
_SEVERITY = ("passed", "skipped", "failed")


def load(root: Path) -> list[Entry]:
    """The entries of all groups, in the order of the file."""
    groups = yaml.safe_load((root / "docs/requirements.yaml").read_text("utf-8"))
    return [entry for entries in groups.values() for entry in entries]


def marked_tests(root: Path) -> dict[str, set[str]]:
    """Ids by test (`tests/test_a.py::test_b`), read from the source of everything under tests/."""
    return {k: v for path in sorted((root / "tests").rglob("*.py")) for k, v in _marks(root, path)}


def _marks(root: Path, path: Path) -> Iterator[tuple[str, set[str]]]:
    module = ast.parse(path.read_text("utf-8"), str(path))
    return _marks_below(module, path.relative_to(root).as_posix())


def _marks_below(node: ast.AST, name: str) -> Iterator[tuple[str, set[str]]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            if ids := set(_decorator_ids(child.decorator_list)):
                yield f"{name}::{child.name}", ids
        else:
            inner = f"{name}::{child.name}" if isinstance(child, ast.ClassDef) else name
            yield from _marks_below(child, inner)


def _decorator_ids(decorators: list[ast.expr]) -> Iterator[str]:
    for call in decorators:
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "pytest.mark.requirement":
            yield from (ast.literal_eval(a) for a in call.args if isinstance(a, ast.Constant))


def revision(root: Path) -> tuple[str, bool] | None:
    """(commit, whether the work tree differs from it); None where git names no commit."""
    try:
        return _git(root, "rev-parse", "HEAD"), bool(_git(root, "status", "--porcelain"))
    except (FileNotFoundError, subprocess.CalledProcessError):
        return None


def _git(root: Path, *arguments: str) -> str:
    command = ["git", "-C", str(root), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--requirements-suite", metavar="NAME", help="record the outcomes of marked tests as NAME"
    )


def pytest_configure(config: pytest.Config) -> None:
    if (suite := config.getoption("--requirements-suite")) and not hasattr(config, "workerinput"):
        config.pluginmanager.register(_Recorder(config.rootpath, suite))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Refuse marks that the table would not count, before any test is deselected."""
    marked = [item for item in items if item.get_closest_marker("requirement")]
    known = {entry["id"] for entry in load(config.rootpath)} if marked else set()
    scanned = dict(m for p in {item.path for item in marked} for m in _marks(config.rootpath, p))
    for item in marked:
        ids = {" ".join(map(str, mark.args)) for mark in item.iter_markers("requirement")}
        if unknown := sorted(ids - known):
            msg = f"{item.nodeid}: docs/requirements.yaml has no entry {unknown[0]!r}."
            raise pytest.UsageError(msg)
        if ids != scanned.get(item.nodeid.partition("[")[0]):
            msg = f'{item.nodeid}: @pytest.mark.requirement("ID") belongs on the function itself.'
            raise pytest.UsageError(msg)


class _Recorder:
    def __init__(self, root: Path, suite: str) -> None:
        self.root, self.revision = root, revision(root)
        self.outcomes: dict[str, str] = {}
        self.said = "requirements: git names no commit here, so no outcomes were written"
        if self.revision:
            self.file = root / ".cache/requirements" / self.revision[0] / f"{suite}.json"
            self.file.unlink(missing_ok=True)  # a run that is killed leaves no old result behind

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        outcome = "skipped" if hasattr(report, "wasxfail") else report.outcome
        if "requirement" in report.keywords and (report.when == "call" or outcome != "passed"):
            before = self.outcomes.get(report.nodeid, "passed")
            self.outcomes[report.nodeid] = max(before, outcome, key=_SEVERITY.index)

    def pytest_sessionfinish(self) -> None:
        if self.revision:
            changed = self.revision[1] or revision(self.root) != self.revision
            self.file.parent.mkdir(parents=True, exist_ok=True)
            self.file.write_text(json.dumps({"changed": changed, "outcomes": self.outcomes}))
            self.said = f"requirements: {len(self.outcomes)} outcomes in {self.file}"

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        terminalreporter.write_line(self.said)
