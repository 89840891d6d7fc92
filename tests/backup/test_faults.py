"""What can go wrong with a backup is found and named; nothing good is touched, and nothing partial counts."""

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from backup_ground import Key, new_key, opened, said_nothing, taken
from nba_mcp_synthesis.errors import (
    BackupDamaged,
    BackupFailed,
    BackupsDown,
    SettingsError,
    Unavailable,
    UsageError,
)
from nba_mcp_synthesis.operations.backup import archive, versions
from nba_mcp_synthesis.operations.backup.archive import backups
from nba_mcp_synthesis.operations.backup.clocks import check_clock
from nba_mcp_synthesis.operations.backup.databases import Database
from nba_mcp_synthesis.operations.backup.failures import noted
from nba_mcp_synthesis.operations.backup.manifest import MANIFEST, Manifest, TableContents
from nba_mcp_synthesis.operations.backup.restoring import Target, restore
from nba_mcp_synthesis.operations.backup.store import BackupStore, open_store
from nba_mcp_synthesis.operations.backup.verifying import verify
from servers.postgres import PostgresServer, programs
from small_disk import full_disk

pytestmark = pytest.mark.system

SMALL_PART = 40_000


@pytest.fixture
def made(filled: Database, folder_store: BackupStore, key: Key) -> Manifest:
    """A backup of several parts."""
    found = taken(filled, folder_store, key, part_bytes=SMALL_PART)
    assert len(found.parts) > 5
    return found


@pytest.fixture
def dump_file(made: Manifest, tmp_path: Path) -> Path:
    """The file of its dump."""
    return tmp_path / "backups" / made.key()


@pytest.fixture
def nothing_left(filled: Database) -> Iterator[None]:
    """After the test there is no scratch database."""
    yield
    with filled.server.at("postgres").connected() as session:
        left = session.execute(
            "SELECT datname FROM pg_database WHERE datname ~ '^nba_mcp_scratch'"
        ).fetchall()
    assert left == []


def verified(made: Manifest, store: BackupStore, key: Key, filled: Database) -> None:
    """Verifies it."""
    verify(opened(made, store, key), filled.server, programs(), said_nothing)


@pytest.mark.requirement("BK-VERIFY")
@pytest.mark.usefixtures("nothing_left")
def test_a_flipped_bit_is_found(
    made: Manifest, dump_file: Path, folder_store: BackupStore, key: Key, filled: Database
) -> None:
    """The part is named, the backup stays unverified, and the failure is written down."""
    content = bytearray(dump_file.read_bytes())
    content[3 * SMALL_PART + 17] ^= 1
    dump_file.write_bytes(content)
    with pytest.raises(BackupDamaged, match=r"part 4 of .* its SHA-256 differs"):
        verified(made, folder_store, key, filled)
    assert backups(folder_store)[0].verified is None
    assert [of for _, of, _ in noted(folder_store)] == ["warehouse"]


@pytest.mark.usefixtures("nothing_left")
def test_a_flipped_bit_that_the_manifest_agrees_with_is_found(
    made: Manifest, dump_file: Path, folder_store: BackupStore, key: Key, filled: Database
) -> None:
    """Whoever changes dump and manifest alike is caught by the encryption."""
    import hashlib  # noqa: PLC0415 - here only

    content = bytearray(dump_file.read_bytes())
    content[3 * SMALL_PART + 17] ^= 1
    dump_file.write_bytes(content)
    digest = hashlib.sha256(content[3 * SMALL_PART : 4 * SMALL_PART]).hexdigest()
    parts = [p.model_copy(update={"sha256": digest}) if p.number == 4 else p for p in made.parts]
    forged = made.model_copy(update={"parts": tuple(parts)})
    with pytest.raises(BackupDamaged, match="was changed after it was encrypted"):
        verified(forged, folder_store, key, filled)


