"""Drills that are cut short: a command that hangs, and Ctrl-C; what was played stays in the report."""

import json
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from gameday import __main__ as gameday
from gameday import drill as drills
from gameday.drill import Drill, Outcome
from gameday.faults import all_faults

FAULT = next(iter(all_faults().values()))


def drill_of(told: list[str]) -> Drill:
    """A drill whose commands run here."""
    stack: Any = SimpleNamespace(people=dict(os.environ))
    return Drill(stack, FAULT, told.append, follow=True)


def test_a_command_that_hangs_is_ended_and_the_drill_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With what it started in the background, and what it printed until then is kept."""
    monkeypatch.setattr(drills, "COMMAND_SECONDS", 5.0)
    told: list[str] = []
    drill, file = drill_of(told), tmp_path / "pid"
    ran = drill._ran("diagnosis", f"sleep 600 & echo $! > {file}; echo looked; wait")
    assert (ran.code, ran.printed) == (124, "looked\n\nIt did not end within 5 seconds.")
    while _runs(int(file.read_text())):  # it was told to end, and takes its moment
        time.sleep(0.05)
    after = drill._ran("diagnosis", "echo more; echo worse >&2; exit 3")
    assert (after.code, after.printed) == (3, "more\nworse\n")
    assert drill.outcome.ran == [ran, after]
    assert told[-1] == "more\nworse"


def _runs(pid: int) -> bool:
    """Whether a process is there, and not only its entry that nobody has asked for yet."""
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] not in ("Z", "X")


def test_a_drill_that_is_cut_short_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its outcome is not good, and nobody is said to have mended it."""

    def interrupted(*_: object) -> bool:
        raise KeyboardInterrupt

    monkeypatch.setattr(drills, "calm", interrupted)
    drill = drill_of([])
    with pytest.raises(KeyboardInterrupt):
        drill.run()
    assert (drill.outcome.failure, drill.outcome.is_good) == ("it was cut short", False)


def test_ctrl_c_while_all_is_being_ended_leaves_the_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The drill was over, and had not been handed on yet."""

    def play(_: object, outcomes: list[Outcome], **__: object) -> Iterator[Outcome]:
        outcomes.append(Outcome(FAULT, "P1", "5m", followed=True, paged=1.0, recovered=2.0, resolved=3.0))
        yield from ()
        raise KeyboardInterrupt

    monkeypatch.setattr(gameday, "play", play)
    monkeypatch.setattr("sys.argv", ["gameday", FAULT.name, "--reports", str(tmp_path)])
    ended_by = signal.getsignal(signal.SIGTERM)
    try:
        assert gameday.main() == 0
    finally:
        signal.signal(signal.SIGTERM, ended_by)
    (report,) = tmp_path.glob("gameday-*.json")
    assert [one["fault"] for one in json.loads(report.read_text())["drills"]] == [FAULT.name]
    assert str(report.with_suffix(".md")) in capsys.readouterr().out
