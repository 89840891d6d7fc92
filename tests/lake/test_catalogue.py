"""The Glue catalogue says what is published."""

import json
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lake.conftest import BUCKET, published, sound_bucket
from lake.test_publishing import changed
from nba_mcp_synthesis.connectors.aws import patient_client
from nba_mcp_synthesis.errors import Busy, LakeDown, WarehouseOutdated
from nba_mcp_synthesis.lake import catalogue, tidying
from nba_mcp_synthesis.lake.catalogue import Catalogue
from nba_mcp_synthesis.lake.manifest import current
from nba_mcp_synthesis.lake.noted import noted
from nba_mcp_synthesis.lake.opening import open_store
from nba_mcp_synthesis.lake.registration import changing, registration
from nba_mcp_synthesis.lake.store import Store
from nba_mcp_synthesis.schema.tables import merged_tables, tables
from nba_mcp_synthesis.warehouse.athena.catalogue import CatalogueReader
from nba_mcp_synthesis.warehouse.building import next_state
from servers.aws import AwsServer
from test_cli import nba_mcp

DATABASE = "nba"


@pytest.fixture
def lake(aws_server: AwsServer, small: Path) -> Store:
    """A published lake in a bucket."""
    sound_bucket(aws_server)
    store = open_store(f"s3://{BUCKET}/lake")
    published(store, small)
    return store


def partitions(aws: AwsServer, table: str) -> dict[tuple[str, ...], str]:
    """Where the partitions of a table lie, as Glue has it."""
    found = aws.client("glue").get_partitions(DatabaseName=DATABASE, TableName=table)["Partitions"]
    return {tuple(one["Values"]): one["StorageDescriptor"]["Location"] for one in found}


@pytest.mark.requirement("SYS-GLUE")
def test_tables_columns_and_partitions_are_there(lake: Store, aws_server: AwsServer) -> None:
    """With their comments; partitions lie where the manifest's files do."""
    manifest = current(lake)
    found = Catalogue(DATABASE).register(lake)
    assert found.tables == len(tables()) + len(merged_tables())
    glue = aws_server.client("glue")
    for table in tables().values():
        told = glue.get_table(DatabaseName=DATABASE, Name=table.name)["Table"]
        columns = [*told["StorageDescriptor"]["Columns"], *told["PartitionKeys"]]
        comments = {one["Name"]: one["Comment"] for one in columns}
        assert comments == {c.name: c.comment[:255] for c in table.columns}
        files = {f"{lake.place}/{file.key.rpartition('/')[0]}" for file in manifest.of("tables", table.name)}
        if table.has_season:
            assert set(partitions(aws_server, table.name).values()) == files
        elif files:
            assert {told["StorageDescriptor"]["Location"]} == files


def test_what_is_there_already_is_left_alone(lake: Store) -> None:
    """Nothing is written the second time."""
    first = Catalogue(DATABASE).register(lake)
    again = Catalogue(DATABASE).register(lake)
    assert first.written > 0
    assert (again.written, again.removed) == (0, 0)


def test_a_changed_partition_moves_and_a_removed_one_goes(
    lake: Store, aws_server: AwsServer, small: Path
) -> None:
    """In place, so that queries find one or the other."""
    Catalogue(DATABASE).register(lake)
    before = partitions(aws_server, "team_game_stats")
    changed(small)
    with next_state(small) as connection:
        connection.execute("UPDATE team_game_stats SET pts = pts + 1")
        connection.execute("DELETE FROM games")
    published(lake, small)
    found = Catalogue(DATABASE).register(lake)
    after = partitions(aws_server, "team_game_stats")
    assert after.keys() == before.keys()
    assert all(after[values] != before[values] for values in before)
    assert partitions(aws_server, "games") == {}
    assert found.removed == 1


def test_tables_of_others_stay(lake: Store, aws_server: AwsServer) -> None:
    """The database may be shared."""
    glue = aws_server.client("glue")
    glue.create_database(DatabaseInput={"Name": DATABASE})
    entry: dict[str, Any] = {"Name": "of_others", "Parameters": {}}
    glue.create_table(DatabaseName=DATABASE, TableInput=entry)
    ours: dict[str, Any] = {"Name": "former", "Parameters": {"publisher": "nba-mcp"}}
    glue.create_table(DatabaseName=DATABASE, TableInput=ours)
    Catalogue(DATABASE).register(lake)
    names = {one["Name"] for one in glue.get_tables(DatabaseName=DATABASE)["TableList"]}
    staged = {f"staged_{table.name}" for table in merged_tables()}
    assert names == {*tables(), *staged, "of_others"}


