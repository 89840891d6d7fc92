"""`describe` and `find` know the tables of warehouse, lake and Glue: each once, whoever is away."""

import json
from pathlib import Path
from typing import Any

import pytest

from lake.conftest import BUCKET, published, sound_bucket
from lake.test_publishing import changed
from lake.test_tools import called
from nba_mcp_synthesis.app import App
from nba_mcp_synthesis.lake.catalogue import Catalogue
from nba_mcp_synthesis.lake.opening import open_store
from nba_mcp_synthesis.settings import load_settings
from nba_mcp_synthesis.warehouse import catalog
from servers.aws import AwsServer
from servers.listeners import silent
from test_cli import nba_mcp, printed

DATABASE = "nba"
OTHERS = {
    "Name": "scouting_notes",
    "Description": "What scouts wrote.",
    "PartitionKeys": [{"Name": "season", "Type": "string"}],
    "StorageDescriptor": {"Columns": [{"Name": "words", "Type": "array<string>", "Comment": "Theirs"}]},
    "Parameters": {"recordCount": "17"},
}


@pytest.fixture
def settings(aws_server: AwsServer, small: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A warehouse whose lake is in a bucket and in Glue, beside a table of others with two partitions."""
    # A busy machine may take its time: that nobody waits long has a test of its own.
    monkeypatch.setattr("nba_mcp_synthesis.table_catalogue._WAIT_SECONDS", 60.0)
    monkeypatch.setattr("nba_mcp_synthesis.connectors.aws.READ_SECONDS", 30.0)
    sound_bucket(aws_server)
    store = open_store(f"s3://{BUCKET}/lake")
    published(store, small)
    Catalogue(DATABASE).register(store)
    glue = aws_server.client("glue")
    glue.create_table(DatabaseName=DATABASE, TableInput=OTHERS)
    for season in ("2024-25", "2025-26"):
        entry = {"Values": [season], "StorageDescriptor": {"Location": "s3://theirs"}}
        glue.create_partition(DatabaseName=DATABASE, TableName="scouting_notes", PartitionInput=entry)
    return {
        "NBA_MCP_WAREHOUSE_URL": f"duckdb:///{small}",
        "NBA_MCP_LAKE_URL": f"s3://{BUCKET}/lake",
        "NBA_MCP_GLUE_DATABASE": DATABASE,
    }


def told(found: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The tables of a result, by name; each is there once."""
    by_name = {table["table"]: table for table in found["tables"]}
    assert len(by_name) == len(found["tables"])
    return by_name


@pytest.mark.requirement("SYS-GLUE")
def test_each_table_is_told_once_with_all_that_have_it(settings: dict[str, str]) -> None:
    """Rows, partitions and meaning, as manifest and catalogue say; views are the warehouse's alone."""
    found = called(settings, "describe")
    tables = told(found)
    assert found["notes"] == []
    assert tables["games"]["where"] == ["warehouse", "lake", "glue"]
    rows = called(settings, "query_sql", sql="SELECT count(*) FROM games")["rows"][0][0]
    assert (tables["games"]["rows"], tables["games"]["lake_rows"]) == (rows, rows) == (3, 3)
    assert (tables["games"]["partitions"], tables["teams"]["partitions"]) == (1, 0)
    assert "where" not in tables["standings"]
    assert tables["scouting_notes"]["where"] == ["glue"]
    assert tables["scouting_notes"]["rows"] is None
    assert tables["scouting_notes"]["lake_rows"] == 17


def test_a_table_of_others_has_its_columns_and_partitions(settings: dict[str, str]) -> None:
    """As Glue has them; and a table that nobody has is told with the nearest names."""
    found = called(settings, "describe", table="scouting_notes")
    assert found["columns"] == [
        {"column": "words", "type": "array<string>", "about": "Theirs"},
        {"column": "season", "type": "string", "about": ""},
    ]
    assert told(found)["scouting_notes"]["partitions"] == 2
    assert "scouting_notes" in called(settings, "describe", table="scouting_note")


def test_tables_are_found_by_name_among_players_and_teams(settings: dict[str, str]) -> None:
    """By their very names first; guesses where nobody is called so."""
    for text, kind, names in (
        ("Scouting notes", None, ["scouting_notes"]),
        ("play by ply", "table", ["play_by_play"]),
        ("lakers", None, ["Los Angeles Lakers"]),
        ("games", "team", []),
        ("nothing of that kind at all", "table", []),
    ):
        found = called(settings, "find", name=text, kind=kind)
        assert [one["name"] for one in found["matches"]] == names, text


@pytest.mark.system  # half a dozen processes
def test_the_command_tells_the_same(settings: dict[str, str]) -> None:
    """Of all tables and of one, for programs and for people."""
    listed = {table["name"]: table for table in printed(nba_mcp("tables", "--json", **settings))}
    for name, table in told(called(settings, "describe")).items():
        assert listed[name]["rows"] == table["rows"]
        assert listed[name]["where"] == table.get("where", ["warehouse"])
    assert "17 rows published in 2 partitions" in nba_mcp("tables", "scouting_notes", **settings).stdout
    (match,) = printed(nba_mcp("find", "Scouting notes", "--json", **settings))
    assert (match["kind"], match["name"]) == ("table", "scouting_notes")
    assert nba_mcp("find", "x", "--kind", "coach", **settings).returncode == 2


def test_without_glue_the_rest_is_told(settings: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """With a sentence, whose words have no credential; the same by command."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_GLUE", "http://127.0.0.1:1")
    found = called(settings, "describe")
    (note,) = found["notes"]
    assert note.startswith("The Glue catalogue is not told of: ")
    assert "Glue database nba" in note
    assert "testing" not in note
    assert told(found)["games"]["where"] == ["warehouse", "lake"]
    assert "scouting_notes" not in told(found)
    done = nba_mcp("tables", "--json", **settings)
    assert "Glue catalogue is not told of" in done.stderr
    assert {one["name"] for one in json.loads(done.stdout)} == set(told(found))


def test_without_credentials_the_warehouse_is_told(
    settings: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One sentence for the lake, one for Glue."""
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    found = called(settings, "describe", table="games")
    assert [note.partition(" is not")[0] for note in found["notes"]] == ["The lake", "The Glue catalogue"]
    assert told(found)["games"]["rows"] == 3


def test_silence_costs_a_short_wait_and_is_told(
    settings: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody waits for a server that never answers, and only one look is under way."""
    monkeypatch.setattr("nba_mcp_synthesis.table_catalogue._WAIT_SECONDS", 0.2)
    app = App(load_settings(settings))
    tables = app.tables()
    with silent() as port:
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", f"http://127.0.0.1:{port}")
        for _ in range(3):
            found = tables.every()
            assert [note for note in found.notes if "do not answer in time" in note]
            assert all(table.where == ("warehouse",) for table in found.tables)
        assert tables.known_version() is None
    app.warehouse.close()


def test_another_state_in_the_lake_is_told(settings: dict[str, str], small: Path) -> None:
    """By the names of both."""
    changed(small)
    (note,) = called(settings, "describe")["notes"]
    assert "another state" in note
    assert "newer0000000" in note


def test_what_was_seen_is_looked_at_again_when_it_is_old(
    settings: dict[str, str], aws_server: AwsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not before: a burst of questions is one look."""
    app = App(load_settings(settings))
    tables = app.tables()
    before = tables.version()
    aws_server.client("glue").delete_table(DatabaseName=DATABASE, Name="scouting_notes")
    assert (tables.version(), tables.known_version()) == (before, before)
    monkeypatch.setattr("nba_mcp_synthesis.table_catalogue._GOOD_SECONDS", 0.0)
    assert "scouting_notes" not in {table.name for table in tables.every().tables}
    assert tables.version() != before
    app.warehouse.close()


def test_what_an_earlier_place_tells_stands() -> None:
    """The lake's rows, not those that Glue was told some time ago."""
    columns = (catalog.ColumnInfo("a", "text", "A"),)
    own = catalog.TableInfo("games", "All games.", 3, ("a",), columns)
    lake = catalog.Elsewhere("games", "", (), 2, 1, "lake")
    glue = catalog.Elsewhere("games", "", (), 1, None, "glue")
    (table,) = catalog.merged([own], [lake, glue])
    assert (table.where, table.rows, table.lake_rows, table.partitions) == (
        ("warehouse", "lake", "glue"),
        3,
        2,
        1,
    )
    assert (table.columns, table.comment) == (columns, "All games.")