@pytest.mark.requirement("BK-VERIFY")
@pytest.mark.usefixtures("nothing_left")
def test_a_missing_part_and_a_cut_end_are_found(
    made: Manifest, dump_file: Path, folder_store: BackupStore, key: Key, filled: Database
) -> None:
    """The list alone shows it, and no restore begins."""
    content = dump_file.read_bytes()
    for left in (content[:SMALL_PART] + content[2 * SMALL_PART :], content[:-1], b""):
        dump_file.write_bytes(left)
        (one,) = backups(folder_store)
        assert one.fault == f"The dump has {len(left):,} bytes instead of {len(content):,}."
        with pytest.raises(BackupDamaged, match="bytes where its manifest says"):
            verified(made, folder_store, key, filled)
        with pytest.raises(BackupDamaged, match="does not count"):
            archive.choose(folder_store, "warehouse", made.id)
        with pytest.raises(UsageError, match="no complete backup"):
            archive.choose(folder_store, "warehouse", None)
    dump_file.unlink()
    with pytest.raises(BackupDamaged, match="is gone"):
        verified(made, folder_store, key, filled)


@pytest.mark.requirement("BK-VERIFY")
@pytest.mark.usefixtures("nothing_left")
def test_a_missing_table_and_other_rows_are_found(
    made: Manifest, folder_store: BackupStore, key: Key, filled: Database
) -> None:
    """What comes out of the dump is compared table by table."""
    tables = made.contents.tables
    other = {"nba.teams": TableContents(rows=30, digest="1"), "nba.empty": TableContents(rows=1, digest="1")}
    more = {"nba.lost": TableContents(rows=7, digest="7")}
    wrong = made.contents.model_copy(update={"tables": {**tables, **other, **more}})
    with pytest.raises(BackupDamaged) as raised:
        verified(made.model_copy(update={"contents": wrong}), folder_store, key, filled)
    for told in ("nba.lost is missing (7 rows)", "nba.empty has 0 rows instead of 1", "30 rows as it should"):
        assert told in raised.value.message


@pytest.mark.usefixtures("nothing_left")
def test_a_wrong_key_is_named(
    made: Manifest, folder_store: BackupStore, key: Key, filled: Database, tmp_path: Path
) -> None:
    """It is the reader's key that is wrong, and not the backup."""
    with pytest.raises(UsageError, match="was encrypted for others"):
        verified(made, folder_store, new_key(tmp_path / "other.txt"), filled)
    assert backups(folder_store)[0].counts


@pytest.mark.parametrize(
    ("text", "told"),
    [("", "has no key"), ("AGE-SECRET-KEY-1WRONG", "something else"), (None, "No such file")],
)
def test_a_key_file_that_is_none_is_named(
    made: Manifest, folder_store: BackupStore, tmp_path: Path, text: str | None, told: str
) -> None:
    """Without a word of what is in it."""
    path = tmp_path / "bad.txt"
    if text is not None:
        path.write_text(text)
    with pytest.raises(SettingsError, match=told) as raised:
        opened(made, folder_store, Key("", path))
    assert "WRONG" not in str(raised.value)


