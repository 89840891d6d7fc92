"""A bucket that fails in the middle, a line that is bounded, and secrets that nobody sees."""

import contextlib
import re
import secrets
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from backup_ground import BUCKET, Key, database_at, new_key, opened, said_nothing, taken
from nba_mcp_synthesis.errors import BackupsDown
from nba_mcp_synthesis.operations.backup.archive import backups
from nba_mcp_synthesis.operations.backup.databases import Database
from nba_mcp_synthesis.operations.backup.restoring import Target, restore
from nba_mcp_synthesis.operations.backup.store import open_store
from nba_mcp_synthesis.operations.backup.verifying import verify
from servers.aws import AwsServer
from servers.failing import Way, failing
from servers.postgres import PostgresServer, programs

pytestmark = [pytest.mark.system, pytest.mark.timeout(240)]


@pytest.fixture
def large(postgres_server: PostgresServer) -> Database:
    """A database whose dump has more than two parts of S3's smallest size."""
    name = postgres_server.create_database()
    with postgres_server.connect(name) as session:
        session.execute(
            b"CREATE TABLE noise AS SELECT n, sha512(n::text::bytea) AS a, sha512((-n)::text::bytea) AS b "
            b"FROM generate_series(1, 100000) AS n"
        )
    return database_at(postgres_server.url(name))


@pytest.fixture
def way(aws_server: AwsServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Way]:
    """The way to a bucket, which can be made to fail."""
    aws_server.client("s3").create_bucket(Bucket=BUCKET)
    with failing(aws_server.url, lambda *_: False) as found:
        monkeypatch.setenv("AWS_ENDPOINT_URL", found.url)
        yield found


def test_a_bucket_that_fails_in_the_middle(
    large: Database, way: Way, key: Key, aws_server: AwsServer
) -> None:
    """A dump that cannot be sent is no backup, and leaves no upload; the next one is whole."""
    store = open_store(f"s3://{BUCKET}")
    way.fails = lambda method, path, _: method == "PUT" and "partNumber=2" in path
    with pytest.raises(BackupsDown, match="the service is failing"):
        taken(large, store, key)
    client = aws_server.client("s3")
    assert not client.list_multipart_uploads(Bucket=BUCKET).get("Uploads")
    there = client.list_objects_v2(Bucket=BUCKET)["Contents"]
    assert [one["Key"].split("/")[0] for one in there] == ["failures"]
    assert backups(store) == []
    way.fails = lambda *_: False
    made = taken(large, store, key)
    assert len(made.parts) == 3
    assert [one.id for one in backups(store) if one.counts] == [made.id]


def test_a_bucket_that_fails_once_is_asked_again(large: Database, way: Way, key: Key) -> None:
    """Nobody hears of it."""
    failed: list[str] = []

    def once(method: str, path: str, _: int) -> bool:
        if "partNumber=2" not in path or failed:
            return False
        failed.append(path)
        return True

    way.fails = once
    store = open_store(f"s3://{BUCKET}")
    verify(opened(taken(large, store, key), store, key), large.server, programs(), said_nothing)
    assert failed


def test_a_restore_from_a_bucket_that_fails_goes_on(large: Database, way: Way, key: Key) -> None:
    """The second part does not come; later it does."""
    store = open_store(f"s3://{BUCKET}")
    made = taken(large, store, key)
    target = Target(large.server, f"cut_{secrets.token_hex(4)}", programs())
    reads = len(way.seen)
    way.fails = lambda method, path, n: method == "GET" and "dump.age" in path and n > reads + 3
    with pytest.raises(BackupsDown, match="the service is failing"):
        restore(opened(made, store, key), target, said_nothing)
    way.fails = lambda *_: False
    assert restore(opened(made, store, key), target, said_nothing).rows == 100_000


def test_the_line_is_left_to_others(large: Database, tmp_path: Path, key: Key) -> None:
    """A bounded dump takes as long as its bytes say."""
    store = open_store(str(tmp_path / "backups"))
    made = taken(large, store, key, bytes_per_second=6e6)
    assert made.stored_bytes / made.seconds < 6e6 * 1.1


@contextlib.contextmanager
def watched(folder: Path, words: list[bytes]) -> Iterator[list[str]]:
    """Looks meanwhile at all processes of ours, and at all files below a folder, for these words."""
    met: list[str] = []
    stop = threading.Event()

    def look() -> None:
        while not stop.is_set():
            for process in psutil.Process().children(recursive=True):
                with contextlib.suppress(psutil.Error):
                    told = " ".join([*process.cmdline(), *process.environ().values()]).encode()
                    met.extend(f"process {process.name()}" for word in words if word in told)
            for path in folder.rglob("*"):
                with contextlib.suppress(OSError):
                    if path.is_file() and any(word in path.read_bytes() for word in words):
                        met.append(str(path))
            time.sleep(0.005)

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield met
    finally:
        stop.set()
        thread.join()


@pytest.mark.requirement("BK-SECRETS")
def test_no_disk_and_no_list_of_processes_sees_a_secret(
    postgres_server: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither the password of the database nor a value in it, while it is dumped and restored."""
    role, password, canary = (
        f"dumper_{secrets.token_hex(4)}",
        secrets.token_hex(16),
        f"canary-{secrets.token_hex(16)}",
    )
    postgres_server.create_role(role, password)
    with postgres_server.connect() as admin:
        admin.execute(f"ALTER ROLE {role} CREATEDB".encode())
    name = postgres_server.create_database(owner=role)
    url = postgres_server.url(name, role, password)
    with postgres_server.connect(name) as session:
        session.execute(
            "CREATE TABLE secrets AS SELECT %s || n AS value FROM generate_series(1, 20000) AS n", (canary,)
        )
        session.execute(f"ALTER TABLE secrets OWNER TO {role}".encode())
    folder = tmp_path / "disk"
    for variable in ("TMPDIR", "HOME", "XDG_CACHE_HOME"):
        (folder / variable).mkdir(parents=True)
        monkeypatch.setenv(variable, str(folder / variable))
    monkeypatch.setattr("tempfile.tempdir", None)
    key, store = new_key(tmp_path / "identity.txt"), open_store(str(folder / "backups"))
    database = database_at(url)
    identity = key.file.read_text().splitlines()[-1]
    with watched(folder, [password.encode(), canary.encode(), identity.encode()]) as met:
        made = taken(database, store, key, bytes_per_second=200_000)
        verify(opened(made, store, key), database.server, programs(), said_nothing)
    assert met == []
    assert made.contents.tables["public.secrets"].rows == 20_000
    dump = (folder / "backups" / made.key()).read_bytes()
    assert dump.startswith(b"age-encryption.org/v1")
    assert not re.search(rb"PGDMP|canary", dump)
    assert (folder / "backups" / made.key()).stat().st_mode & 0o077 == 0
