"""The warehouses that are asked, made once for each state of the loading code, and the SQL beside them."""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

import duckdb

import nba_mcp_synthesis
from nba_mcp_synthesis.errors import Unavailable

CACHE = Path(__file__).resolve().parents[1] / ".cache" / "evaluation"
DEMO_VIEWS = Path(__file__).with_name("demo_views.sql")
_LOADING = ("schema/**/*", "sources/**/*", "warehouse/*")
_COMMANDS = {
    "real": ("load", "season_2025_26", "team_games_2010_2024", "nba_api_recorded"),
    "demo": ("demo", "--seed", "1", "--seasons", "2"),
}


def test_data() -> Path | None:
    """The folder with `nba` and `questions`, where NBA_MCP_TEST_DATA names one."""
    named = os.environ.get("NBA_MCP_TEST_DATA")
    return Path(named) if named else None


def real_folder() -> Path:
    """The same folder, which has to be there.

    Raises:
        Unavailable: NBA_MCP_TEST_DATA does not say where the real data are.
    """
    folder = test_data()
    if folder is None or not (folder / "nba").is_dir() or not (folder / "questions").is_dir():
        named = "not set" if folder is None else f"{folder}, which has no folders nba and questions"
        raise Unavailable(f"NBA_MCP_TEST_DATA is {named}.", "Set it to the folder that holds both.")
    return folder


@cache
def home(data: str) -> Path:
    """Folder for NBA_MCP_HOME that holds the warehouse `data`; loads or simulates it when it is not there.

    Raises:
        Unavailable: there are no real data, or they cannot be loaded.
    """
    there = CACHE / f"{data}-{_digest(data)}"
    if not there.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        for old in CACHE.glob(f"{data}-*"):
            shutil.rmtree(old)
        making = Path(tempfile.mkdtemp(dir=CACHE))
        _make(data, making)
        making.rename(there)
    return there


def _make(data: str, folder: Path) -> None:
    command, *rest = _COMMANDS[data]
    if command == "load":
        rest = [str(real_folder() / "nba" / name) for name in rest]
    program = str(Path(sys.executable).with_name("nba-mcp"))
    environ = {name: value for name, value in os.environ.items() if not name.startswith("NBA_MCP_")}
    done = subprocess.run(
        [program, "data", command, *rest],
        env={**environ, "NBA_MCP_HOME": str(folder)},
        check=False,
        stdout=subprocess.DEVNULL,
    )
    if done.returncode:
        raise Unavailable(
            f"The warehouse {data!r} could not be made.", f"Run nba-mcp data {command} to see why."
        )


def _digest(data: str) -> str:
    """Short name of all that has a part in the warehouse: the loading code, and the files that it loads."""
    package = Path(nba_mcp_synthesis.__file__).parent
    code = (path for pattern in _LOADING for path in package.glob(pattern))
    parts = [path.read_bytes() for path in sorted(code) if path.suffix in {".py", ".toml", ".sql"}]
    if data == "real":
        files = (path for path in sorted((real_folder() / "nba").rglob("*")) if path.is_file())
        parts += [f"{path} {path.stat().st_size}".encode() for path in files]
    return hashlib.sha256(b"".join(parts)).hexdigest()[:12]


@cache
def connect(data: str) -> duckdb.DuckDBPyConnection:
    """A connection for the questions' own SQL: the raw files of `real`, the tables of a demo league.

    Raises:
        Unavailable: NBA_MCP_TEST_DATA does not say where the real data are.
    """
    if data == "real":
        folder = real_folder()
        connection = duckdb.connect()
        connection.execute("SET VARIABLE root = ?", [str(folder / "nba")])
        connection.execute((folder / "questions" / "views.sql").read_text("utf-8"))
        return connection
    connection = duckdb.connect()
    file = str(home(data) / "demo.duckdb").replace("'", "''")
    connection.execute(f"ATTACH '{file}' AS league (READ_ONLY)")
    connection.execute("USE league")
    connection.execute(DEMO_VIEWS.read_text("utf-8"))
    return connection
