"""Looking into a published lake, and what it does not let out."""

from contextlib import closing
from itertools import product
from pathlib import Path
from typing import Any

import pytest

import small_league
from lake.conftest import BUCKET, published, sound_bucket
from lake.test_publishing import changed
from nba_mcp_synthesis.errors import LakeDown, NbaMcpError, UnknownName, UsageError
from nba_mcp_synthesis.lake.browsing import browse
from nba_mcp_synthesis.lake.manifest import Manifest, current
from nba_mcp_synthesis.lake.opening import open_store
from nba_mcp_synthesis.lake.store import Store
from nba_mcp_synthesis.schema.tables import tables
from nba_mcp_synthesis.warehouse import lake_parts
from nba_mcp_synthesis.warehouse.lake_engine import Engine
from nba_mcp_synthesis.warehouse.lake_scanning import Scan, Scanned, scan
from nba_mcp_synthesis.warehouse.limits import Limits
from servers.aws import AwsServer


@pytest.fixture
def lake(store: Store, small: Path) -> Manifest:
    """What is published of the small league."""
    published(store, small)
    return current(store)


@pytest.fixture
def folder(tmp_path: Path, small: Path) -> tuple[Manifest, Engine]:
    """The same in a folder, and an engine over it."""
    store = open_store(str(tmp_path / "lake"))
    published(store, small)
    return current(store), Engine(store.place, 256)


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Manifest, Engine]:
    """One for all attacks, which change nothing."""
    folder = tmp_path_factory.mktemp("sealed")
    store = open_store(str(folder / "lake"))
    published(store, small_league.build(folder / "small.duckdb"))
    return current(store), Engine(store.place, 256)


def found(engine: Engine, manifest: Manifest, table: str, **wanted: Any) -> Scanned:
    """The rows of a table."""
    return scan(engine, manifest, Scan(table, **wanted), Limits(rows=1_000))


def test_a_lake_is_browsed_level_by_level(lake: Manifest) -> None:
    """Tables, seasons, season types, digests, files; rows and bytes add up."""
    top = browse(lake)
    assert {one.path.split("/")[1] for one in top.entries} == {file.table for file in lake.of("tables")}
    path, rows = "tables/team_game_stats", lake.rows()["team_game_stats"]
    for _ in range(4):
        listing = browse(lake, path)
        assert sum(one.rows for one in listing.entries) == rows
        (entry,) = listing.entries
        path = entry.path
    assert (entry.kind, path.endswith(".parquet")) == ("file", True)
    assert browse(lake, path).entries == (entry,)


def test_pages_have_no_gap(lake: Manifest) -> None:
    """One entry at a time gives what all at once gives."""
    whole = [one.path for one in browse(lake).entries]
    pages, after = [], ""
    while True:
        page = browse(lake, after=after, limit=1)
        pages += [one.path for one in page.entries]
        if page.next is None:
            break
        after = page.next
    assert pages == whole


@pytest.mark.parametrize("table", ["games", "team_game_stats", "players"])
def test_rows_are_those_of_the_warehouse(table: str, folder: tuple[Manifest, Engine], small: Path) -> None:
    """All columns of all rows, partition columns among them."""
    manifest, engine = folder
    names = ", ".join(tables()[table].column_names())
    with closing(lake_parts.open_file(small)) as connection:
        rows = connection.execute(f"SELECT {names} FROM {table} ORDER BY ALL").fetchall()
    result = found(engine, manifest, table).result
    assert result.columns == tables()[table].column_names()
    assert sorted(result.rows, key=str) == sorted(rows, key=str)


def test_filters_are_pushed_down(folder: tuple[Manifest, Engine], small: Path) -> None:
    """Files of other seasons are not opened, and the rows are those that SQL gives."""
    manifest, engine = folder
    with closing(lake_parts.open_file(small)) as connection:
        rows = connection.execute("SELECT team_id, pts FROM team_game_stats WHERE pts >= 110").fetchall()
    page = found(engine, manifest, "team_game_stats", columns=("team_id", "pts"), where=("pts >= 110",))
    assert sorted(page.result.rows) == sorted(rows)
    none = found(engine, manifest, "team_game_stats", where=("season=1999-00",))
    assert (none.files, none.result.rows) == (0, ())


