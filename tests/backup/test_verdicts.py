"""What a verification or a drill has found stays with the backup, and is told to whoever asks."""

import contextlib
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from backup_ground import Key, database_at, new_key, opened, rows, said_nothing, taken
from nba_mcp_synthesis import cli_backup
from nba_mcp_synthesis.app import App
from nba_mcp_synthesis.connectors.rds import RDSConnector
from nba_mcp_synthesis.errors import BackupDamaged, BackupFailed, NbaMcpError, SettingsError, UsageError
from nba_mcp_synthesis.operations.backup import drill as drilling
from nba_mcp_synthesis.operations.backup import drill_report
from nba_mcp_synthesis.operations.backup.archive import backups, choose
from nba_mcp_synthesis.operations.backup.databases import Database, Login
from nba_mcp_synthesis.operations.backup.desk import Backups
from nba_mcp_synthesis.operations.backup.drill import Dumps, address, drill
from nba_mcp_synthesis.operations.backup.failures import newest, note
from nba_mcp_synthesis.operations.backup.listing import listing, states
from nba_mcp_synthesis.operations.backup.manifest import (
    DAMAGED,
    MANIFEST,
    VERIFIED,
    ReferenceAnswer,
)
from nba_mcp_synthesis.operations.backup.store import BackupStore, open_store
from nba_mcp_synthesis.operations.backup.verifying import verify
from nba_mcp_synthesis.settings import load_settings
from nba_mcp_synthesis.state.database import StateDatabase
from nba_mcp_synthesis.state.engines import postgres_engine
from servers.postgres import PostgresServer, programs


def test_a_backup_that_does_not_restore_is_no_longer_the_newest(
    filled: Database, folder_store: BackupStore, key: Key
) -> None:
    """The one before it is, by list, gauges and restore, until another verification goes well."""
    older, newer = taken(filled, folder_store, key), taken(filled, folder_store, key)
    whole = folder_store.read(newer.key()) or b""
    folder_store.write(newer.key(), whole[:-1] + bytes([whole[-1] ^ 1]))
    with pytest.raises(BackupDamaged, match="SHA-256 differs"):
        verify(opened(newer, folder_store, key), filled.server, programs(), said_nothing)
    assert choose(folder_store, "warehouse", None).id == older.id
    assert states(folder_store, ("warehouse",))[0].last_success == older.snapshot_at.timestamp()
    found = listing(folder_store, ("warehouse",), None)
    assert any(newer.id in told and "did not restore" in told for told in found.faults["warehouse"])
    (failure,) = found.failures
    assert (failure.step, failure.backup) == ("verify", newer.id)
    assert failure.told.startswith(f"warehouse: verify {newer.id} failed at ")

    folder_store.write(newer.key(), whole)
    again = choose(folder_store, "warehouse", newer.id)
    verify(opened(again, folder_store, key), filled.server, programs(), said_nothing)
    assert choose(folder_store, "warehouse", None).id == newer.id
    assert folder_store.read(newer.key(DAMAGED)) is None


def test_a_damaged_backup_is_a_fault_until_a_newer_one_is_proven(
    filled: Database, folder_store: BackupStore, key: Key
) -> None:
    """Then nobody has to remove it for the list to be without faults."""
    older, newer = taken(filled, folder_store, key), taken(filled, folder_store, key)
    folder_store.write(older.key(DAMAGED), b"{}")
    before = listing(folder_store, ("warehouse",), None).faults["warehouse"]
    assert any(told.startswith(f"{older.id} does not count") for told in before)
    verify(opened(newer, folder_store, key), filled.server, programs(), said_nothing)
    assert listing(folder_store, ("warehouse",), None).faults == {"warehouse": ()}


def test_what_came_out_of_a_damaged_backup_is_kept_for_a_look(
    filled: Database, folder_store: BackupStore, key: Key
) -> None:
    """A mark alone stops no restore that was asked for by ID; a difference is told, and replaces nothing."""
    made = taken(filled, folder_store, key)
    folder_store.write(made.key(DAMAGED), b"{}")
    desk = desk_of(filled, folder_store, NBA_MCP_BACKUP_IDENTITY=str(key.file))
    (warehouse,) = desk.chosen("warehouse")
    assert desk.restore_into(warehouse, made.id, f"sound_{filled.dbname}", said_nothing).rows
    (teams, rest) = made.contents.tables["nba.teams"], made.contents.tables
    other = {**rest, "nba.teams": teams.model_copy(update={"rows": teams.rows + 1})}
    contents = made.contents.model_copy(update={"tables": other})
    folder_store.write(
        made.key(MANIFEST), made.model_copy(update={"contents": contents}).model_dump_json().encode()
    )
    into = f"odd_{filled.dbname}"
    with pytest.raises(BackupDamaged, match=r"nba.teams has 30 rows instead of 31") as raised:
        desk.restore_into(warehouse, made.id, into, said_nothing)
    assert f"{into} has what came out of it" in raised.value.hint
    assert rows(Database("warehouse", filled.server.at(into))) == rows(filled)
    with pytest.raises(BackupDamaged, match="instead of 31"):
        desk.replace(warehouse, made.id, filled.dbname, said_nothing, older=True)


