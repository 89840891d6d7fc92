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


@pytest.mark.timeout(240)
@pytest.mark.requirement("DOC-RUNBOOKS")
@pytest.mark.parametrize(
    "fault",
    [
        "database-down",
        pytest.param("memory-pressure", marks=pytest.mark.requirement("INC-MEMORY")),
        pytest.param("bad-deployment", marks=pytest.mark.requirement("INC-CRASHLOOP")),
    ],
)
def test_a_fault_is_told_and_its_page_mends_it(fault: str, tmp_path: Path) -> None:
    """The other five are held by `make gameday-all`."""
    tools()
    done = play(tmp_path, fault)
    assert done.returncode == 0, done.stdout[-6_000:] + done.stderr[-3_000:]
    (report,) = tmp_path.glob("gameday-*.json")
    (drill,) = json.loads(report.read_text())["drills"]
    assert drill["fault"] == fault
    assert drill["score"] > 0
    assert 0 < drill["seconds"]["paged"] < drill["seconds"]["recovered"] <= drill["seconds"]["resolved"]
    assert [one["where"] for one in drill["ran"]].count("mitigation") >= 1
    assert [one for one in drill["ran"] if one["where"] == "mitigation" and one["code"]] == []
    assert report.with_suffix(".md").read_text().count(drill["alert"]) >= 2


def test_a_fault_that_is_not_known_is_refused(tmp_path: Path) -> None:
    """With the names of those that are."""
    done = play(tmp_path, "moon-gone")
    assert done.returncode == 2
    assert "no fault moon-gone; there are database-down," in done.stderr