def test_what_each_source_gave_is_there_too(lake: Store, aws_server: AwsServer) -> None:
    """With the load that each row came with, as the files have it."""
    Catalogue(DATABASE).register(lake)
    told = aws_server.client("glue").get_table(DatabaseName=DATABASE, Name="staged_games")["Table"]
    (file,) = current(lake).of("staged", "games")
    content = lake.read(file.key)
    assert content is not None
    assert [one["Name"] for one in told["StorageDescriptor"]["Columns"]] == pq.read_schema(
        pa.BufferReader(content)
    ).names
    (place,) = partitions(aws_server, "staged_games").values()
    assert place == f"{lake.place}/{file.key.rpartition('/')[0]}"


def test_the_database_says_which_state_it_has(lake: Store, aws_server: AwsServer, small: Path) -> None:
    """And keeps what others say there. While it changes, it says so, and a rerun settles it."""
    glue = aws_server.client("glue")
    before = {"Name": DATABASE, "Description": "Ours.", "Parameters": {"owner": "others"}}
    glue.create_database(DatabaseInput=before)
    Catalogue(DATABASE).register(lake)
    told = glue.get_database(Name=DATABASE)["Database"]
    found = registration(told["Parameters"])
    assert found is not None
    assert (found.manifest, found.about, found.is_changing) == (
        current(lake).key,
        current(lake).about,
        False,
    )
    assert (told["Description"], told["Parameters"]["owner"]) == ("Ours.", "others")
    glue.update_database(
        Name=DATABASE, DatabaseInput={**before, "Parameters": changing(told["Parameters"], "other")}
    )
    Catalogue(DATABASE).register(lake)
    assert registration(glue.get_database(Name=DATABASE)["Database"]["Parameters"]) == found


