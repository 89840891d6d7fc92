"""The review of a PostgreSQL: figures against bounds, and tables, with advice; what is asked is data."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nba_mcp_synthesis.errors import NbaMcpError
from nba_mcp_synthesis.operations.backup.databases import Database
from nba_mcp_synthesis.operations.reports import words
from nba_mcp_synthesis.operations.reports.document import Document, Part, Section, Table

if TYPE_CHECKING:
    from nba_mcp_synthesis.operations.backup.databases import Session

_UNITS = {"share": words.share, "seconds": words.seconds, "count": words.number, "bytes": words.size}


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: None where there are no statistics yet; `advice` is empty where it is within bounds."""

    name: str
    title: str
    value: float | None
    shown: str
    bound: str
    advice: str


@dataclass(frozen=True, slots=True)
class Listed:
    """Rows of a table; `advice` is empty where there is none to give."""

    name: str
    title: str
    columns: list[str]
    rows: list[list[str]]
    nothing: str
    advice: str


@dataclass(frozen=True, slots=True)
class Review:
    """What came of one database; `since` is when its statistics begin, where it says so.

    `unknown`: a sentence for each thing that could not be looked at.
    """

    name: str
    since: str
    figures: list[Figure]
    tables: list[Listed]
    unknown: list[str]

    @property
    def advice(self) -> list[str]:
        """What a person should do, a sentence each."""
        told = [f"{one.title} {one.shown}. {one.advice}" for one in self.figures if one.advice]
        told += [f"{one.title}. {one.advice}" for one in self.tables if one.advice]
        told += self.unknown
        return [f"{self.name}: {sentence}" for sentence in told]


def review(database: Database) -> Review:
    """Looks at one database; raises Unavailable where it does not let us in."""
    with database.server.connected() as session:
        session.execute("SET statement_timeout = '10s'")
        session.execute("SET default_transaction_read_only = on")
        since = session.execute(
            "SELECT coalesce(stats_reset::text, '') FROM pg_stat_database WHERE datname = current_database()"
        ).fetchone()
        look = _Look(session, database.name)
        figures = [look.figure(name, told) for name, told in look.asked("figures")]
        tables = [look.table(name, told) for name, told in look.asked("tables")]
        return Review(database.name, str(since[0]) if since else "", figures, tables, look.unknown)


def document(databases: Iterable[Database], now: datetime) -> Document:
    """The report on all databases; one that is away costs a sentence and exit code 3."""
    reviews, away = [], []
    for database in databases:
        try:
            reviews.append(review(database))
        except NbaMcpError as error:
            away.append(f"The {database.name} was not looked at: {error}")
    advice = [sentence for one in reviews for sentence in one.advice]
    summary = away + [f"Needs a person: {sentence}" for sentence in advice]
    if not reviews and not away:
        summary = ["Neither warehouse nor state is in a PostgreSQL, so there is nothing to look at."]
    return Document(
        f"database-{now:%Y-%m-%d}",
        f"Databases, {now:%Y-%m-%d %H:%M} UTC",
        summary or ["Nothing needs a person."],
        [section for one in reviews for section in _sections(one)],
        {"databases": [_as_dict(one) for one in reviews], "away": away, "advice": advice},
        exit_code=3 if away else 0,
    )


