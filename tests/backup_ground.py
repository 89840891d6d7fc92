"""Two databases to back up, places to put them, and keys of age."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyrage
import pytest

from nba_mcp_synthesis.connectors.postgres_url import parsed
from nba_mcp_synthesis.operations.backup.databases import Database, Server
from nba_mcp_synthesis.operations.backup.dumping import Taking, create
from nba_mcp_synthesis.operations.backup.encryption import read_identities
from nba_mcp_synthesis.operations.backup.feeding import Dump
from nba_mcp_synthesis.operations.backup.manifest import Manifest, ReferenceAnswer
from nba_mcp_synthesis.operations.backup.store import BackupStore, open_store
from servers.postgres import PostgresServer, programs

BUCKET = "nba-mcp-synthesis-backups"
SMALLEST = 5 << 20  # bytes of a part in S3


def no_questions(_session: object, _: str | None) -> tuple[Sequence[ReferenceAnswer], str]:
    """Nothing is asked."""
    return (), "Nothing was asked."


def said_nothing(_: str) -> None:
    """Nobody listens."""


@dataclass(frozen=True)
class Key:
    """A key of age: its public part, and the file of its private one."""

    public: str
    file: Path


@pytest.fixture
def key(tmp_path: Path) -> Key:
    """A new key."""
    return new_key(tmp_path / "identity.txt")


def new_key(path: Path) -> Key:
    """A key as age-keygen writes it."""
    identity = pyrage.x25519.Identity.generate()
    path.write_text(f"# public key: {identity.to_public()}\n{identity}\n")
    return Key(str(identity.to_public()), path)


@pytest.fixture(params=["folder", pytest.param("s3", marks=pytest.mark.system)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> BackupStore:
    """An empty store of each kind."""
    if request.param == "folder":
        return open_store(str(tmp_path / "backups"))
    request.getfixturevalue("aws_server").client("s3").create_bucket(Bucket=BUCKET)
    return open_store(f"s3://{BUCKET}/nba")


@pytest.fixture
def folder_store(tmp_path: Path) -> BackupStore:
    """An empty folder."""
    return open_store(str(tmp_path / "backups"))


def database_at(url: str) -> Database:
    """The warehouse at an address."""
    return Database("warehouse", Server(lambda: parsed(url)))


@pytest.fixture
def filled(postgres_server: PostgresServer) -> Database:
    """A database with tables of most types, keys, a view, a sequence and a large object."""
    name = postgres_server.create_database()
    with postgres_server.connect(name) as session:
        session.execute(FILLING.encode())
    return database_at(postgres_server.url(name))


FILLING = """
CREATE SCHEMA nba;
CREATE TABLE nba.teams (team_id bigint PRIMARY KEY, name text NOT NULL UNIQUE);
CREATE TABLE nba.games (game_id text PRIMARY KEY, home bigint REFERENCES nba.teams, pts double precision,
    at timestamptz, share numeric(20, 10), raw bytea, tags text[], about jsonb, nothing text);
CREATE TABLE nba.empty (n integer);
CREATE TABLE public."Odd name; --" ("a ""quoted"" column" text);
CREATE VIEW nba.standings AS SELECT home, count(*) AS n FROM nba.games GROUP BY home;
CREATE SEQUENCE nba.counter;
CREATE TABLE nba.letters (t text, u integer);
INSERT INTO nba.teams SELECT n, 'Team ' || n FROM generate_series(1, 30) AS n;
INSERT INTO nba.games SELECT lpad(n::text, 10, '0'), 1 + n % 30, random() * 150, now() - n * interval '1
hour',
    random()::numeric(20, 10), sha256(n::text::bytea), ARRAY['a', NULL, n::text], jsonb_build_object('n', n),
    NULL FROM generate_series(1, 5000) AS n;
INSERT INTO nba.letters SELECT 'letter', n FROM generate_series(1, 6) AS n;
CREATE MATERIALIZED VIEW nba.totals AS SELECT home, count(*) AS n FROM nba.games GROUP BY home;
INSERT INTO public."Odd name; --" VALUES ('é' || chr(10) || '\\N'), (''), (NULL), (NULL);
SELECT lo_from_bytea(0, '\\x00ff');
SELECT nextval('nba.counter');
"""


def taken(database: Database, store: BackupStore, key: Key, **options: Any) -> Manifest:
    """A backup of it."""
    taking = Taking(store, (key.public,), **{"folder": programs(), "part_bytes": SMALLEST, **options})
    return create(database, taking, no_questions, said_nothing)


def opened(manifest: Manifest, store: BackupStore, key: Key) -> Dump:
    """The backup with the key to it."""
    return Dump(manifest, store, read_identities(key.file))


def rows(database: Database) -> dict[str, list[str]]:
    """All rows of all tables as text, in order: what the digests are compared with."""
    with database.server.connected() as session:
        found = session.execute(
            "SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) FROM pg_tables "
            "WHERE schemaname IN ('nba', 'public')"
        ).fetchall()
        return {
            name: sorted(
                str(row[0]) for row in session.execute(f"SELECT row(t.*)::text FROM {name} t".encode())
            )
            for (name,) in found
        }