def test_the_database_is_marked_before_the_first_change(
    lake: Store, aws_server: AwsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever dies on the way leaves the mark, so that no reader takes a mixture for a state."""

    def die(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(catalogue, "_done", die)
    with pytest.raises(KeyboardInterrupt):
        Catalogue(DATABASE).register(lake)
    told = aws_server.client("glue").get_database(Name=DATABASE)["Database"]["Parameters"]
    found = registration(told)
    assert found is not None
    assert found.is_changing


def test_without_credentials_it_is_told(lake: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """And that the lake itself is published."""
    assert current(lake).files
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
    with pytest.raises(LakeDown, match=r"no AWS credentials.*The lake itself is published"):
        Catalogue(DATABASE).register(lake)


def test_the_command_publishes_catalogues_and_restores(
    aws_server: AwsServer, small: Path, tmp_path: Path
) -> None:
    """From one warehouse over a bucket to another, where the same question has the same answer."""
    sound_bucket(aws_server)
    place = f"s3://{BUCKET}/by/command"
    environment = {
        "NBA_MCP_WAREHOUSE_URL": f"duckdb:///{small}",
        "NBA_MCP_LAKE_URL": place,
        "NBA_MCP_GLUE_DATABASE": DATABASE,
    }
    done = nba_mcp("data", "publish", "--json", **environment)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["place"], told["catalogue"]["database"], told["behind"]) == (place, DATABASE, [])
    elsewhere = {"NBA_MCP_WAREHOUSE_URL": f"duckdb:///{tmp_path / 'again.duckdb'}"}
    assert nba_mcp("data", "load", place, **elsewhere).returncode == 0
    asked = [
        json.loads(nba_mcp("ask", "--json", "who led the league in total points", **one).stdout)["text"]
        for one in (environment, elsewhere)
    ]
    assert asked[0] == asked[1]
    assert "220" in asked[0]
    changed(small)
    done = nba_mcp("data", "publish", **{**environment, "NBA_MCP_GLUE_DATABASE": ""})
    words = " ".join(done.stdout.split())
    assert f"Glue still has an older state in {DATABASE}: publish again" in words, done.stderr
    open_store(place).swap("catalogues/given-up.json", b"spoilt", None)
    done = nba_mcp("data", "publish", "--json", **environment)
    assert (done.returncode, json.loads(done.stdout)["behind"]) == (0, None), done.stderr


def another(store: Store, path: Path, name: str) -> None:
    """Publishes a state with this name, which has other players."""
    with next_state(path) as connection:
        connection.execute("UPDATE internal.info SET value = ? WHERE name = 'snapshot'", [name])
        connection.execute("INSERT INTO players (player_id, full_name) VALUES (999, ?)", [name])
    published(store, path)


def test_files_of_the_state_that_glue_has_stay(
    lake: Store, small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However often others publish without registering; a registration lets go of them."""
    monkeypatch.setattr(tidying, "ORPHAN_AGE", timedelta(seconds=-60))
    Catalogue(DATABASE).register(lake)
    registered = current(lake)
    another(lake, small, "one")
    unregistered = current(lake)
    another(lake, small, "two")
    another(lake, small, "three")
    there = {one.key for one in lake.keys("")}
    assert {registered.key, *(file.key for file in registered.files)} <= there
    assert unregistered.key not in there
    assert CatalogueReader(DATABASE).state().key == registered.key
    Catalogue(DATABASE).register(lake)
    another(lake, small, "four")
    another(lake, small, "five")
    assert lake.read(registered.key) is None
    assert noted(lake).keys() == {DATABASE}


def test_a_state_whose_manifest_is_gone_is_not_read(lake: Store) -> None:
    """Its files may be gone too, and Athena would answer with fewer rows and no error."""
    Catalogue(DATABASE).register(lake)
    lake.delete([current(lake).key])
    with pytest.raises(WarehouseOutdated, match="whose files the lake no longer keeps") as refused:
        CatalogueReader(DATABASE).state()
    assert "nba-mcp data publish" in refused.value.hint


def test_a_spoilt_note_keeps_everything(lake: Store, small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody knows then which files a catalogue names; registering writes the note anew."""
    monkeypatch.setattr(tidying, "ORPHAN_AGE", timedelta(seconds=-60))
    Catalogue(DATABASE).register(lake)
    first = current(lake)
    (note,) = [one.key for one in lake.keys("catalogues/")]
    lake.write(note, b"{")
    another(lake, small, "one")
    another(lake, small, "two")
    assert lake.read(first.key) is not None
    Catalogue(DATABASE).register(lake)
    assert noted(lake) == {DATABASE: frozenset({current(lake).key})}


@pytest.mark.parametrize("registers", [False, True])
def test_a_registration_that_is_overtaken_begins_anew(
    registers: bool,
    lake: Store,
    aws_server: AwsServer,
    small: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """By a publication, or by one that registers too: Glue ends with the newest state, and all of it."""
    overtaken: list[str] = []
    remove = Catalogue._remove_tables

    def overtake(self: Catalogue, *told: Any) -> None:
        if not overtaken:
            overtaken.append("one")
            another(lake, small, "one")
            if registers:
                Catalogue(DATABASE).register(lake)
        remove(self, *told)

    monkeypatch.setattr(catalogue, "_PAUSE_SECONDS", 0.0)
    monkeypatch.setattr(Catalogue, "_remove_tables", overtake)
    Catalogue(DATABASE).register(lake)
    manifest = current(lake)
    assert CatalogueReader(DATABASE).state().key == manifest.key
    told = aws_server.client("glue").get_table(DatabaseName=DATABASE, Name="players")["Table"]
    (file,) = manifest.of("tables", "players")
    assert told["StorageDescriptor"]["Location"] == f"{lake.place}/{file.key.rpartition('/')[0]}"


def test_who_is_always_overtaken_gives_up(lake: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """The mark stays: no reader takes what may be a mixture for a state."""

    def overtake(*_: Any) -> None:
        told = patient_client("glue").get_database(Name=DATABASE)["Database"]["Parameters"]
        marked = {"Name": DATABASE, "Parameters": changing(told, uuid.uuid4().hex)}
        patient_client("glue").update_database(Name=DATABASE, DatabaseInput=marked)

    monkeypatch.setattr(catalogue, "_PAUSE_SECONDS", 0.0)
    monkeypatch.setattr(Catalogue, "_remove_tables", overtake)
    with pytest.raises(Busy, match="Others keep changing"):
        Catalogue(DATABASE).register(lake)
    with pytest.raises(Busy, match="being changed"):
        CatalogueReader(DATABASE).state()
