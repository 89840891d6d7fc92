"""Publishing and restoring, in a folder and in a bucket."""

import threading
from contextlib import closing
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from lake.conftest import BUCKET, digests, published, sound_bucket
from nba_mcp_synthesis.errors import Busy, LakeDown, NoWarehouse, SourceError, UsageError
from nba_mcp_synthesis.lake.manifest import POINTER, current
from nba_mcp_synthesis.lake.opening import open_store
from nba_mcp_synthesis.lake.publishing import publish
from nba_mcp_synthesis.lake.store import Store
from nba_mcp_synthesis.schema.tables import tables
from nba_mcp_synthesis.warehouse import lake_parts
from nba_mcp_synthesis.warehouse.building import next_state
from nba_mcp_synthesis.warehouse.restoring import restore
from servers.aws import AwsServer


def changed(path: Path) -> None:
    """Loads a little more: another snapshot, one more row in one table."""
    with next_state(path) as connection:
        connection.execute("UPDATE internal.info SET value = 'newer0000000' WHERE name = 'snapshot'")
        connection.execute("INSERT INTO players (player_id, full_name) VALUES (999, 'Zoe Late')")


@pytest.mark.requirement("SYS-S3")
def test_what_is_restored_is_what_was_published(store: Store, small: Path, tmp_path: Path) -> None:
    """Every table and every source's rows; the state has the same name."""
    found = published(store, small)
    assert found.changed
    restore(store, current(store), tmp_path / "again.duckdb")
    assert digests(tmp_path / "again.duckdb") == digests(small)
    with closing(lake_parts.open_file(tmp_path / "again.duckdb")) as again:
        assert lake_parts.about(again) == current(store).about


def test_a_second_publication_writes_nothing(store: Store, small: Path) -> None:
    """Not one object, and the pointer stays."""
    published(store, small)
    before = store.keys(""), store.read(POINTER)
    found = published(store, small)
    assert (found.changed, found.written_files, found.written_bytes) == (False, 0, 0)
    assert (store.keys(""), store.read(POINTER)) == before


def test_only_what_changed_is_written(store: Store, small: Path) -> None:
    """One table of one partition: its file, a manifest and the pointer."""
    published(store, small)
    before = {one.key for one in store.keys("")}
    changed(small)
    assert published(store, small).written_files == 1
    new = {one.key for one in store.keys("")} - before
    assert {key.split("/")[0] for key in new} == {"manifests", "tables"}
    assert len(new) == 2
    assert any(key.startswith("tables/players/") for key in new)


def test_a_reader_who_has_a_manifest_has_its_files(store: Store, small: Path, tmp_path: Path) -> None:
    """Also when another state is published meanwhile."""
    published(store, small)
    expected, manifest = digests(small), current(store)
    changed(small)
    published(store, small)
    restore(store, manifest, tmp_path / "old.duckdb")
    restore(store, current(store), tmp_path / "new.duckdb")
    assert digests(tmp_path / "old.duckdb") == expected
    assert digests(tmp_path / "new.duckdb") == digests(small) != expected


def test_of_two_publications_at_once_one_is_told(store: Store, small: Path) -> None:
    """The pointer is swapped only where it is still as it was before."""
    published(store, small)
    changed(small)
    meanwhile = threading.Event()

    def in_between(_: object) -> None:
        if not meanwhile.is_set():
            meanwhile.set()
            before = store.read(POINTER)
            assert before is not None
            assert store.swap(POINTER, before + b"\n", before)

    with closing(lake_parts.open_file(small)) as connection:
        about, parts = lake_parts.about(connection), lake_parts.parts_of(connection)
        with pytest.raises(Busy, match="came first"):
            publish(store, about, parts, in_between)


@pytest.mark.parametrize("spoil", ["flip", "shorten", "remove", "exchange"])
def test_a_spoilt_file_is_found(spoil: str, store: Store, small: Path, tmp_path: Path) -> None:
    """And no warehouse is made of it."""
    published(store, small)
    manifest = current(store)
    file = next(one for one in manifest.files if one.table == "team_game_stats")
    content = store.read(file.key) or b""
    if spoil == "remove":
        store.delete([file.key])
    else:
        other = next(one for one in manifest.files if one.table == "games")
        spoilt = {
            "flip": content[:-20] + bytes([content[-20] ^ 1]) + content[-19:],
            "shorten": content[:-9],
            "exchange": store.read(other.key) or b"",
        }
        store.write(file.key, spoilt[spoil])
    with pytest.raises(SourceError, match=r"team_game_stats.*(missing|not as it was published)"):
        restore(store, manifest, tmp_path / "again.duckdb")
    assert not (tmp_path / "again.duckdb").exists()


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"manifest": 3}', b"\xff\xfe"])
def test_a_spoilt_pointer_is_told(content: bytes, store: Store, small: Path) -> None:
    """Rather than taken for an empty lake."""
    published(store, small)
    store.write(POINTER, content)
    with pytest.raises(SourceError, match="cannot be read"):
        current(store)


