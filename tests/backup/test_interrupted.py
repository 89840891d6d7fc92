"""What ends a command from outside, or breaks a line for a moment, is no fault of a backup."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from backup_ground import Key, opened, said_nothing, taken
from nba_mcp_synthesis.errors import BackupDamaged, BackupsDown
from nba_mcp_synthesis.interrupting import ended_by_signals
from nba_mcp_synthesis.operations.backup import downloading
from nba_mcp_synthesis.operations.backup.archive import backups
from nba_mcp_synthesis.operations.backup.databases import Database
from nba_mcp_synthesis.operations.backup.failures import newest
from nba_mcp_synthesis.operations.backup.manifest import DUMP
from nba_mcp_synthesis.operations.backup.store import BackupStore
from nba_mcp_synthesis.operations.backup.store_folder import FolderBackups
from nba_mcp_synthesis.operations.backup.verifying import verify
from servers.postgres import programs

SMALL_PART = 40_000


@pytest.fixture
def ended_while_dumping(filled: Database) -> Iterator[None]:
    """SIGTERM comes to this process as soon as pg_dump has a session."""
    done = threading.Event()
    query = "SELECT 1 FROM pg_stat_activity WHERE application_name = 'pg_dump' AND datname = %s"

    def end() -> None:
        with filled.server.at("postgres").connected() as session:
            while not done.is_set():
                if session.execute(query, (filled.dbname,)).fetchall():
                    os.kill(os.getpid(), signal.SIGTERM)
                    return
                time.sleep(0.01)

    thread = threading.Thread(target=end)
    thread.start()
    yield
    done.set()
    thread.join()


def sessions(database: Database) -> int:
    """How many the database has."""
    with database.server.at("postgres").connected() as session:
        found = session.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = %s", (database.dbname,)
        )
        return int(found.fetchall()[0][0])


@pytest.mark.usefixtures("ended_while_dumping")
def test_a_dump_that_is_ended_leaves_a_word_and_nothing_else(
    filled: Database, folder_store: BackupStore, key: Key, tmp_path: Path
) -> None:
    """The end comes as what it is, not as a fault of the encryption; no query goes on."""
    with ended_by_signals(), pytest.raises(SystemExit) as raised:
        taken(filled, folder_store, key, bytes_per_second=50_000)
    assert raised.value.code == 128 + signal.SIGTERM
    (failure,) = newest(folder_store, 5)
    assert (failure.step, failure.reason) == ("create", "It was ended from outside, by a signal.")
    assert [path for path in (tmp_path / "backups" / "warehouse").rglob("*") if path.is_file()] == []
    assert sessions(filled) == 0


class Ending(FolderBackups):
    """A store at whose third part somebody ends this process."""

    def read(self, key: str, start: int = 0, size: int | None = None) -> bytes | None:
        """See `store.BackupStore`."""
        if key.endswith(DUMP) and start == 2 * SMALL_PART:
            os.kill(os.getpid(), signal.SIGTERM)
        return super().read(key, start, size)


def test_a_verification_that_is_ended_blames_no_backup(filled: Database, key: Key, tmp_path: Path) -> None:
    """Not even where pg_restore was being written to; the scratch database is gone."""
    store = Ending(tmp_path / "backups")
    made = taken(filled, store, key, part_bytes=SMALL_PART)
    with ended_by_signals(), pytest.raises(SystemExit):
        verify(opened(made, store, key), filled.server, programs(), said_nothing)
    (one,) = backups(store)
    assert one.counts
    assert [failure.step for failure in newest(store, 5)] == ["verify"]
    with filled.server.at("postgres").connected() as session:
        left = session.execute("SELECT datname FROM pg_database WHERE datname ~ '^nba_mcp_scratch'")
        assert left.fetchall() == []


class Flaky(FolderBackups):
    """A store whose line breaks so many times at the second part."""

    breaks = flips = 0

    def read(self, key: str, start: int = 0, size: int | None = None) -> bytes | None:
        """See `store.BackupStore`."""
        if key.endswith(DUMP) and start == SMALL_PART and self.breaks:
            self.breaks -= 1
            raise BackupsDown("The line was reset.")
        found = super().read(key, start, size)
        if found and key.endswith(DUMP) and start == SMALL_PART and self.flips:
            self.flips -= 1
            return found[:-1] + bytes([found[-1] ^ 1])
        return found


def test_a_line_that_breaks_for_a_moment_ends_no_restore(
    filled: Database, key: Key, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A part is asked for three times; then it is told."""
    monkeypatch.setattr(downloading, "PAUSES_SECONDS", tuple(0.0 for _ in downloading.PAUSES_SECONDS))
    store = Flaky(tmp_path / "backups")
    dump = opened(taken(filled, store, key, part_bytes=SMALL_PART), store, key)
    store.breaks = 2
    verify(dump, filled.server, programs(), said_nothing)
    assert store.breaks == 0
    store.breaks = 3
    with pytest.raises(BackupsDown, match="was reset"):
        verify(dump, filled.server, programs(), said_nothing)
    assert backups(store)[0].counts


def test_a_part_is_damaged_only_by_a_second_look(filled: Database, key: Key, tmp_path: Path) -> None:
    """What was altered on its way is asked for again, and marks no backup; twice the same does."""
    store = Flaky(tmp_path / "backups")
    dump = opened(taken(filled, store, key, part_bytes=SMALL_PART), store, key)
    store.flips = 1
    verify(dump, filled.server, programs(), said_nothing)
    assert (store.flips, backups(store)[0].counts) == (0, True)
    store.flips = 2
    with pytest.raises(BackupDamaged, match="SHA-256 differs"):
        verify(dump, filled.server, programs(), said_nothing)
    assert backups(store)[0].damaged
