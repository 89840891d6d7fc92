"""Lakes in a folder and in a bucket of an AWS server, and a warehouse to publish."""

import shutil
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import pytest

import small_league
from nba_mcp_synthesis.lake.opening import open_store
from nba_mcp_synthesis.lake.publishing import Published, publish
from nba_mcp_synthesis.lake.store import Store
from nba_mcp_synthesis.schema.tables import tables
from nba_mcp_synthesis.warehouse import lake_parts, layout
from servers.aws import AwsServer

BUCKET = "nba-lake-of-the-tests"
_BLOCK = dict.fromkeys(
    ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True
)
_ENCRYPTION = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}


def sound_bucket(aws: AwsServer, name: str = BUCKET) -> Any:
    """Makes a bucket that is fit for data; gives a client with every permission."""
    client = aws.client("s3")
    client.create_bucket(Bucket=name)
    client.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=_BLOCK)
    client.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration=_ENCRYPTION)
    client.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    return client


@pytest.fixture(params=["folder", "s3"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty lake of each kind."""
    if request.param == "folder":
        return str(tmp_path / "lake")
    sound_bucket(request.getfixturevalue("aws_server"))
    return f"s3://{BUCKET}/nba/lake"


@pytest.fixture
def store(place: str) -> Store:
    """The empty lake."""
    return open_store(place)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small league's warehouse, which no test changes."""
    return small_league.build(tmp_path_factory.mktemp("built") / "small.duckdb")


@pytest.fixture
def small(built: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copy(built, tmp_path / "small.duckdb"))


def published(store: Store, path: Path) -> Published:
    """Publishes a warehouse file."""
    with closing(lake_parts.open_file(path)) as connection:
        return publish(store, lake_parts.about(connection), lake_parts.parts_of(connection))


def digests(path: Path) -> dict[str, Any]:
    """Every table, and every source's rows, by count and a digest in which the order plays no part."""
    names = [f"main.{name}" for name in tables()]
    names += [f"staged.{table.name}" for table in layout.merged_tables()]
    with closing(duckdb.connect(str(path), read_only=True)) as connection:
        return {
            name: connection.execute(f"SELECT count(*), sum(hash(t)::HUGEINT) FROM {name} t").fetchone()
            for name in names
        }