def desk_of(database: Database, store: BackupStore, **more: str) -> Backups:
    """The backups of a deployment with this warehouse."""
    given = {
        "NBA_MCP_WAREHOUSE_URL": address(database.server.parameters()),
        "NBA_MCP_BACKUP_URL": store.place,
        "NBA_MCP_BACKUP_PROGRAMS": str(programs()),
        "NBA_MCP_HOME": store.place,
        **more,
    }
    settings = load_settings(given)
    return Backups(settings, lambda: App(settings).secrets, App(settings).ask)


@pytest.mark.parametrize("is_damaged", [False, True])
def test_a_drill_blames_the_database_that_failed(
    filled: Database,
    state: Database,
    folder_store: BackupStore,
    key: Key,
    monkeypatch: pytest.MonkeyPatch,
    is_damaged: bool,
) -> None:
    """And no other; what is at fault when all were restored is noted for each, and marks none."""

    def broken(**_: str) -> None:
        raise BackupFailed("The server did not start.")

    monkeypatch.setattr(drilling, "serving", broken)
    dumps: Dumps = {
        "warehouse": opened(taken(filled, folder_store, key), folder_store, key),
        "state": opened(taken(state, folder_store, key), folder_store, key),
    }
    made = dumps["warehouse"].manifest
    whole = folder_store.read(made.key()) or b""
    if is_damaged:
        folder_store.write(made.key(), whole[:-1] + bytes([whole[-1] ^ 1]))
    with pytest.raises(BackupDamaged if is_damaged else BackupFailed):
        drill(dumps, filled.server, programs(), said_nothing)
    told = [(one.database, one.step) for one in newest(folder_store, 5)]
    assert sorted(told) == [("state", "drill")] * (not is_damaged) + [("warehouse", "drill")]
    assert [one.database for one in backups(folder_store) if one.damaged] == ["warehouse"] * is_damaged


@pytest.mark.parametrize(("faults", "code"), [((), 0), (("Somebody else led.",), 1)])
def test_a_store_that_is_away_costs_no_verdict(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, faults: tuple[str, ...], code: int
) -> None:
    """Hours of a drill are told, and end by what they showed, though the report cannot be kept."""
    drilled = drilling.Drilled("state", "x", datetime.now(UTC), 1, 1, 1, 1, 1, "", faults)
    found = drilling.Report(datetime.now(UTC), "here", 1, 1, 1, (drilled,))
    (tmp_path / "file").write_text("")
    desk = SimpleNamespace(drill=lambda _: found, store=open_store(str(tmp_path / "file")))
    monkeypatch.setattr(cli_backup, "opened_desk", lambda: desk)
    for more in ([], ["--json"]):
        done = CliRunner().invoke(cli_backup.backup, ["drill", "--reports", str(tmp_path / "reports"), *more])
        assert done.exit_code == code, done.output
    told = json.loads(done.stdout)
    assert (told["kept"], told["holds"]) == (None, code == 0)


def test_a_note_that_is_none_of_ours_is_told_without_words(folder_store: BackupStore) -> None:
    """Whatever lies there, the list is shown."""
    for n, content in enumerate((b"null", b"[1]", b"{cut")):
        folder_store.write(f"failures/state/20260131T07000300000{n}Z.json", content)
    assert [one.told for one in newest(folder_store, 5)] == [
        "state: something failed at 2026-01-31 07:00 UTC."
    ] * 3


def test_a_mark_that_cannot_be_read_is_none(filled: Database, folder_store: BackupStore, key: Key) -> None:
    """The backup counts, as one that was never verified; a note of a failure says nothing of the dump."""
    made = taken(filled, folder_store, key)
    folder_store.write(made.key(VERIFIED), b"{cut")
    (one,) = backups(folder_store)
    assert one.counts
    assert one.verified is None
    folder_store.write(made.key(DAMAGED), b"{cut")
    assert backups(folder_store)[0].fault == "It did not restore."


def test_a_drill_without_questions_says_so(
    filled: Database, folder_store: BackupStore, key: Key, tmp_path: Path
) -> None:
    """Rows and objects are proven, and answers are not: that is neither a success nor a failure of them."""
    made = taken(filled, folder_store, key)
    found = drill({"state": opened(made, folder_store, key)}, filled.server, programs(), said_nothing)
    assert (found.verdict, found.holds) == ("not asked", False)
    assert "Everything came back: the same rows" in drill_report.markdown(found)
    assert "Nothing was asked." in drill_report.markdown(found)
    assert backups(folder_store)[0].verified
    kept = drill_report.keep(found, folder_store)
    assert (folder_store.read(kept) or b"").decode() == drill_report.write(found, tmp_path).read_text()
    told = json.loads(folder_store.read(kept.replace(".md", ".json")) or b"")
    assert (told["holds"], told["verdict"]) == (False, "not asked")


