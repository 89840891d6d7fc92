"""What S3 may answer instead of data, and a process that is killed while it publishes."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from lake.conftest import BUCKET, digests, published, sound_bucket
from lake.test_publishing import changed
from nba_mcp_synthesis.connectors import aws
from nba_mcp_synthesis.errors import LakeDown, NbaMcpError, SourceError
from nba_mcp_synthesis.lake import s3, tidying
from nba_mcp_synthesis.lake.manifest import current
from nba_mcp_synthesis.lake.opening import open_store
from nba_mcp_synthesis.lake.store import Store
from nba_mcp_synthesis.warehouse.building import next_state
from nba_mcp_synthesis.warehouse.lake_engine import Engine
from nba_mcp_synthesis.warehouse.lake_scanning import Scan, scan
from nba_mcp_synthesis.warehouse.limits import Limits
from nba_mcp_synthesis.warehouse.restoring import restore
from servers.aws import AwsServer
from servers.listeners import Heard, Reply, dripping, web

DYING = Path(__file__).with_name("dying.py")
_FAULT = "<Error><Code>{}</Code><Message>no</Message></Error>"


@pytest.mark.parametrize(
    ("reply", "told", "attempts"),
    [
        (Reply(503, _FAULT.format("SlowDown")), "too many requests", 4),
        (Reply(500, _FAULT.format("InternalError")), "the service is failing", 4),
        (Reply(403, _FAULT.format("AccessDenied")), "the identity may not do that", 1),
        (Reply(400, _FAULT.format("ExpiredToken")), "the AWS credentials were refused", 1),
        (Reply(200, "x", seconds=3), "did not answer in time", 4),
    ],
)
def test_each_answer_ends_in_words_after_a_few_attempts(
    reply: Reply, told: str, attempts: int, aws_server: AwsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What may pass is tried again, and not for ever."""
    monkeypatch.setattr(aws, "_PATIENT_SECONDS", 0.3)

    def answer(_: Heard) -> Reply:
        return reply

    with web(answer) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        with pytest.raises(LakeDown, match=told) as caught:
            open_store(f"s3://{BUCKET}").read("current.json")
        assert len(server.heard) == attempts
    assert "testing" not in str(caught.value)


