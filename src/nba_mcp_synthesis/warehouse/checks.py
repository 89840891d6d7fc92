"""Runs the checks over the merged tables and keeps what they found, now and over time."""

import datetime as dt
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import duckdb

from nba_mcp_synthesis.schema.arrow import to_arrow
from nba_mcp_synthesis.warehouse import agreement

_GAME = re.compile(r"\d{10}\b")
Finding = tuple[str, str, str, str]  # season, season type, subject, detail


@dataclass(frozen=True, slots=True)
class CheckSummary:
    """What one check found: how many things it compared, and those that did not hold."""

    name: str
    about: str
    compared: int
    failures: tuple[str, ...]


@cache
def definitions() -> dict[str, dict[str, str]]:
    """The checks of checks.toml by name, each with `about`, `compared` and `failing`."""
    entries = tomllib.loads(text_of("checks.toml"))
    return {name: {**entry, "failing": _with(entry) + entry["failing"]} for name, entry in entries.items()}


def text_of(name: str) -> str:
    """A file of queries beside this module."""
    return files("nba_mcp_synthesis.warehouse").joinpath(name).read_text("utf-8")


def with_clause(queries: dict[str, str]) -> str:
    """WITH over queries that are in files, by the names they are read under."""
    return "WITH " + ", ".join(f"{name} AS ({text_of(file)})" for name, file in queries.items())


def _with(entry: dict[str, Any]) -> str:
    return with_clause(entry["with"]) if "with" in entry else ""


def run(connection: duckdb.DuckDBPyConnection) -> tuple[CheckSummary, ...]:
    """Runs all checks; quality_results hold what they find now, quality_history what they found ever."""
    connection.execute("DELETE FROM quality_results")
    now = dt.datetime.now(dt.UTC).replace(tzinfo=None)
    found = [_run(connection, name, check, now) for name, check in definitions().items()]
    between = agreement.queries(connection)
    if between is not None:
        check = {"about": agreement.ABOUT, "compared": between[0], "failing": between[1]}
        found.append(_run(connection, agreement.NAME, check, now))
    return tuple(found)


def _run(
    connection: duckdb.DuckDBPyConnection, name: str, check: dict[str, str], now: dt.datetime
) -> CheckSummary:
    failing: list[Finding] = connection.execute(f"FROM ({check['failing']}) ORDER BY ALL").fetchall()
    compared: list[tuple[str, str, int]] = connection.execute(
        f"FROM ({check['compared']}) ORDER BY ALL"
    ).fetchall()
    failed = [(season, kind) for season, kind, _, _ in failing]
    rows = [(name, s, k, subject, _game(subject), False, 1, detail, now) for s, k, subject, detail in failing]
    rows += [
        (name, season, kind, "all", None, True, n, check["about"], now)
        for season, kind, n in compared
        if (season, kind) not in set(failed)
    ]
    _insert(connection, "quality_results", _RESULT, rows)
    history = [(now, name, season, kind, n, failed.count((season, kind))) for season, kind, n in compared]
    _insert(connection, "quality_history", _HISTORY, history)
    failures = tuple(f"{season} {kind}, {subject}: {detail}" for season, kind, subject, detail in failing)
    return CheckSummary(name, check["about"], sum(n for *_, n in compared), failures)


_RESULT = (
    "check_name",
    "season",
    "season_type",
    "subject",
    "game_id",
    "passed",
    "checked",
    "detail",
    "checked_at",
)
_HISTORY = ("checked_at", "check_name", "season", "season_type", "compared", "failed")


def _game(subject: str) -> str | None:
    """A subject that starts with a game id is about that game."""
    match = _GAME.match(subject)
    return match.group() if match else None


def _insert(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    columns: tuple[str, ...],
    rows: Sequence[tuple[object, ...]],
) -> None:
    if not rows:
        return
    values = dict(zip(columns, map(list, zip(*rows, strict=True)), strict=True))
    arrow = to_arrow(table, values)
    connection.register("found", arrow)
    names = ", ".join(columns)
    connection.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM found")
    connection.unregister("found")
