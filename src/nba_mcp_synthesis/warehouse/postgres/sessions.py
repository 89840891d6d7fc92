"""Sessions with a PostgreSQL server: one caller at a time in each, and nothing of him left for the next.

There is no pool library in between: the places of `Places` bound how many sessions there are, whoever needs
one opens it himself, and so hears at once why he cannot, and has service as soon as the server is back.
"""

import contextlib
import functools
import hashlib
import threading
import weakref
from collections.abc import Iterator
from time import monotonic
from typing import NamedTuple

import psycopg
from psycopg import errors as pg

from nba_mcp_synthesis.errors import LimitExceeded, NbaMcpError
from nba_mcp_synthesis.warehouse.limits import Limits
from nba_mcp_synthesis.warehouse.postgres import reasons, values
from nba_mcp_synthesis.warehouse.postgres.address import Address, conninfo, shown
from nba_mcp_synthesis.warehouse.postgres.session import Session

About = dict[str, str]

# After this long a session is replaced: a server that took over, or a changed login, is met by and by.
_OLDEST_SECONDS = 1_800.0
# So often it is looked whether the login has changed. A session of an earlier login ends when its call does.
_LOGIN_SECONDS = 1.0
# So long a session waits for work. The newest is taken first, so that those beyond need come to wait.
_IDLE_SECONDS = 300.0
# Who waits for a lock waits for a load's last moment, or for somebody who changes tables.
_LOCK_SECONDS = 3.0
# Our own text, so it may go in one piece; what callers send never does. A query is planned for all its rows,
# gives them in the same order each time, and is read as the gate has read it.
_BEGIN = """
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
SET LOCAL statement_timeout = {whole};
SET LOCAL lock_timeout = {lock};
SET LOCAL idle_in_transaction_session_timeout = {idle};
SET LOCAL search_path = {path};
SET LOCAL cursor_tuple_fraction = 1.0;
SET LOCAL synchronize_seqscans = off;
SET LOCAL standard_conforming_strings = on;
SELECT name, value FROM nba_internal.info"""
# What DISCARD ALL does, which cannot stand beside others.
_END = b"""
ROLLBACK;
CLOSE ALL;
SET SESSION AUTHORIZATION DEFAULT;
RESET ALL;
DEALLOCATE ALL;
UNLISTEN *;
SELECT pg_advisory_unlock_all();
DISCARD PLANS;
DISCARD TEMP;
DISCARD SEQUENCES"""


class _Opened(NamedTuple):
    """When a session was opened, and for which login: the number of changes that were seen before it."""

    at: float
    login: int


class _Idle(NamedTuple):
    session: Session
    opened: _Opened
    since: float