@pytest.fixture
def state(postgres_server: PostgresServer) -> Database:
    """A state database of today's layout, without a row."""
    server = database_at(postgres_server.url(postgres_server.create_database())).server
    with contextlib.closing(
        StateDatabase(lambda: postgres_engine(RDSConnector(lambda: Login(server)).connect))
    ) as made:
        made.migrate()
    return Database("state", server)


def test_a_drill_with_other_answers_alerts_and_proves_nothing(
    state: Database, folder_store: BackupStore, key: Key
) -> None:
    """The failure is noted, so that the alert fires; the backup stays unverified."""
    made = taken(state, folder_store, key)
    lost = ReferenceAnswer(question="q1", status="answered", text="Somebody led.")
    dump = opened(made.model_copy(update={"reference": (lost,)}), folder_store, key)
    found = drill({"state": dump}, state.server, programs(), said_nothing)
    assert (found.verdict, found.holds) == ("other answers", False)
    assert "**Not everything came back" in drill_report.markdown(found)
    (one,) = backups(folder_store, "state")
    assert (one.counts, one.verified) == (True, None)
    (stands,) = states(folder_store, ("state",))
    assert (stands.last_failure or 0) > (stands.last_success or 0)
    assert stands.last_verified is None
    (failure,) = listing(folder_store, ("state",), None).failures
    assert failure.step == "drill"
    assert "'q1' has no answer." in failure.reason


def test_a_key_that_is_missing_is_noted_and_a_wrong_id_is_not(
    filled: Database, folder_store: BackupStore, key: Key
) -> None:
    """A job that cannot even begin alerts; somebody who mistypes an ID wakes nobody."""
    taken(filled, folder_store, key)
    desk = desk_of(filled, folder_store)
    (warehouse,) = desk.chosen("warehouse")
    with pytest.raises(UsageError, match="There is no backup nonsense"):
        desk.verify(warehouse, "nonsense", said_nothing)
    assert newest(folder_store, 5) == []
    with pytest.raises(SettingsError, match="NBA_MCP_BACKUP_IDENTITY is not set"):
        desk.verify(warehouse, None, said_nothing)
    assert [(one.step, "IDENTITY" in one.reason) for one in newest(folder_store, 5)] == [("verify", True)]
    with pytest.raises(SettingsError):
        desk.drill(said_nothing)
    assert [one.step for one in newest(folder_store, 5)] == ["drill", "verify"]


def failed(store: BackupStore) -> bool:
    """Whether the alert fires: as its rule compares the two gauges."""
    (stands,) = states(store, ("warehouse",))
    return (stands.last_failure or 0) > (stands.last_success or 0)


def test_a_verification_that_succeeds_makes_a_failed_one_good(
    filled: Database, folder_store: BackupStore, key: Key, tmp_path: Path
) -> None:
    """That of the same backup; of an older one it would say nothing, and of a drill nothing either."""
    older, newer = (opened(taken(filled, folder_store, key), folder_store, key) for _ in range(2))
    locked = opened(newer.manifest, folder_store, new_key(tmp_path / "other.txt"))
    with pytest.raises(NbaMcpError):
        verify(locked, filled.server, programs(), said_nothing)
    assert failed(folder_store)
    verify(older, filled.server, programs(), said_nothing)
    assert failed(folder_store)
    verify(newer, filled.server, programs(), said_nothing)
    assert not failed(folder_store)
    note(folder_store, "warehouse", "create", BackupFailed("No room."))
    verify(newer, filled.server, programs(), said_nothing)
    assert failed(folder_store)


def test_a_drill_that_succeeds_makes_a_failed_one_good(
    filled: Database, folder_store: BackupStore, key: Key
) -> None:
    """By its report beside the backups. One with other answers does not, nor does a verification."""
    dump = opened(taken(filled, folder_store, key), folder_store, key)
    note(folder_store, "warehouse", "drill", BackupFailed("Answered otherwise."))
    verify(dump, filled.server, programs(), said_nothing)
    folder_store.write("drills/backup-drill-20990101-000000.json", b"[]")
    assert failed(folder_store)
    found = drill({"state": dump}, filled.server, programs(), said_nothing)
    good = replace(found.databases[0], database="warehouse")
    bad = replace(good, faults=("'q1' has no answer.",))
    drill_report.keep(replace(found, databases=(bad,)), folder_store)
    assert failed(folder_store)
    drill_report.keep(replace(found, databases=(good,)), folder_store)
    assert not failed(folder_store)