def test_a_manifest_that_is_none_does_not_count(made: Manifest, folder_store: BackupStore) -> None:
    """Cut off, of another backup, or missing: the backup is listed, and never chosen."""
    content = folder_store.read(made.key(MANIFEST)) or b""
    folder_store.write(made.key(MANIFEST), content[: len(content) // 2])
    folder_store.write(f"warehouse/copied/{MANIFEST}", content)
    folder_store.write("state/unfinished/dump.age", b"some")
    folder_store.write("warehouse/stray", b"of somebody")
    folder_store.write("failures/warehouse/stray.json", b"of somebody")
    assert noted(folder_store) == []
    evil = made.properties.model_copy(
        update={"grants": ("GRANT CONNECT ON DATABASE {database} TO x; DROP ROLE x",)}
    )
    told = made.model_copy(update={"id": "evil", "properties": evil}).model_dump_json()
    folder_store.write(f"warehouse/evil/{MANIFEST}", told.encode())
    faults = {one.id: one.fault for one in backups(folder_store)}
    assert "properties.grants.0" in faults["evil"]
    assert "is no manifest" in faults[made.id]
    assert "lies elsewhere" in faults["copied"]
    assert "never finished" in faults["unfinished"]


def test_a_dump_of_an_older_schema_is_named(made: Manifest) -> None:
    """It is restored only by whoever says so; one of a newer program is not restored at all."""
    for have, told in (("1", "layout 1, this program 3: it is older"), (None, "no layout")):
        older = made.model_copy(update={"schema_version": have})
        with pytest.raises(UsageError, match=told) as raised:
            versions.check(older, older=False)
        assert "nba-mcp data migrate" in raised.value.hint
        versions.check(older, older=True)
    for older_allowed in (True, False):
        with pytest.raises(UsageError, match="made by a newer version"):
            versions.check(made.model_copy(update={"schema_version": "99"}), older=older_allowed)


def test_a_clock_that_jumped_is_named(
    filled: Database, made: Manifest, folder_store: BackupStore, key: Key
) -> None:
    """Against the database's clock, and against the backups that there are."""
    now = datetime.now(UTC)
    for jump in (timedelta(hours=1), timedelta(hours=-1)):
        with pytest.raises(BackupFailed, match="one of them jumped"):
            check_clock(now, None, now + jump)
    later = made.model_copy(update={"id": "later", "snapshot_at": now + timedelta(days=2)})
    folder_store.write(later.key(MANIFEST), later.model_dump_json().encode())
    folder_store.write(later.key(), folder_store.read(made.key()) or b"")
    assert {one.id: one.fault for one in backups(folder_store)} == {
        "later": "It is of the future: a clock jumped.",
        made.id: "",
    }
    assert archive.choose(folder_store, "warehouse", None).id == made.id
    with pytest.raises(BackupFailed, match="jumped, now or then"):
        taken(filled, folder_store, key)


def test_a_dump_that_ends_early_is_no_backup(
    filled: Database, folder_store: BackupStore, key: Key, tmp_path: Path
) -> None:
    """The session of pg_dump is ended in the middle: nothing is left but the note of the failure."""
    ended = threading.Event()

    def end() -> None:
        with filled.server.at("postgres").connected() as session:
            while not ended.is_set():
                session.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = "
                    "'pg_dump' "
                    "AND datname = %s",
                    (filled.dbname,),
                )
                time.sleep(0.01)

    thread = threading.Thread(target=end)
    thread.start()
    try:
        with pytest.raises(
            BackupFailed, match=r"pg_dump ended with code 1: the PostgreSQL server ended the conn"
        ):
            taken(filled, folder_store, key, bytes_per_second=200_000)
    finally:
        ended.set()
        thread.join()
    assert [path.name for path in (tmp_path / "backups" / "warehouse").rglob("*") if path.is_file()] == []
    assert backups(folder_store) == []
    assert [of for _, of, _ in noted(folder_store)] == ["warehouse"]


def test_a_full_disk_is_named(filled: Database, key: Key, tmp_path: Path) -> None:
    """Nothing is left of the backup that did not fit."""
    with full_disk(tmp_path / "disk") as folder:
        store = open_store(str(folder))
        with pytest.raises(BackupsDown, match="No space left on device") as raised:
            taken(filled, store, key, part_bytes=SMALL_PART)
        assert "disk is full" in raised.value.hint
        assert backups(store) == []
        assert [path for path in folder.rglob("*dump*") if path.is_file()] == []


def test_what_stands_in_the_way_is_not_overwritten(
    made: Manifest, folder_store: BackupStore, key: Key, filled: Database, postgres_server: PostgresServer
) -> None:
    """A database that no restore made, or that has part of another backup, is left alone."""
    name = postgres_server.create_database()
    dump = opened(made, folder_store, key)
    with pytest.raises(UsageError, match="no restore made it"):
        restore(dump, Target(filled.server, name, programs()), said_nothing)
    restore(dump, Target(filled.server, "restored_twice", programs()), said_nothing)
    other = dump._replace(manifest=taken(filled, folder_store, key))
    with pytest.raises(UsageError, match="has part of another backup"):
        restore(other, Target(filled.server, "restored_twice", programs()), said_nothing)


def test_settings_that_do_not_fit_are_named(filled: Database, folder_store: BackupStore, key: Key) -> None:
    """No recipient, no programs, no database, no place."""
    with pytest.raises(SettingsError, match="nothing is backed up unencrypted"):
        from nba_mcp_synthesis.operations.backup.encryption import check_recipients  # noqa: PLC0415

        check_recipients(())
    with pytest.raises(SettingsError, match="pg_dump is not in"):
        taken(filled, folder_store, key, folder=Path("/nowhere"))
    with pytest.raises(Unavailable, match="no database of that name"):
        taken(Database("warehouse", filled.server.at("nowhere")), folder_store, key)
    with pytest.raises(SettingsError, match="NBA_MCP_BACKUP_URL is not set"):
        open_store(None)
    assert backups(folder_store) == []