class Sessions:
    """Read-only sessions with the server at `address`, which is asked for at every login."""

    def __init__(self, address: Address, search_path: str = "nba") -> None:
        self._address = address
        self._search_path = search_path
        self._lock = threading.Lock()
        self._idle: list[_Idle] = []
        self._used: dict[Session, _Opened] = {}
        self._login, self._login_number, self._login_seen = b"", 0, -_LOGIN_SECONDS
        weakref.finalize(self, _close_all, self._idle)

    @functools.cached_property
    def place(self) -> str:
        """Where the server is, without user and password: asked for once, since secrets may be behind it."""
        return shown(self._address)

    @contextlib.contextmanager
    def reading(self, bounds: Limits) -> Iterator[tuple[Session, About]]:
        """A read-only transaction, and what the warehouse says of the state that it sees.

        A session in which anything went wrong is closed; another one gets rid of the transaction and of all
        that belongs to a session before the next caller has it.
        """
        session, about = self._begun(bounds)
        try:
            try:
                yield session, about
            except psycopg.Error as error:
                late = session.late
                raise (bounds.stopped() if late else reasons.translated(error, bounds, self.place)) from None
            self._clean(session)
        finally:
            self._forget(session)

    def sizes(self) -> tuple[int, int]:
        """(sessions that somebody uses, sessions that wait)."""
        with self._lock:
            return len(self._used), len(self._idle)

    def close(self) -> None:
        """Closes the sessions that nobody uses, and stops what runs in the others."""
        with self._lock:
            _close_all(self._idle)
            used = list(self._used)
        for session in used:
            with contextlib.suppress(psycopg.Error):  # it may end by itself meanwhile
                session.cancel_safe(timeout=1)

    def _begun(self, bounds: Limits) -> tuple[Session, About]:
        """A session in a transaction."""
        while (session := self._take()) is not None:
            try:
                return session, self._begin(session, bounds)
            except psycopg.OperationalError:
                continue  # the server went away while it waited: the others will tell the same
        session = self._open()
        try:
            return session, self._begin(session, bounds)
        except psycopg.OperationalError as error:
            raise reasons.unreachable(error, self.place) from None

    def _begin(self, session: Session, bounds: Limits) -> About:
        session.keep(bounds)
        try:
            return self._asked(session, bounds)
        except psycopg.OperationalError:
            self._forget(session)
            if session.late:
                raise bounds.stopped() from None
            raise
        except BaseException:
            self._forget(session)
            raise

    def _asked(self, session: Session, bounds: Limits) -> About:
        milliseconds = max(1, int(bounds.seconds * 1000))
        text = _BEGIN.format(
            whole=milliseconds,
            lock=min(milliseconds, int(_LOCK_SECONDS * 1000)),
            idle=milliseconds + 10_000,
            path=self._search_path,
        )
        try:
            cursor = session.execute(text.encode())
            while cursor.nextset():
                pass
            return dict(cursor.fetchall())
        except (pg.UndefinedTable, pg.InvalidSchemaName):
            raise reasons.no_data(self.place) from None
        except pg.InsufficientPrivilege as error:
            raise reasons.not_permitted(error, self.place) from None

    def _take(self) -> Session | None:
        """A session that waits; those that are too old, or of an earlier login, are closed instead."""
        self._look_at_login()
        with self._lock:
            while self._idle:
                session, opened, _ = self._idle.pop()
                if self._is_good(opened):
                    self._used[session] = opened
                    return session
                session.close()
        return None

    def _is_good(self, opened: _Opened) -> bool:
        return opened.login == self._login_number and monotonic() - opened.at < _OLDEST_SECONDS

    def _look_at_login(self) -> None:
        """Asks, once a second at most, whether the login is another one now."""
        with self._lock:
            if monotonic() - self._login_seen < _LOGIN_SECONDS:
                return
            self._login_seen = monotonic()
        try:
            self._note_login(conninfo(self._address))
        except NbaMcpError:
            return  # nobody can tell now; who has to log in hears why

    def _note_login(self, login: str) -> int:
        """The number of this login. A digest is enough to know it again."""
        known = hashlib.sha256(login.encode()).digest()
        with self._lock:
            if known != self._login:
                self._login, self._login_number = known, self._login_number + 1
            return self._login_number

    def _open(self) -> Session:
        login = conninfo(self._address)
        number = self._note_login(login)
        try:
            session = Session.connect(login, autocommit=True, prepare_threshold=None)
        except psycopg.Error as error:
            raise reasons.unreachable(error, self.place) from None
        values.adapt(session)
        with self._lock:
            self._used[session] = _Opened(monotonic(), number)
        return session

    def _clean(self, session: Session) -> None:
        """Hands a session on as new; one that cannot be cleaned, or is late, is left to be closed."""
        try:
            session.execute(_END)
        except (psycopg.Error, LimitExceeded):
            return
        if not session.late:
            self._hand_on(session)

    def _hand_on(self, session: Session) -> None:
        """Leaves a session to the next caller, and closes those that have waited long, or are of no use."""
        now = monotonic()
        with self._lock:
            self._idle.append(_Idle(session, self._used.pop(session), now))
            waited = [
                idle
                for idle in self._idle
                if now - idle.since > _IDLE_SECONDS or not self._is_good(idle.opened)
            ]
            self._idle[:] = [idle for idle in self._idle if idle not in waited]
        _close_all(waited)

    def _forget(self, session: Session) -> None:
        """Closes a session unless it was handed on."""
        with self._lock:
            handed_on = self._used.pop(session, None) is None
        if not handed_on:
            session.close()


def _close_all(idle: list[_Idle]) -> None:
    for waiting in idle:
        waiting.session.close()
    idle.clear()
