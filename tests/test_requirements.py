"""Every demand of the operations documents has a test or a stated reason, and its state is told."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from requirement_plugin import Entry, load, marked_tests

CHECKOUT = Path(__file__).resolve().parents[1]
SENTENCE = r".*\w.*\."  # YAML cuts a line at ` #` without a word; the full stop is then missing
FORMS = {
    "id": r"[A-Z0-9]+(-[A-Z0-9]+)+",
    "from": r"runbook|guide",
    **dict.fromkeys(("demand", "holds", "replaced", "pending"), SENTENCE),
}
OPTIONAL = {"replaced", "pending"}
GOOD = {"id": "A-ONE", "from": "guide", "demand": "One.", "holds": "It does."}


def malformed(entries: list[Entry]) -> list[str]:
    """A sentence for everything that is wrong with the form of the entries."""
    times = Counter(entry.get("id", "") for entry in entries)
    found = [f"{name} is there {n} times." for name, n in times.items() if n > 1]
    return found + [f"{e.get('id')}: {fault}" for e in entries for fault in faults(e)]


def faults(entry: Entry) -> list[str]:
    """What is wrong with one entry."""
    unknown, missing = entry.keys() - FORMS.keys(), FORMS.keys() - OPTIONAL - entry.keys()
    found = [f"the field {field} is unknown." for field in sorted(unknown)]
    found += [f"the field {field} is missing." for field in sorted(missing)]
    wrong = [f for f in FORMS if f in entry and not re.fullmatch(FORMS[f], str(entry[f]))]
    return found + [f"{field} must look like {FORMS[field]}" for field in wrong]


def unbound(entries: list[Entry], marks: dict[str, set[str]]) -> list[str]:
    """A sentence for each entry without test and reason, and for each mark without entry."""
    known, used = {e["id"] for e in entries}, {i for ids in marks.values() for i in ids}
    silent = [e["id"] for e in entries if e["id"] not in used and "pending" not in e]
    found = [f"{name} has neither a test nor a pending reason." for name in silent]
    return found + [f"{t} names {i}, no entry." for t, ids in marks.items() for i in ids - known]


def test_requirements_are_well_formed() -> None:
    """Ids are unique and every entry has the fields it should have, filled with sentences."""
    assert malformed(load(CHECKOUT)) == []


def test_no_requirement_is_lost() -> None:
    """The two documents make 82 demands, and no group hides another of the same name."""
    text = (CHECKOUT / "docs/requirements.yaml").read_text("utf-8")
    written = re.findall(r"^  - id: (\S+)$", text, re.MULTILINE)
    assert [entry["id"] for entry in load(CHECKOUT)] == written
    assert len(written) == 82


def test_requirements_and_tests_are_bound_both_ways() -> None:
    """Each entry has a test or says why it is pending, and each mark names an entry."""
    assert unbound(load(CHECKOUT), marked_tests(CHECKOUT)) == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"extra": "x"}, "the field extra is unknown."),
        ({"id": "one"}, f"id must look like {FORMS['id']}"),
        ({"from": "wiki"}, f"from must look like {FORMS['from']}"),
        ({"pending": ""}, f"pending must look like {SENTENCE}"),
        ({"pending": None}, f"pending must look like {SENTENCE}"),
        ({"replaced": " ."}, f"replaced must look like {SENTENCE}"),
        ({"demand": "Told in channel"}, f"demand must look like {SENTENCE}"),
    ],
)
def test_a_bad_entry_is_found(change: dict[str, Any], fault: str) -> None:
    """One fault in an entry that is good otherwise is reported, and nothing else."""
    assert faults(GOOD) == []
    assert faults(GOOD | change) == [fault]


def test_a_missing_field_and_a_second_id_are_found() -> None:
    """An entry without `holds` and two entries of one id are reported under their id."""
    without = {field: text for field, text in GOOD.items() if field != "holds"}
    assert malformed([without]) == ["A-ONE: the field holds is missing."]
    assert malformed([GOOD, GOOD]) == ["A-ONE is there 2 times."]


def test_an_unbound_entry_and_a_stray_mark_are_found() -> None:
    """Neither an entry that nothing shows nor a mark of an unknown id goes unnoticed."""
    assert unbound([GOOD], {}) == ["A-ONE has neither a test nor a pending reason."]
    assert unbound([GOOD | {"pending": "Later."}], {}) == []
    assert unbound([GOOD], {"t": {"A-ONE"}}) == []
    assert unbound([GOOD], {"t": {"A-ONE", "B"}}) == ["t names B, no entry."]


INVENTED_YAML = """
group:
  - {id: X-HOLDS, from: guide, demand: A., holds: B.}
  - {id: X-FAILS, from: guide, demand: A., holds: B., pending: Nearly done.}
  - {id: X-SKIPS, from: guide, demand: A., holds: B.}
  - {id: X-TRIED, from: guide, demand: A., holds: B.}
  - {id: X-LATER, from: guide, demand: A., holds: B., pending: Half of it is missing.}
  - {id: X-BARE, from: guide, demand: A., holds: B.}
"""
INVENTED_TESTS = """
import pytest

@pytest.mark.requirement("X-HOLDS")
@pytest.mark.parametrize("n", [1, 2])
def test_good(n): pass

class TestGroup:
    @pytest.mark.requirement("X-HOLDS")
    @pytest.mark.requirement("X-LATER")
    def test_in_class(self): pass

@pytest.mark.requirement("X-FAILS")
def test_bad(request): request.addfinalizer(lambda: 1 / 0)

@pytest.mark.requirement("X-SKIPS")
@pytest.mark.parametrize("n", [1, pytest.param(2, marks=pytest.mark.skip)])
def test_skipped(n): pass

