"""Game days, each a process as `make gameday` starts it: told by an alert, mended by its page, and scored."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from servers.monitoring import ROOT, tools

pytestmark = pytest.mark.system


def play(reports: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """One game day with nobody at the terminal."""
    command = [sys.executable, "-m", "gameday", "--follow", "--reports", str(reports), *arguments]
    return subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": "tests:."},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=230,
        check=False,
    )


def check_drill(fault: str, reports: Path) -> None:
    """It is told, mended by what its page says and by nothing else, over, and in the report."""
    tools()
    done = play(reports, fault)
    assert done.returncode == 0, done.stdout[-6_000:] + done.stderr[-3_000:]
    (report,) = reports.glob("gameday-*.json")
    (drill,) = json.loads(report.read_text())["drills"]
    assert drill["fault"] == fault
    assert drill["score"] > 0
    assert 0 < drill["seconds"]["paged"] < drill["seconds"]["recovered"] <= drill["seconds"]["resolved"]
    mended = [one["code"] for one in drill["ran"] if one["where"] == "mitigation"]
    assert mended
    assert set(mended) == {0}
    assert report.with_suffix(".md").read_text().count(drill["alert"]) >= 2


@pytest.mark.timeout(240)
@pytest.mark.requirement("DOC-RUNBOOKS")
def test_a_database_that_was_stopped(tmp_path: Path) -> None:
    """Found by what RDS says of it. All eight faults: `make gameday-all`."""
    check_drill("database-down", tmp_path)


@pytest.mark.timeout(240)
@pytest.mark.requirement("INC-MEMORY")
def test_pods_without_memory(tmp_path: Path) -> None:
    """No word was printed, so the first step is taken."""
    check_drill("memory-pressure", tmp_path)


@pytest.mark.timeout(240)
@pytest.mark.requirement("INC-CRASHLOOP")
def test_a_version_that_ends_at_its_start(tmp_path: Path) -> None:
    """The rollout is said not to be complete, so the page goes back."""
    check_drill("bad-deployment", tmp_path)


def test_a_fault_that_is_not_known_is_refused(tmp_path: Path) -> None:
    """With the names of those that are."""
    done = play(tmp_path, "moon-gone")
    assert done.returncode == 2
    assert "no fault moon-gone; there are database-down," in done.stderr
