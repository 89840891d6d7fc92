"""DuckDB over the files of a lake, in a folder or in S3. Only SQL of ours runs here."""

import contextlib
import math
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import duckdb

from nba_mcp_synthesis.connectors.aws import endpoint_of, frozen_credentials
from nba_mcp_synthesis.errors import LakeDown, NotInstalled, UsageError
from nba_mcp_synthesis.lake.store import S3, checked_key

_RETRIES = 1  # of a request that was throttled or failed, or took too long
_EXTENSION = "duckdb_extension_httpfs"


class Engine:
    """One engine over one lake. Connections are short: credentials may change."""

    def __init__(self, place: str, memory_mb: int) -> None:
        self._root, self._memory_mb = place.rstrip("/"), memory_mb

    def place(self, key: str) -> str:
        """Where DuckDB finds a file of the manifest; UsageError where that would be outside of the lake."""
        place = f"{self._root}/{checked_key(key)}"
        if not self._root.startswith(S3):
            root = Path(self._root).resolve()
            if not Path(place).resolve().is_relative_to(root):
                raise UsageError("A file of the lake leads out of it.", "See to the folder; publish again.")
        return place

    @contextlib.contextmanager
    def cursor(self, seconds: float) -> Iterator[duckdb.DuckDBPyConnection]:
        """An engine in memory which can read the lake, and nothing that it would have to download.

        No request takes longer than `seconds`, rounded up: an interruption does not end one.

        Raises:
            NotInstalled: the extension for S3 is not there.
            LakeDown: there are no AWS credentials.
        """
        connection = duckdb.connect(
            ":memory:",
            config={
                "threads": 2,
                "memory_limit": f"{self._memory_mb}MB",
                "temp_directory": "",
                "autoinstall_known_extensions": "false",
                "autoload_known_extensions": "false",
                "allow_community_extensions": "false",
            },
        )
        with contextlib.closing(connection):
            if self._root.startswith(S3):
                _open_s3(connection)
                connection.execute(f"SET http_timeout = {math.ceil(seconds)}")
                connection.execute(f"SET http_retries = {_RETRIES}")
            connection.execute("SET lock_configuration = true")
            yield connection


def _open_s3(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(f"LOAD '{_extension()}'")
    try:
        region, key, secret, token = frozen_credentials()
    except Exception as error:
        raise LakeDown("No AWS credentials were found by the default chain.", "See to them.") from error
    options: dict[str, Any] = {"KEY_ID": key, "SECRET": secret, "REGION": region}
    if token:
        options["SESSION_TOKEN"] = token
    if endpoint := endpoint_of("s3"):
        parts = urlsplit(endpoint)
        options |= {"ENDPOINT": parts.netloc, "URL_STYLE": "path", "USE_SSL": parts.scheme == "https"}
    listed = ", ".join(f"{name} {_literal(value)}" for name, value in options.items())
    connection.execute(f"CREATE SECRET lake (TYPE s3, {listed})")


def _literal(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "'" + str(value).replace("'", "''") + "'"


def _extension() -> Path:
    """The extension's file, from its wheel; nothing is downloaded."""
    spec = find_spec(_EXTENSION)
    if spec is None or spec.origin is None:
        raise NotInstalled(_EXTENSION, "aws")
    found = Path(spec.origin).parent / "extensions" / f"v{duckdb.__version__}" / "httpfs.duckdb_extension"
    if not found.is_file():
        raise NotInstalled(f"{_EXTENSION} for DuckDB {duckdb.__version__}", "aws")
    return found
