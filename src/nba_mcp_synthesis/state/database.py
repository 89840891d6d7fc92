"""The state database: rows go in once only, old ones go, answers are found again."""

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import (
    BindParameter,
    Connection,
    Engine,
    Table,
    delete,
    func,
    inspect,
    literal,
    select,
    text,
    tuple_,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    IntegrityError,
    ProgrammingError,
    SQLAlchemyError,
    StatementError,
)

from nba_mcp_synthesis.errors import Unavailable
from nba_mcp_synthesis.state import tables
from nba_mcp_synthesis.state.tables import HEAD

_INSERT: dict[str, Callable[[Table], Any]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
_PRUNED_AT_ONCE = 500
ROTATE = "rotate "  # begins the action of each row of the audit log on a rotation; the secret's name follows


class Refused(Exception):
    """The database is there, and does not take these entries; the text is the kind of error, nothing more."""


class StateDatabase:
    """The tables in one database. Safe to use from several threads; connects when first used."""

    def __init__(self, engine: Callable[[], Engine]) -> None:
        self._make_engine = engine
        self._lock = threading.Lock()
        self._engine: Engine | None = None
        self._ready = False

    def migrate(self) -> None:
        """Brings the tables to today's layout; Unavailable where the database is away."""
        from nba_mcp_synthesis.state.migrating import upgrade

        with _worded():
            upgrade(self._connecting())
            self._ready = True

    def store(self, entries: Sequence[bytes]) -> None:
        """Stores entries of the journal in one transaction; those that are there already stay as they are.

        Raises:
            Refused: not all of them can be stored, so none was.
            Unavailable: the database is away, or has another layout.
        """
        try:
            rows = _by_table(entries)
            with self._transaction() as connection:
                for name, found in rows.items():
                    insert = _INSERT[connection.dialect.name](tables.metadata.tables[name])
                    connection.execute(insert.on_conflict_do_nothing(), found)
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
            raise Refused(type(error).__name__) from error

    def check(self) -> None:
        """Unavailable where the database is away, or lacks its tables."""
        with self._transaction():
            pass

    def prune(self, answer_days: int, audit_days: int) -> int:
        """Removes what is older, in small transactions; 0 days keep all. Gives how many rows went."""
        ages = ((tables.answers, "asked_at", answer_days), (tables.audit_log, "at", audit_days))
        return sum(self._prune(table, column, days) for table, column, days in ages if days)

    def _prune(self, table: Table, column: str, days: int) -> int:
        before = datetime.now(UTC) - timedelta(days=days)
        old = select(table.c.record).where(table.c[column] < before).limit(_PRUNED_AT_ONCE)
        removed, total = _PRUNED_AT_ONCE, 0
        while removed == _PRUNED_AT_ONCE:
            with self._transaction() as connection:
                removed = connection.execute(delete(table).where(table.c.record.in_(old))).rowcount
            total += removed
        return total

    def newest_answers(
        self, limit: int, before: tuple[datetime, str] | None = None, caller: str | None = None
    ) -> list[dict[str, Any]]:
        """The newest answers, with their texts and without the rest of their bodies, the newest first.

        `before` begins behind that moment and record, `caller` leaves out the answers of others.
        """
        held = tables.answers.c
        columns = [column for column in held if column.name != "body"]
        query = select(*columns, held.body["text"].as_string().label("text"))
        if before:
            query = query.where(tuple_(held.asked_at, held.record) < tuple_(*_bound(before)))
        if caller is not None:
            query = query.where(held.caller == caller)
        query = query.order_by(held.asked_at.desc(), held.record.desc()).limit(limit)
        with self._transaction() as connection:
            return [_plain(row) for row in connection.execute(query).mappings()]

    def newest_calls(self, limit: int, since: datetime, caller: str | None = None) -> list[dict[str, Any]]:
        """The newest rows of the audit log, the newest first; of one caller where he is named."""
        log = tables.audit_log
        query = select(*[column for column in log.c if column.name != "record"]).where(log.c.at >= since)
        if caller is not None:
            query = query.where(log.c.caller == caller)
        with self._transaction() as connection:
            found = connection.execute(query.order_by(log.c.at.desc()).limit(limit))
            return [_plain(row) for row in found.mappings()]

    def rotations(self, since: datetime | None = None) -> list[dict[str, Any]]:
        """The rows of the audit log on rotations, the newest first: at, caller, action, outcome, detail."""
        log = tables.audit_log
        query = select(log.c.at, log.c.caller, log.c.action, log.c.outcome, log.c.detail)
        query = query.where(log.c.action.startswith(ROTATE, autoescape=True))
        if since is not None:
            query = query.where(log.c.at >= since)
        with self._transaction() as connection:
            return [_plain(row) for row in connection.execute(query.order_by(log.c.at.desc())).mappings()]

    def last_rotations(self) -> dict[str, datetime]:
        """When each secret that was ever rotated was rotated last, by its name."""
        log = tables.audit_log
        query = select(log.c.action, func.max(log.c.at)).group_by(log.c.action)
        query = query.where(log.c.action.startswith(ROTATE, autoescape=True), log.c.outcome == "ok")
        with self._transaction() as connection:
            found = connection.execute(query).all()
        return {str(action).removeprefix(ROTATE): at for action, at in found}

    def spent_on(self, day: date, caller: str | None = None) -> float:
        """Dollars that the answers of a day (UTC) cost; those of one caller where he is named."""
        begin = datetime.combine(day, time(), UTC)
        cost = func.coalesce(func.sum(tables.answers.c.cost_usd), 0.0)
        query = select(cost).where(tables.answers.c.asked_at >= begin)
        if caller is not None:
            query = query.where(tables.answers.c.caller == caller)
        with self._transaction() as connection:
            return float(
                connection.execute(query.where(tables.answers.c.asked_at < begin + timedelta(1))).scalar_one()
            )

    def answers_on(self, day: date) -> dict[str, int]:
        """How many answers a day (UTC) has by status, as far as they have come here."""
        begin = datetime.combine(day, time(), UTC)
        asked, status = tables.answers.c.asked_at, tables.answers.c.status
        query = select(status, func.count()).where(asked >= begin).where(asked < begin + timedelta(1))
        with self._transaction() as connection:
            found = connection.execute(query.group_by(status).order_by(status))
            return {str(name): int(number) for name, number in found}

    def answer(self, answer_id: str, caller: str | None = None) -> dict[str, Any] | None:
        """The newest answer of that id, with evidence, voices and requests to models; None for none.

        With `caller`, answers that others were given are none.
        """
        query = select(tables.answers).where(tables.answers.c.id == answer_id)
        if caller is not None:
            query = query.where(tables.answers.c.caller == caller)
        with self._transaction() as connection:
            newest = connection.execute(query.order_by(tables.answers.c.asked_at.desc()).limit(1))
            found = newest.mappings().first()
            if found is None:
                return None
            parts = [_parts(connection, table, found["record"]) for table in _PARTS]
        row = _plain(found)
        return {**row.pop("body"), **row, "evidence": parts[0], "voices": parts[1], "requests": parts[2]}

    def count(self, table: str) -> int:
        """Rows of a table."""
        with self._transaction() as connection:
            query = select(func.count()).select_from(tables.metadata.tables[table])
            return int(connection.execute(query).scalar_one())

    def transaction(self) -> AbstractContextManager[Connection]:
        """A transaction for what other tables have a module of their own for; errors are worded as here."""
        return self._transaction()

    def close(self) -> None:
        """Closes the connections."""
        if self._engine:
            self._engine.dispose()

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        with _worded():
            if not self._ready:
                self._make_ready()
            with self._connecting().begin() as connection:
                yield connection

    def _make_ready(self) -> None:
        """A file gets its tables at first use; in PostgreSQL somebody with the right to it makes them."""
        engine = self._connecting()
        with engine.begin() as connection:
            version = _version(connection)
        if version < HEAD and engine.dialect.name == "sqlite":
            self.migrate()
        elif version < HEAD:
            raise Unavailable(
                "The state database does not have the tables of this version.", "Run `nba-mcp state migrate`."
            )
        self._ready = True

    def _connecting(self) -> Engine:
        with self._lock:
            if self._engine is None:
                self._engine = self._make_engine()
            return self._engine


_PARTS = (tables.evidence, tables.model_calls, tables.model_requests)


def _version(connection: Connection) -> str:
    """The newest step that was taken; a newer one than ours is fine, since steps only add."""
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return str(connection.execute(text("SELECT max(version_num) FROM alembic_version")).scalar() or "")


def _by_table(entries: Sequence[bytes]) -> dict[str, list[dict[str, Any]]]:
    """All rows of the entries, owners before what they own, every row with every column."""
    found: dict[str, list[dict[str, Any]]] = {table.name: [] for table in tables.metadata.sorted_tables}
    for entry in entries:
        for name, rows in json.loads(entry).items():
            columns = tables.metadata.tables[name].c
            for row in rows:
                if unknown := row.keys() - columns.keys():
                    raise KeyError(min(unknown))
                found[name].append({column.name: row.get(column.name) for column in columns})
    return {name: rows for name, rows in found.items() if rows}


def _parts(connection: Connection, table: Table, record: str) -> list[dict[str, Any]]:
    query = select(table).where(table.c.record == record).order_by(table.c.place)
    return [
        {name: value for name, value in _plain(row).items() if name not in ("record", "place")}
        for row in connection.execute(query).mappings()
    ]


def _bound(place: tuple[datetime, str]) -> tuple[BindParameter[datetime], BindParameter[str]]:
    return literal(place[0], tables.UtcTime()), literal(place[1])


def _plain(row: Any) -> dict[str, Any]:
    """A row as JSON has it."""
    return {
        name: value.isoformat() if isinstance(value, datetime) else value for name, value in dict(row).items()
    }


@contextmanager
def _worded() -> Iterator[None]:
    """Errors of the database in words of ours: the driver's own may quote logins and values."""
    try:
        yield
    except (SQLAlchemyError, OSError) as error:
        if _is_about_values(error):
            raise Refused(type(error).__name__) from None
        raise Unavailable(f"The state database cannot be used: {_reason(error)}") from None


def _is_about_values(error: Exception) -> bool:
    """Whether other values would have been taken; the library, the driver or the database may say so."""
    if not isinstance(error, DBAPIError):
        return isinstance(error, StatementError)
    if isinstance(error.orig, sqlite3.InterfaceError) or isinstance(error, DataError | IntegrityError):
        return True
    return isinstance(error, ProgrammingError) and getattr(error.orig, "sqlstate", None) is None


def _reason(error: Exception) -> str:
    """Why, in the words that a connection of ours has, or the kind of error."""
    beneath = getattr(error, "orig", None) or error
    fault = getattr(beneath, "fault", None)
    if fault is not None:
        return str(fault.message)
    code = getattr(beneath, "sqlstate", None) or getattr(beneath, "sqlite_errorname", None)
    return type(beneath).__name__ + (f" ({code})." if code else ".")