def test_a_changed_manifest_is_told(store: Store, small: Path) -> None:
    """Its name has its digest."""
    published(store, small)
    (key,) = [one.key for one in store.keys("manifests/")]
    store.write(key, (store.read(key) or b"").replace(b'"rows": 3', b'"rows": 4'))
    with pytest.raises(SourceError, match="not as it was published"):
        current(store)


@pytest.mark.parametrize("spoilt", ["pointer", "manifest", "pointer to elsewhere"])
def test_publishing_again_mends_what_is_spoilt(
    spoilt: str, store: Store, small: Path, tmp_path: Path
) -> None:
    """Nothing is removed meanwhile, since nobody knows what was in force."""
    published(store, small)
    (manifest,) = [one.key for one in store.keys("manifests/")]
    elsewhere = b'{"manifest": "../../etc/passwd", "previous": null, "published_at": ""}'
    content = {"pointer": b"{", "manifest": b"{}", "pointer to elsewhere": elsewhere}[spoilt]
    store.write(manifest if spoilt == "manifest" else POINTER, content)
    found = published(store, small)
    assert (found.changed, found.removed_files) == (True, 0)
    restore(store, current(store), tmp_path / "again.duckdb")
    assert digests(tmp_path / "again.duckdb") == digests(small)


def test_nothing_published_is_told(store: Store) -> None:
    """With what to do."""
    with pytest.raises(NoWarehouse, match="nba-mcp data publish"):
        current(store)


def test_another_state_is_not_replaced_unasked(store: Store, small: Path, tmp_path: Path) -> None:
    """The warehouse stays as it is; with `replace` it goes."""
    published(store, small)
    other = tmp_path / "other.duckdb"
    restore(store, current(store), other)
    changed(other)
    before = digests(other)
    with pytest.raises(UsageError, match="--replace"):
        restore(store, current(store), other)
    assert digests(other) == before
    restore(store, current(store), other, replace=True)
    assert digests(other) == digests(small)


def test_files_can_be_read_by_others(small: Path, tmp_path: Path) -> None:
    """A plain engine sees partitions in folders and the comments of columns, and the same figures."""
    store = open_store(str(tmp_path / "lake"))
    published(store, small)
    files = [str(tmp_path / "lake" / file.key) for file in current(store).of("tables", "team_game_stats")]
    with duckdb.connect() as engine:
        query = (
            "SELECT season, season_type, sum(pts)::BIGINT FROM read_parquet(?, hive_partitioning = true) "
            "GROUP BY ALL"
        )
        rows = engine.execute(query, [files]).fetchall()
    with closing(lake_parts.open_file(small)) as connection:
        query = "SELECT season, season_type, sum(pts)::BIGINT FROM team_game_stats GROUP BY ALL"
        assert rows == connection.execute(query).fetchall()
    schema = pq.read_schema(files[0])
    comments = {c.name: c.comment for c in tables()["team_game_stats"].columns}
    assert {f.name: f.metadata[b"comment"].decode() for f in schema} == {
        name: comment for name, comment in comments.items() if name not in ("season", "season_type")
    }


def test_a_bucket_that_others_may_read_is_refused(aws_server: AwsServer, small: Path) -> None:
    """Before anything is written, with the command that mends it."""
    client = sound_bucket(aws_server)
    client.delete_public_access_block(Bucket=BUCKET)
    store = open_store(f"s3://{BUCKET}")
    with pytest.raises(SourceError, match="put-public-access-block"):
        published(store, small)
    assert store.keys("") == []


def test_objects_are_encrypted(aws_server: AwsServer, small: Path) -> None:
    """With the key that the setting names."""
    client = sound_bucket(aws_server)
    key = aws_server.client("kms").create_key()["KeyMetadata"]["Arn"]
    store = open_store(f"s3://{BUCKET}", key)
    published(store, small)
    for one in store.keys(""):
        head = client.head_object(Bucket=BUCKET, Key=one.key)
        assert (head["ServerSideEncryption"], head["SSEKMSKeyId"]) == ("aws:kms", key), one.key


@pytest.mark.parametrize(
    ("url", "told"),
    [("s3://no-such-bucket-anywhere", "is not there"), (f"s3://{BUCKET}", "no AWS credentials")],
)
def test_a_bucket_that_is_away_is_told(
    url: str, told: str, aws_server: AwsServer, small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In words, with what to do."""
    if "credentials" in told:
        monkeypatch.delenv("AWS_ACCESS_KEY_ID")
        monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
    with pytest.raises(LakeDown, match=told):
        published(open_store(url), small)
