"""Every function of the engine has been judged."""

import subprocess
import sys
import tomllib
from importlib.resources import files
from pathlib import Path

from nba_mcp_synthesis.schema.tables import tables
from nba_mcp_synthesis.warehouse.guard.lists import functions

SCRIPT = Path(__file__).resolve().parents[3] / "scripts" / "duckdb_functions.py"


def test_every_function_of_the_engine_is_allowed_or_refused_by_name() -> None:
    """A new version of the engine brings none in unseen, and no list names one that is gone."""
    ran = subprocess.run([sys.executable, SCRIPT], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert ran.stdout.count("none") == 4


def test_no_function_is_in_two_groups() -> None:
    """Whoever reviews a group sees all that is said of its functions."""
    text = files("nba_mcp_synthesis.warehouse.guard").joinpath("functions.toml").read_text("utf-8")
    table = tomllib.loads(text)
    for part in (table, table["table_functions"]):
        names = [name for group in part["allowed"].values() for name in group]
        names += [name for group in part["refused"].values() for name in group["names"]]
        assert len(names) == len(set(names))


def test_no_column_is_taken_for_a_function() -> None:
    """A column of ours with the name of a function of the server could not be asked for."""
    values, _ = functions()
    for table in tables().values():
        for column in table.columns:
            reason = values.reason(column.name)
            assert reason is None or not reason.as_column, f"{table.name}.{column.name}"
