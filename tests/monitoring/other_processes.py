"""What other processes leave behind and a server tells of: backups, a rotation, a certificate."""

import contextlib
import datetime as dt
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from backup_ground import Key, new_key, opened, said_nothing, taken
from nba_mcp_synthesis.connectors.postgres_url import parsed
from nba_mcp_synthesis.errors import Unavailable
from nba_mcp_synthesis.operations.backup.databases import Database, Server
from nba_mcp_synthesis.operations.backup.manifest import DatabaseName
from nba_mcp_synthesis.operations.backup.store import BackupStore, open_store
from nba_mcp_synthesis.operations.backup.verifying import verify
from rotation.ground import Place, prepare
from running import COMMAND
from secret_ground import FITTING
from servers.aws import AwsServer
from servers.leagues import load_small
from servers.postgres import PostgresServer, programs
from telemetry.test_certificates import certificate, presented


@contextlib.contextmanager
def left_behind(
    postgres: PostgresServer, aws: AwsServer, folder: Path, home: Path
) -> Iterator[dict[str, str]]:
    """Two databases and all of that; yields the settings of a server on them that tells of it."""
    warehouse, state = (f"{postgres.url(postgres.create_database())}?sslmode=disable" for _ in range(2))
    load_small(warehouse, folder)
    by_command(["state", "migrate"], NBA_MCP_STATE_URL=state)
    place = prepare(aws, postgres, home, SIGNING_KEY=FITTING["SIGNING_KEY"])
    rotate(place, state)
    key, backups = new_key(folder / "identity.txt"), folder / "backups"
    databases: dict[DatabaseName, str] = {"warehouse": warehouse, "state": state}
    for name, url in databases.items():
        back_up(name, url, open_store(str(backups)), key)
    ends = dt.datetime.now(dt.UTC) + dt.timedelta(days=60)
    with presented(certificate(folder, ends)) as address:
        yield {
            **place.variables(),
            "NBA_MCP_WAREHOUSE_URL": warehouse,
            "NBA_MCP_STATE_URL": state,
            "NBA_MCP_BACKUP_URL": str(backups),
            "NBA_MCP_WATCHED_ADDRESSES": address,
        }


def back_up(name: DatabaseName, url: str, store: BackupStore, key: Key) -> None:
    """A backup that fails for a wrong password, and then one that is proven."""
    wrong = Server(lambda: {**parsed(url), "password": "wrong"})
    with pytest.raises(Unavailable):
        taken(Database(name, wrong), store, key)
    database = Database(name, Server(lambda: parsed(url)))
    verify(opened(taken(database, store, key), store, key), database.server, programs(), said_nothing)


def rotate(place: Place, state: str) -> None:
    """A signing key gets a successor in AWS, by the command of whoever rotates."""
    variables = {**place.aws.environment, **place.variables(), "NBA_MCP_STATE_URL": state}
    by_command(["secrets", "rotate", "SIGNING_KEY"], **variables)


def by_command(words: list[str], **environment: str) -> None:
    """A command of the product, which succeeds."""
    variables = {**os.environ, **environment}
    subprocess.run([COMMAND, *words], env=variables, stdin=subprocess.DEVNULL, check=True, timeout=100)
