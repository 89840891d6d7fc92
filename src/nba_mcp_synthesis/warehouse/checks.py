"""Runs the checks of checks.toml over the merged tables and keeps what they found."""

import datetime as dt
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import duckdb


@dataclass(frozen=True, slots=True)
class CheckSummary:
    """What one check found: how many things it compared, and those that did not hold."""

    name: str
    about: str
    compared: int
    failures: tuple[str, ...]


@cache
def definitions() -> dict[str, dict[str, str]]:
    """The checks by name, each with `about`, `compared` and `failing`."""
    text = files("nba_mcp_synthesis.warehouse").joinpath("checks.toml").read_text("utf-8")
    return tomllib.loads(text)


def run(connection: duckdb.DuckDBPyConnection) -> tuple[CheckSummary, ...]:
    """Runs all checks and replaces the rows of quality_results with what they found."""
    connection.execute("DELETE FROM quality_results")
    return tuple(_run(connection, name, check) for name, check in definitions().items())


def _run(connection: duckdb.DuckDBPyConnection, name: str, check: dict[str, str]) -> CheckSummary:
    failing = connection.execute(f"FROM ({check['failing']}) ORDER BY ALL").fetchall()
    compared = connection.execute(f"FROM ({check['compared']}) ORDER BY ALL").fetchall()
    seasons_failing = {(season, kind) for season, kind, *_ in failing}
    rows = [(name, s, k, subject, False, 1, detail) for s, k, subject, detail in failing]
    rows += [
        (name, season, kind, "all", True, n, check["about"])
        for season, kind, n in compared
        if (season, kind) not in seasons_failing
    ]
    if rows:
        now = dt.datetime.now(dt.UTC).replace(tzinfo=None)
        connection.executemany(
            "INSERT INTO quality_results (check_name, season, season_type, subject, passed, checked, "
            "detail, checked_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [(*row, now) for row in rows],
        )
    failures = tuple(f"{season} {kind}, {subject}: {detail}" for season, kind, subject, detail in failing)
    return CheckSummary(name, check["about"], sum(n for *_, n in compared), failures)
