"""Runs the checks over the merged tables and keeps what they found, now and over time."""

import datetime as dt
import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import duckdb

from nba_mcp_synthesis.schema.arrow import to_arrow
from nba_mcp_synthesis.warehouse import agreement
from nba_mcp_synthesis.warehouse.staging import insert

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
    checks: dict[str, dict[str, str]] = dict(definitions())
    between = agreement.queries(connection)
    if between is not None:
        checks[agreement.NAME] = {"about": agreement.ABOUT, "compared": between[0], "failing": between[1]}
    found = [_run(connection, name, check) for name, check in checks.items()]
    now = dt.datetime.now(dt.UTC).replace(tzinfo=None)
    connection.execute("DELETE FROM quality_results")
    _insert(connection, "quality_results", _RESULT, [(*row, now) for f in found for row in _results(f)])
    _insert(connection, "quality_history", _HISTORY, [(now, *row) for f in found for row in _history(f)])
    return tuple(_summary(f) for f in found)


@dataclass(frozen=True, slots=True)
class _Found:
    """What one check found; how many things failed and were compared, by season and season type."""

    name: str
    about: str
    failing: list[Finding]
    failed: Counter[tuple[str, str]]
    compared: list[tuple[str, str, int]]


def _run(connection: duckdb.DuckDBPyConnection, name: str, check: dict[str, str]) -> _Found:
    failing = connection.execute(f"FROM ({check['failing']}) ORDER BY ALL").fetchall()
    compared = connection.execute(f"FROM ({check['compared']}) ORDER BY ALL").fetchall()
    failed = Counter((season, kind) for season, kind, _, _ in failing)
    return _Found(name, check["about"], failing, failed, compared)


def _results(f: _Found) -> Iterator[tuple[object, ...]]:
    for season, kind, subject, detail in f.failing:
        yield f.name, season, kind, subject, _game(subject), False, 1, detail
    for season, kind, n in f.compared:
        if not f.failed[season, kind]:
            yield f.name, season, kind, "all", None, True, n, f.about


def _history(f: _Found) -> Iterator[tuple[object, ...]]:
    for season, kind, n in f.compared:
        yield f.name, season, kind, n, f.failed[season, kind]


def _summary(f: _Found) -> CheckSummary:
    failures = tuple(f"{season} {kind}, {subject}: {detail}" for season, kind, subject, detail in f.failing)
    return CheckSummary(f.name, f.about, sum(n for *_, n in f.compared), failures)


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
    insert(connection, table, to_arrow(table, values))