class _Look:
    """Asks one database; what cannot be asked is a sentence in `unknown`, and costs nothing else."""

    def __init__(self, session: "Session", database: str) -> None:
        self._session, self._database = session, database
        hidden = hidden_sessions(session)
        self._sees_everybody = not hidden
        self.unknown = [hidden] if hidden else []

    def asked(self, kind: str) -> Iterable[tuple[str, Mapping[str, Any]]]:
        """What is for this database."""
        for name, told in _asked()[kind].items():
            if self._database in told.get("databases", (self._database,)):
                yield name, told

    def figure(self, name: str, told: Mapping[str, Any]) -> Figure:
        """One figure against its bounds."""
        rows = self._rows(told, told["sql"])
        value = None if not rows or rows[0][0] is None else float(rows[0][0])
        return _judged(name, told, value)

    def table(self, name: str, told: Mapping[str, Any]) -> Listed:
        """One table; an extension that is not there is told."""
        sql, columns, title = told["sql"], list(told["columns"]), told["title"]
        if extension := told.get("extension"):
            schema = _schema_of(self._session, extension)
            if schema is None:
                return Listed(name, title, columns, [], told["absent"], "")
            sql = sql.replace("{schema}", schema)
        found = self._rows(told, sql)
        rows = [["" if cell is None else str(cell) for cell in row] for row in found or ()]
        nothing = told["nothing"] if found is not None else "Not known."
        return Listed(name, title, columns, rows, nothing, told.get("advice", "") if rows else "")

    def _rows(self, told: Mapping[str, Any], sql: str) -> list[tuple[Any, ...]] | None:
        """None for what is hidden, and where PostgreSQL does not answer; raises where the session is gone."""
        import psycopg  # noqa: PLC0415 - of an extra

        if told.get("everybody") and not self._sees_everybody:
            return None
        try:
            return self._session.execute(sql).fetchall()
        except psycopg.Error as error:
            if self._session.closed:
                raise
            reason = error.diag.message_primary or type(error).__name__
            self.unknown.append(f"{told['title']}: not known, since PostgreSQL says: {reason}.")
            return None


def hidden_sessions(session: "Session") -> str:
    """What the role does not see of other roles' sessions and how to let it; empty where it sees all."""
    row = session.execute("SELECT pg_has_role('pg_read_all_stats', 'USAGE'), current_user").fetchone()
    if row is None or row[0]:
        return ""
    return (
        f"What the sessions of other roles do is hidden from {row[1]}. As administrator: GRANT "
        "pg_read_all_stats TO a role of the operators, and look with that one: the service's own shall not "
        "have it."
    )


def _judged(name: str, told: Mapping[str, Any], value: float | None) -> Figure:
    shown = _UNITS[told["unit"]]
    low, high = told.get("least"), told.get("most")
    bound = (
        f"at least {shown(low)}" if low is not None else f"at most {shown(high)}" if high is not None else ""
    )
    beyond = value is not None and ((low is not None and value < low) or (high is not None and value > high))
    return Figure(name, told["title"], value, shown(value), bound, told["advice"] if beyond else "")


def _schema_of(session: "Session", extension: str) -> str | None:
    """Where an extension is, as a quoted name; None where it is not."""
    row = session.execute(
        "SELECT quote_ident(n.nspname) FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace "
        "WHERE e.extname = %s",
        (extension,),
    ).fetchone()
    return str(row[0]) if row else None


def _sections(found: Review) -> list[Section]:
    rows = [(one.title, one.shown, one.bound, "!" if one.advice else "") for one in found.figures]
    since = f"The statistics begin at {found.since}." if found.since else "The statistics were never reset."
    sections = [
        Section(
            f"{found.name}: figures",
            [Table(("figure", "value", "wanted", ""), rows, frozenset({1})), since, *found.unknown],
        )
    ]
    for one in found.tables:
        parts: list[Part] = [
            Table(one.columns, one.rows, nothing=one.nothing),
            *([one.advice] if one.advice else []),
        ]
        sections.append(Section(f"{found.name}: {one.title.lower()}", parts))
    return sections


def _as_dict(found: Review) -> dict[str, Any]:
    return {
        "name": found.name,
        "figures": {one.name: one.value for one in found.figures},
        "tables": {
            one.name: [dict(zip(one.columns, row, strict=True)) for row in one.rows] for one in found.tables
        },
        "advice": found.advice,
        "unknown": found.unknown,
    }


@cache
def _asked() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("database.toml").read_text("utf-8"))