@pytest.mark.requirement("X-TRIED")
@pytest.mark.xfail
def test_known_to_fail(): assert False
"""


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """An invented project outside git."""
    for name, text in {
        "docs/requirements.yaml": INVENTED_YAML,
        "tests/test_invented.py": INVENTED_TESTS,
        "pytest.ini": "[pytest]\nmarkers = requirement(id): a demand\n",
        ".gitignore": ".cache\n.pytest_cache\n__pycache__\n",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.fixture
def project(bare: Path) -> Path:
    """The invented project as the one commit of a repository."""
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    run(bare, "git", "init")
    commit(bare)
    return bare


def run(root: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(CHECKOUT / "tests"),
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CEILING_DIRECTORIES": str(root.parent),
    }
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)


def commit(root: Path) -> None:
    author = ("-c", "user.name=a", "-c", "user.email=a@example.com")
    run(root, "git", "add", ".")
    run(root, "git", *author, "commit", "--allow-empty", "-m", "state").check_returncode()


def run_tests(root: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return run(root, sys.executable, "-m", "pytest", "-p", "requirement_plugin", *options)


def table(root: Path, *options: str) -> subprocess.CompletedProcess[str]:
    script = str(CHECKOUT / "scripts/requirements_table.py")
    return run(root, sys.executable, script, "--root", str(root), *options)


def told(root: Path) -> Any:
    return json.loads(table(root, "--json").stdout)


def test_an_entry_holds_only_when_all_its_tests_passed(project: Path) -> None:
    """A skipped case, an expected failure, a pending reason and having no test prevent it."""
    run_tests(project, "--requirements-suite", "main")
    data, printed = told(project), table(project)
    assert [(e["id"], e["state"], e["passed"], e["tests"]) for e in data["entries"]] == [
        ("X-HOLDS", "holds", 2, 2),
        ("X-FAILS", "failed", 0, 1),
        ("X-SKIPS", "not run", 0, 1),
        ("X-TRIED", "not run", 0, 1),
        ("X-LATER", "pending", 1, 1),
        ("X-BARE", "not run", 0, 0),
    ]
    assert (data["hold"], data["of"], data["notes"]) == (1, 6, [])
    assert "failed: tests/test_invented.py::test_bad" in printed.stdout
    assert "pending: Half of it is missing." in printed.stdout
    assert printed.stdout.splitlines()[-1] == "1 of 6 hold"
    assert printed.returncode == 1


def test_results_of_another_commit_do_not_count(project: Path) -> None:
    """After a commit nothing holds or fails until the tests are run again."""
    run_tests(project, "--requirements-suite", "main")
    commit(project)
    printed = table(project)
    assert "No suite has been run at commit" in printed.stdout
    assert printed.stdout.splitlines()[-1] == "0 of 6 hold"
    assert printed.returncode == 0


def test_a_changed_work_tree_is_told(project: Path) -> None:
    """Both the tree of now and the tree of the run are compared with the commit."""
    (project / "tests/new.py").touch()
    run_tests(project, "--requirements-suite", "main")
    now, then = told(project)["notes"]
    assert now.startswith("The work tree differs from commit")
    assert then == "Suite main ran on a changed work tree."


def test_suites_complete_each_other_and_a_new_run_replaces_the_old(project: Path) -> None:
    """What one suite leaves out another may show; a suite counts by its last run alone."""
    counts = []
    for suite, chosen in [("one", "good"), ("two", "in_class"), ("one", "bad")]:
        run_tests(project, "--requirements-suite", suite, "-k", chosen)
        counts.append(told(project)["hold"])
    assert counts == [0, 1, 0]


def test_a_run_that_is_cut_short_shows_nothing(project: Path) -> None:
    """A test that was only set up has not passed, and the results of the run before are gone."""
    run_tests(project, "--requirements-suite", "main", "-k", "good or in_class")
    assert told(project)["hold"] == 1
    cut = "import pytest\ndef pytest_runtest_call(item): pytest.exit('enough')\n"
    (project / "conftest.py").write_text(cut)
    run_tests(project, "--requirements-suite", "main")
    assert {entry["passed"] for entry in told(project)["entries"]} == {0}


def test_nothing_is_written_unless_a_suite_is_named(project: Path) -> None:
    """An ordinary run leaves no record."""
    assert run_tests(project).returncode == pytest.ExitCode.TESTS_FAILED
    assert not (project / ".cache").exists()


def test_without_git_nothing_is_written_and_this_is_said(bare: Path) -> None:
    """Outside a repository both the run and the table say that no result counts."""
    said = run_tests(bare, "--requirements-suite", "main").stdout
    assert "git names no commit here" in said
    assert not (bare / ".cache").exists()
    assert told(bare)["notes"] == ["Git names no commit here, so no result counts."]


@pytest.mark.parametrize(
    ("mark", "complaint"),
    [
        ('@pytest.mark.requirement("X-NONE")', "docs/requirements.yaml has no entry 'X-NONE'."),
        ("@pytest.mark.requirement", "docs/requirements.yaml has no entry ''."),
        ('pytestmark = pytest.mark.requirement("X-HOLDS")', "belongs on the function itself."),
    ],
)
def test_a_mark_that_cannot_count_stops_the_run(bare: Path, mark: str, complaint: str) -> None:
    """An unknown id, no id, and a mark that the scan of the source misses are refused."""
    source = f"import pytest\n{mark}\ndef test_a(): pass\n"
    (bare / "tests/test_invented.py").write_text(source)
    done = run_tests(bare)
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "test_invented.py::test_a: " in done.stderr
    assert complaint in done.stderr
