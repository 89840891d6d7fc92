"""The journal: whole lines or none, one writer a file, nothing acknowledged lost."""

import os
import resource
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nba_mcp_synthesis.state.database import StateDatabase
from nba_mcp_synthesis.state.draining import drain
from nba_mcp_synthesis.state.engines import sqlite_engine
from nba_mcp_synthesis.state.entries import written
from nba_mcp_synthesis.state.journal import REFUSED, Journal
from state.conftest import rows


def lines(journal: Journal) -> list[bytes]:
    """All whole lines that nobody holds."""
    return [line for segment in journal.segments() for line in segment.lines()]


def test_a_file_belongs_to_one_writer_and_is_free_when_it_lets_go(journal: Journal) -> None:
    """What is being written is not drained; what was let go of is."""
    journal.append(b"1")
    other = Journal(journal.folder)
    assert lines(other) == []
    other.append(b"2")
    journal.settle()
    assert lines(journal) == [b"1\n"]
    other.settle()
    assert lines(journal) == [b"1\n", b"2\n"]


def test_short_commands_share_a_file(journal: Journal) -> None:
    """A thousand questions do not make a thousand files."""
    for n in range(5):
        one = Journal(journal.folder)
        one.append(str(n).encode())
        one.settle()
    assert len(list(journal.folder.iterdir())) == 1
    assert lines(journal) == [b"0\n", b"1\n", b"2\n", b"3\n", b"4\n"]


def test_questions_are_readable_for_their_owner_only(journal: Journal, tmp_path: Path) -> None:
    """The folder, its files, and the database."""
    journal.append(written(rows()))
    journal.settle()
    database = StateDatabase(lambda: sqlite_engine(tmp_path / "state.db"))
    drain(journal, database)
    database.close()
    journal.append(b"x")
    assert {oct(p.stat().st_mode & 0o077) for p in [journal.folder, *journal.folder.iterdir()]} == {"0o0"}
    assert (tmp_path / "state.db").stat().st_mode & 0o077 == 0


def test_an_unfinished_line_is_left_out_and_nothing_is_added_to_it(journal: Journal) -> None:
    """A process that dies while it writes acknowledged nothing."""
    journal.append(b"whole")
    journal.settle()
    path = next(journal.folder.glob("*.jsonl"))
    with path.open("ab") as file:
        file.write(b"unfin")
    after = Journal(journal.folder)
    after.append(b"next")
    after.settle()
    assert lines(journal) == [b"whole\n", b"next\n"]


def test_a_full_disk_acknowledges_nothing_and_leaves_whole_lines(journal: Journal) -> None:
    """The line that did not fit is not there in part either, and later ones are."""
    journal.append(b"first")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50, before[1]))
    try:
        with pytest.raises(OSError, match="too large"):
            journal.append(b"x" * 100)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    journal.append(b"last")
    journal.settle()
    assert lines(journal) == [b"first\n", b"last\n"]


