"""Reading the published tables by Spark: each query reads the files of one manifest, and no others."""

import contextlib
import threading
from collections.abc import Iterator
from time import monotonic

from nba_mcp_synthesis.engine_addresses import SparkAddress
from nba_mcp_synthesis.errors import Busy, LimitExceeded, WarehouseDown, WarehouseOutdated
from nba_mcp_synthesis.lake.manifest import Manifest, current
from nba_mcp_synthesis.lake.opening import open_store
from nba_mcp_synthesis.warehouse import layout
from nba_mcp_synthesis.warehouse.limits import Limits
from nba_mcp_synthesis.warehouse.over_lake import OverLake
from nba_mcp_synthesis.warehouse.published import State, runnable
from nba_mcp_synthesis.warehouse.spark.calls import ending
from nba_mcp_synthesis.warehouse.spark.session import Rows, Session
from nba_mcp_synthesis.warehouse.spark.tables import Views

_SEEN_SECONDS = 1.0
# A cold server takes its time for the first query.
_SIGN_OF_LIFE = Limits(rows=1, bytes=1_000, seconds=20.0)


class SparkWarehouse(OverLake):
    """Read access to a lake through a Spark Connect server. Safe to use from several threads."""

    engine = dialect = "spark"

    def __init__(
        self, address: SparkAddress, lake: str, limits: Limits | None = None, concurrency: int = 4
    ) -> None:
        super().__init__(limits, concurrency)
        self._address = address
        self._store = open_store(lake)
        self._opening = threading.Lock()
        self._seen: tuple[Manifest, float] | None = None
        self._session: Session | None = None
        self._sign: Session | None = None  # in which the signs of life are asked for
        self._views: list[Views] = []

    @property
    def place(self) -> str:
        """The server and the lake."""
        return f"{self._address.place} over {self._store.place}"

    def state(self) -> State:
        """The newest state that is published; see `engine.Warehouse` for the errors."""
        return _state(self._manifest())

    def known_state(self) -> State | None:
        """The state that was seen a moment ago, else None."""
        seen = self._seen
        return _state(seen[0]) if seen is not None and monotonic() - seen[1] < _SEEN_SECONDS else None

    @contextlib.contextmanager
    def opened(self, sql: str, bounds: Limits, skip: int) -> Iterator[tuple[Rows, State, None]]:
        """(rows to fetch, the state that they are of, None) of a query."""
        with self._places.place(bounds.seconds), self._forgetting_lost():
            manifest = self._manifest()
            with ending(bounds.seconds):
                session, text = self._prepared(sql, manifest, bounds, skip)
            with session.rows(text, bounds) as rows:
                yield rows, _state(manifest), None

    def ask(self) -> None:
        """Runs the smallest query; again where only its session has ended, as after an hour's rest.

        It waits for no place and no lock: those who hold them say nothing of the server.
        """
        try:
            self._run_smallest()
        except WarehouseDown:
            self._run_smallest()

    def close(self) -> None:
        """Ends the sessions."""
        with self._opening:
            session = self._forget()
        sign, self._sign = self._sign, None
        for one in (session, sign):
            if one is not None:
                one.close()

    def _run_smallest(self) -> None:
        try:
            with ending(_SIGN_OF_LIFE.seconds):
                sign = self._sign = self._sign or Session(self._address)
                with sign.rows("SELECT 1", _SIGN_OF_LIFE) as rows:
                    rows.fetchmany(1)
        except LimitExceeded:  # the server took the query back, so it answers
            return
        except WarehouseDown:
            lost, self._sign = self._sign, None
            if lost is not None:
                lost.close()
            raise

    def _manifest(self) -> Manifest:
        with self._look_alone():
            seen = self._seen
            if seen is None or monotonic() - seen[1] >= _SEEN_SECONDS:
                found = current(self._store)
                _check(found.about.layout_version, self.place)
                seen = self._seen = found, monotonic()
            return seen[0]

    def _prepared(self, sql: str, manifest: Manifest, bounds: Limits, skip: int) -> tuple[Session, str]:
        """A session that has the tables of a query, and the query over them."""
        with self._held(bounds.seconds):
            if self._session is None:
                self._session = Session(self._address)
            session = self._session
            views = self._views_of(manifest, session)
            with session.telling():
                most = skip + bounds.rows + 1
                return session, runnable(
                    sql, self.dialect, lambda name: views.make(session.spark, name), most
                )

    @contextlib.contextmanager
    def _held(self, seconds: float) -> Iterator[None]:
        """The lock of the session; Busy where others need it for so long."""
        if not self._opening.acquire(timeout=seconds):
            raise Busy(
                f"{self._address.place} has been opening tables for others for {seconds:g} s.",
                "Try again in a moment.",
            )
        try:
            yield
        finally:
            self._opening.release()

    def _views_of(self, manifest: Manifest, session: Session) -> Views:
        """Those of a state; the two newest are kept, since queries may still read the older one."""
        for views in self._views:
            if views.key == manifest.key:
                return views
        self._views.append(Views(self._store.place, manifest))
        for old in self._views[:-2]:
            with session.telling():
                old.drop(session.spark)
        self._views = self._views[-2:]
        return self._views[-1]

    @contextlib.contextmanager
    def _forgetting_lost(self) -> Iterator[None]:
        """A session that is of no use any more is forgotten, so that the next query opens another."""
        try:
            yield
        except WarehouseDown:
            with self._opening:
                lost = self._session is not None and self._session.is_lost
                session = self._forget() if lost else None
            if session is not None:
                session.close()
            raise

    def _forget(self) -> Session | None:
        """The session, which the next query does not use; to be closed where no other waits for that."""
        session = self._session
        self._session, self._views, self._seen = None, [], None
        return session


def _state(manifest: Manifest) -> State:
    about = manifest.about
    return State(manifest.key, about.snapshot, about.data_as_of, about.simulated)


def _check(version: int, place: str) -> None:
    if version != layout.LAYOUT_VERSION:
        raise WarehouseOutdated(
            f"The lake of {place} has layout {version}; this program reads {layout.LAYOUT_VERSION}.",
            "Publish again with this version, or use the version that published it.",
        )