def test_rows_in_a_bucket_are_read_in_place(
    aws_server: AwsServer, small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By an extension from its wheel: nothing is downloaded, and nothing is written to anybody's home."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    sound_bucket(aws_server)
    store = open_store(f"s3://{BUCKET}/deep/lake")
    published(store, small)
    with closing(lake_parts.open_file(small)) as connection:
        rows = connection.execute("SELECT team_id, pts FROM team_game_stats WHERE pts >= 110").fetchall()
    wanted = {"columns": ("team_id", "pts"), "where": ("pts>=110", "season=2025-26")}
    page = found(Engine(store.place, 256), current(store), "team_game_stats", **wanted)
    assert sorted(page.result.rows) == sorted(rows)
    assert "testing" not in page.result.sql
    assert not (tmp_path / "home").exists()


def test_a_bucket_that_is_away_while_rows_are_read_is_told(
    aws_server: AwsServer, small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the address of a file, or the key that opens it."""
    sound_bucket(aws_server)
    store = open_store(f"s3://{BUCKET}")
    published(store, small)
    manifest, engine = current(store), Engine(store.place, 256)
    aws_server.reset()
    with pytest.raises(LakeDown, match="cannot be read now") as caught:
        found(engine, manifest, "games")
    assert not {"testing", "127.0.0.1", BUCKET} & set(str(caught.value).split())
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
    with pytest.raises(LakeDown, match="No AWS credentials"):
        found(engine, manifest, "games")


def test_pages_of_rows_follow_one_another(
    folder: tuple[Manifest, Engine], small: Path, tmp_path: Path
) -> None:
    """Until another state is published, which the cursor does not survive."""
    manifest, engine = folder
    whole = found(engine, manifest, "team_game_stats").result.rows
    rows: list[Any] = []
    cursor: str | None = None
    while True:
        page = found(engine, manifest, "team_game_stats", limit=2, cursor=cursor)
        rows += page.result.rows
        cursor = page.next_cursor or cursor
        if page.next_cursor is None:
            break
    assert tuple(rows) == whole
    changed(small)
    published(open_store(str(tmp_path / "lake")), small)
    with pytest.raises(UsageError, match="Another state was published"):
        found(engine, current(open_store(str(tmp_path / "lake"))), "team_game_stats", cursor=cursor)


_OUT = (
    "..",
    "../",
    "../../etc/passwd",
    "/etc/passwd",
    "//etc/passwd",
    "tables/../../x",
    "tables/./games",
    "tables//games",
    "tables/games/../../staged",
    "tables\\games",
    "..\\..\\x",
    "~",
    "~/x",
    "$HOME",
    "`id`",
    "tables/games\x00",
    "tables/games\n",
    "tables/ games",
    "file:///etc/passwd",
    "s3://other-bucket/x",
    "s3:/other/x",
    "http://x/y",
    "https://169.254.169.254/latest",
    "gs://x/y",
    "azure://x",
    "ftp://x",
    "hf://datasets/x",
    "tables/*",
    "tables/**",
    "tables/game?",
    "tables/[g]ames",
    "tables/{games}",
    "staged",
    "staged/games",
    "manifests",
    "current.json",
    "tables/games%2f..%2f..",
    "%2e%2e/%2e%2e",
    "tables/%2e%2e/staged",
    "tables/games;x",
    "tables/games|x",
    "tables/games&x",
    "tables/games'--",
    'tables/games"x',
    "tables/é",
    "tables/\u202egames",
    "tables/\ud800",
    ".lock",
    "tables/.",
    "tables/...",
    "proc/self/environ",
    "/proc/self/environ",
    "/dev/stdin",
    "tables/games/season=2025-26/../../../../x",
    "a" * 5_000,
    "/".join(["tables"] * 50),
    "\\\\host\\share",
    "C:\\x",
    "tables/games:stream",
    *(
        beginning + step
        for beginning in ("", "/", "tables/", "tables/games/")
        for step in (
            "../outside",
            "..\\outside",
            "..%2foutside",
            "%2e%2e%2foutside",
            "..%252foutside",
            "..%c0%afoutside",
            "....//outside",
            "..;/outside",
            "s3://other-bucket/outside",
            "file:///outside",
            "https://127.0.0.1/outside",
        )
    ),
)


@pytest.mark.parametrize("path", _OUT)
def test_no_path_leads_out(path: str, sealed: tuple[Manifest, Engine]) -> None:
    """By browsing, as a table, and as a column."""
    manifest, engine = sealed
    with pytest.raises((UsageError, UnknownName)) as caught:
        browse(manifest, path)
    assert "passwd:" not in str(caught.value)
    for wanted in ({"table": path}, {"table": "games", "columns": (path,)}):
        with pytest.raises((UsageError, UnknownName)):
            found(engine, manifest, **wanted)


def test_there_are_a_hundred_ways_out() -> None:
    """Each another one."""
    assert len(set(_OUT)) == len(_OUT) >= 100


@pytest.mark.parametrize(
    "address",
    [
        "s3://",
        "s3:///x",
        "s3://Upper-Case/x",
        "s3://a/x",
        "s3://bucket name/x",
        "s3://bucket/../other",
        "s3://bucket/x?versionId=1",
        "s3://bucket/x#y",
        "s3://user:word@bucket/x",
        "s3://bucket:80/x",
        "s3a://bucket/x",
        "http://bucket/x",
        "file:///x",
        "gs://bucket/x",
    ],
)
def test_no_other_address_is_a_lake(address: str) -> None:
    """Nothing is looked up for it."""
    with pytest.raises(UsageError, match="address of a lake"):
        open_store(address)


_SIGNS = (
    "=",
    ">",
    "",
    " OR 1=1 --",
    "; DROP TABLE x",
    " = (SELECT 1)",
    "=read_text('/etc/passwd')",
    " LIKE ",
    "~",
)
_NAMES = ("nosuch", "1", "season; x", "read_text('/etc/passwd')", "*", "", "pts,season", "pts)")


@pytest.mark.parametrize(("name", "sign"), [*product(_NAMES, _SIGNS)])
def test_no_filter_is_sql(name: str, sign: str, sealed: tuple[Manifest, Engine]) -> None:
    """It names a column, a sign and a value, or it is refused."""
    manifest, engine = sealed
    with pytest.raises((UsageError, UnknownName)):
        found(engine, manifest, "team_game_stats", where=(f"{name}{sign}x",))


def test_a_value_is_a_value(sealed: tuple[Manifest, Engine]) -> None:
    """Whatever it looks like: no row has it."""
    manifest, engine = sealed
    for value in ("x' OR '1'='1", "'; DROP TABLE games; --", "/etc/passwd", "\x00", "%"):
        assert found(engine, manifest, "games", where=(f"game_id={value}",)).result.rows == ()


def test_a_link_that_leads_out_is_not_followed(folder: tuple[Manifest, Engine], tmp_path: Path) -> None:
    """Neither by the store nor by the engine."""
    manifest, engine = folder
    file = manifest.of("tables", "players")[0]
    inside, outside = tmp_path / "lake" / file.key, tmp_path / "outside.parquet"
    outside.write_bytes(inside.read_bytes())
    inside.unlink()
    inside.symlink_to(outside)
    with pytest.raises(UsageError, match="out of"):
        found(engine, manifest, "players")
    with pytest.raises(NbaMcpError, match="out of"):
        open_store(str(tmp_path / "lake")).read(file.key)


@pytest.mark.parametrize("cursor", ["x", "e30=", "WyJnYW1lcyIsIDEsIC0xXQ==", "bnVsbA==", "\x00"])
def test_a_cursor_of_others_is_told(cursor: str, folder: tuple[Manifest, Engine]) -> None:
    """It is none that this table gave."""
    manifest, engine = folder
    with pytest.raises(UsageError, match=r"cursor|Another state"):
        found(engine, manifest, "games", cursor=cursor)