def test_a_fault_that_passes_is_not_noticed(aws_server: AwsServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two of three requests fail, and the third says what there is."""
    turns = iter(range(10_000))

    def flaky(heard: Heard) -> Reply:
        return (
            Reply(503, _FAULT.format("SlowDown"))
            if next(turns) < 2
            else Reply(404, _FAULT.format("NoSuchKey"))
        )

    with web(flaky) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        assert open_store(f"s3://{BUCKET}").read("current.json") is None


def _each(store: Store) -> dict[str, Callable[[], object]]:
    """Everything that is done with a bucket."""
    return {
        "read": lambda: store.read("current.json"),
        "write": lambda: store.write("tables/x", b"x"),
        "swap": lambda: store.swap("current.json", b"x", None),
        "swap what is there": lambda: store.swap("current.json", b"x", b"y"),
        "list": lambda: store.keys(""),
        "remove": lambda: store.delete(["tables/x"]),
        "check": store.check,
    }


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (Reply(503, _FAULT.format("SlowDown")), "too many requests"),
        (Reply(403, _FAULT.format("AccessDenied")), "may not do that|bucket"),
        (Reply(400, _FAULT.format("ExpiredToken")), "credentials were refused"),
    ],
)
def test_whatever_is_done_ends_in_words(
    reply: Reply, told: str, aws_server: AwsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not only reading; what is refused is not tried again."""
    with web(lambda _: reply) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        monkeypatch.setattr(aws, "_PATIENT_ATTEMPTS", 2)
        for work in _each(open_store(f"s3://{BUCKET}")).values():
            server.heard.clear()
            with pytest.raises(LakeDown, match=told):
                work()
            assert len(server.heard) == (2 if reply.status == 503 else 1)


def test_what_comes_a_byte_at_a_time_ends(aws_server: AwsServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each byte comes in time, and the whole never would."""
    monkeypatch.setattr(s3, "_BODY_SECONDS", 0.3)
    monkeypatch.setattr(s3, "_LEAST_BYTES_A_SECOND", 10**9)
    with dripping() as port:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")
        with pytest.raises(LakeDown, match="did not answer in time"):
            open_store(f"s3://{BUCKET}").read("current.json")


def test_a_scan_of_what_comes_a_byte_at_a_time_ends(
    aws_server: AwsServer, small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its requests take no longer than the query may, and there are two at the most."""
    sound_bucket(aws_server)
    store = open_store(f"s3://{BUCKET}")
    published(store, small)
    manifest, engine = current(store), Engine(store.place, 256)
    with engine.cursor(0.5) as cursor:
        names = "('http_timeout', 'http_retries')"
        told = cursor.execute(f"SELECT name, value FROM duckdb_settings() WHERE name IN {names}").fetchall()
    assert dict(told) == {"http_timeout": "1", "http_retries": "1"}
    with dripping() as port:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")
        with pytest.raises(NbaMcpError, match=r"cannot be read now|deadline"):
            scan(engine, manifest, Scan("games"), Limits(seconds=0.5))


@pytest.mark.parametrize("status", [403, 500, 503])
def test_a_scan_that_is_refused_ends_in_words(
    status: int, aws_server: AwsServer, small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a few requests, without an address or a key."""
    sound_bucket(aws_server)
    store = open_store(f"s3://{BUCKET}")
    published(store, small)
    manifest = current(store)
    with web(lambda _: Reply(status, _FAULT.format("SlowDown"))) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        with pytest.raises(LakeDown, match="cannot be read now") as caught:
            scan(Engine(store.place, 256), manifest, Scan("games"), Limits(seconds=5))
        assert 1 <= len(server.heard) <= 4
    assert not {"testing", "127.0.0.1", BUCKET} & set(str(caught.value).split())


def test_large_objects_go_in_parts(aws_server: AwsServer) -> None:
    """And come back as they were; the name that S3 gives the content tells of the parts."""
    client = sound_bucket(aws_server)
    store = open_store(f"s3://{BUCKET}/lake")
    content = os.urandom(20_000_000)
    store.write("tables/large", content)
    assert store.read("tables/large") == content
    assert client.head_object(Bucket=BUCKET, Key="lake/tables/large")["ETag"].strip('"').endswith("-3")
    assert client.list_multipart_uploads(Bucket=BUCKET).get("Uploads", []) == []


def test_what_is_removed_stays_in_the_versions(
    aws_server: AwsServer, small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a bucket that keeps them: readers see none of it, and a removal by mistake can be undone."""
    client = sound_bucket(aws_server)
    store = open_store(f"s3://{BUCKET}/lake")
    published(store, small)
    first = current(store)
    monkeypatch.setattr(tidying, "ORPHAN_AGE", timedelta(seconds=-60))
    for name in ("one", "two"):
        with next_state(small) as connection:
            connection.execute("UPDATE internal.info SET value = ? WHERE name = 'snapshot'", [name])
            connection.execute("INSERT INTO players (player_id, full_name) VALUES (999, ?)", [name])
        found = published(store, small)
    assert found.removed_files == 2  # the file of players and the manifest of the first state
    restore(store, current(store), tmp_path / "now.duckdb")
    assert digests(tmp_path / "now.duckdb") == digests(small)
    versions = client.list_object_versions(Bucket=BUCKET)
    markers = {one["Key"]: one["VersionId"] for one in versions["DeleteMarkers"]}
    assert len(markers) == 2
    assert not markers.keys() & {f"lake/{one.key}" for one in store.keys("")}
    with pytest.raises(SourceError, match="is missing"):
        restore(store, first, tmp_path / "first.duckdb")
    for key, version in markers.items():
        client.delete_object(Bucket=BUCKET, Key=key, VersionId=version)
    restore(store, first, tmp_path / "first.duckdb")


def test_what_could_not_be_removed_is_told(aws_server: AwsServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """S3 says it of each object, in an answer that looks like success."""
    kept = "<DeleteResult><Error><Key>tables/x</Key><Code>AccessDenied</Code></Error></DeleteResult>"
    with web(lambda _: Reply(200, kept)) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        with pytest.raises(LakeDown, match=r"kept 1 objects.*AccessDenied.*s3:DeleteObject|DeleteObject"):
            open_store(f"s3://{BUCKET}").delete(["tables/x"])


@pytest.mark.system  # twenty processes
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("number", [1, 2, 3, 4, 5])
def test_a_killed_publication_leaves_the_old_state(
    number: int, when: str, store: Store, place: str, small: Path, tmp_path: Path
) -> None:
    """Whatever was being written; publishing again completes."""
    published(store, small)
    old = digests(small)
    changed(small)
    command = [sys.executable, str(DYING), str(small), place, str(number), when]
    done = subprocess.run(command, capture_output=True, timeout=100, check=False)
    finished = done.returncode == 0  # there were fewer writes than that
    assert finished or done.returncode == -signal.SIGKILL, done.stderr.decode()
    restore(store, current(store), tmp_path / "found.duckdb")
    found = digests(tmp_path / "found.duckdb")
    # before the pointer there are one file and one manifest to write
    assert found == old if number <= 2 else found in (old, digests(small))
    published(store, small)
    restore(store, current(store), tmp_path / "found.duckdb", replace=True)
    assert digests(tmp_path / "found.duckdb") == digests(small)