def test_threads_write_whole_lines(journal: Journal) -> None:
    """While another one settles and drains all the time."""
    found: list[bytes] = []
    done = threading.Event()

    def write(name: int) -> None:
        for n in range(200):
            journal.append(f"{name}:{n}:{'x' * 500}".encode())

    def take() -> None:
        last = False
        while not last:
            last = done.is_set()
            journal.settle()
            for segment in journal.segments():
                found.extend(segment.lines())
                segment.remove()

    taker = threading.Thread(target=take)
    writers = [threading.Thread(target=write, args=(n,)) for n in range(4)]
    for thread in (taker, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    taker.join()
    assert len(found) == len(set(found)) == 800


_WRITER = """
import os, sys
from pathlib import Path
from nba_mcp_synthesis.state.journal import Journal
from nba_mcp_synthesis.state.entries import written
sys.path.insert(0, sys.argv[2])
from state.conftest import rows
journal = Journal(Path(sys.argv[1]))
for n in range(1_000_000):
    journal.append(written(rows(id=f"{os.getpid()}-{n}")))
    os.write(1, b"%d-%d\\n" % (os.getpid(), n))
"""


def test_kill_loses_nothing_that_was_acknowledged(database: StateDatabase, journal: Journal) -> None:
    """Each id that the process printed after recording it is in the database, once, after SIGKILL."""
    acknowledged: list[str] = []
    tests = str(Path(__file__).resolve().parents[1])
    for _ in range(3):
        command = [sys.executable, "-c", _WRITER, str(journal.folder), tests]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout
            acknowledged += [process.stdout.readline().strip() for _ in range(20)]
            drain(journal, database)
            acknowledged += [process.stdout.readline().strip() for _ in range(20)]
            os.kill(process.pid, signal.SIGKILL)
            acknowledged += [line.strip() for line in process.stdout if line.endswith("\n")]
    drain(journal, database)
    stored = [row["id"] for row in database.newest_answers(1_000_000)]
    assert set(acknowledged) <= set(stored)
    assert len(stored) == len(set(stored))


def test_what_the_database_refuses_is_set_aside_and_holds_up_nothing(
    database: StateDatabase, journal: Journal
) -> None:
    """The entries around it are stored."""
    good, bad = [written(rows()) for _ in range(3)], b'{"answers":[{"record":"r"}]}'
    for entry in (good[0], bad, good[1], b"no JSON", good[2]):
        journal.append(entry)
    journal.settle()
    assert drain(journal, database) == 5
    assert database.count("answers") == 3
    assert (journal.folder / REFUSED).read_bytes() == bad + b"\nno JSON\n"
    assert journal.waiting() == 0


def test_what_is_refused_while_the_disk_is_full_stays_and_holds_up_nothing(
    database: StateDatabase, journal: Journal
) -> None:
    """It is set aside as soon as that can be done, and what was stored meanwhile is stored once."""
    for entry in (b"no JSON", written(rows())):
        journal.append(entry)
    journal.settle()
    (journal.folder / REFUSED).mkdir()  # in the way, as a full disk is
    for _ in range(2):
        assert drain(journal, database) == 0
        assert database.count("answers") == 1
    (journal.folder / REFUSED).rmdir()
    assert drain(journal, database) == 2
    assert (database.count("answers"), journal.waiting()) == (1, 0)
    assert (journal.folder / REFUSED).read_bytes() == b"no JSON\n"


def test_what_waits_on_the_disk_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An entry beyond is not acknowledged, and says why."""
    monkeypatch.setattr("nba_mcp_synthesis.state.journal.MOST_BYTES", 50)
    journal = Journal(tmp_path / "journal", most_waiting=100)
    for _ in range(2):
        journal.append(b"x" * 60)
        journal.settle()
    with pytest.raises(OSError, match="all that may wait for the state database"):
        journal.append(b"x")
    next(journal.segments()).remove()
    journal.append(b"x")
    journal.settle()


class _Dies(Exception):
    """Stands for the end of the process."""


@settings(max_examples=30, deadline=None)
@given(deaths=st.lists(st.integers(0, 6), max_size=6), count=st.integers(1, 12), again=st.booleans())
def test_draining_ends_in_the_same_rows_however_often_it_dies(
    tmp_path_factory: pytest.TempPathFactory, deaths: list[int], count: int, again: bool
) -> None:
    """At any step: before a transaction, after it, before the file is removed; and when files come back."""
    folder = tmp_path_factory.mktemp("drain")
    journal = Journal(folder / "journal")
    database = StateDatabase(lambda: sqlite_engine(folder / "state.db"))
    for n in range(count):
        journal.append(written(rows(id=f"q{n}")))
        if n % 3 == 0:
            journal.settle()
    journal.settle()
    kept = {path.name: path.read_bytes() for path in journal.folder.glob("*.jsonl")}
    for death in deaths:
        dying = _Dying(database, death)
        try:
            drain(journal, dying)
        except _Dies:
            continue
    if again:
        for name, content in kept.items():
            (journal.folder / name).write_bytes(content)
    drain(journal, database)
    assert sorted(row["id"] for row in database.newest_answers(100)) == sorted(f"q{n}" for n in range(count))
    assert (database.count("evidence"), database.count("model_calls")) == (2 * count, 2 * count)
    assert journal.waiting() == 0
    database.close()


class _Dying(StateDatabase):
    """The same database, whose process ends after so many steps; each transaction is two."""

    def __init__(self, database: StateDatabase, steps: int) -> None:
        super().__init__(database._connecting)
        self._left = steps

    def store(self, entries: "list[bytes]") -> None:  # type: ignore[override]
        """Dies before or after storing."""
        self._step()
        super().store(entries)
        self._step()

    def _step(self) -> None:
        if self._left == 0:
            raise _Dies
        self._left -= 1
