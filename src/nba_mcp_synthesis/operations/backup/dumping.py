"""A backup is taken: one snapshot, read by pg_dump and by us, encrypted and sent while it is made."""

import contextlib
import subprocess
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple

from nba_mcp_synthesis.operations.backup import archive, contents, encryption, failures, programs
from nba_mcp_synthesis.operations.backup.clocks import check_clock
from nba_mcp_synthesis.operations.backup.databases import Database, Parameters
from nba_mcp_synthesis.operations.backup.downloading import check_size
from nba_mcp_synthesis.operations.backup.manifest import (
    DUMP,
    MANIFEST,
    Contents,
    Manifest,
    Part,
    Properties,
    ReferenceAnswer,
    new_id,
)
from nba_mcp_synthesis.operations.backup.pacing import Pace
from nba_mcp_synthesis.operations.backup.store import BackupStore, Draft
from nba_mcp_synthesis.operations.backup.uploading import PartWriter
from nba_mcp_synthesis.telemetry.logs import get_logger

if TYPE_CHECKING:
    from nba_mcp_synthesis.operations.backup.databases import Session

# The snapshot has to last as long as the dump, whatever the server's defaults say.
_PATIENT = """SELECT set_config(name, '0', false) FROM pg_settings WHERE name IN
('idle_in_transaction_session_timeout', 'idle_session_timeout', 'statement_timeout', 'transaction_timeout')"""
_CANCELS = 10
Say = Callable[[str], None]
# Given a session in the snapshot and the name of the data's state: the answers, and a note where there are
# none.
Ask = Callable[["Session", str | None], tuple[Sequence[ReferenceAnswer], str]]


@dataclass(frozen=True, slots=True)
class Taking:
    """How backups are taken."""

    store: BackupStore
    recipients: tuple[str, ...]
    folder: Path | None = None
    part_bytes: int = 16 << 20
    bytes_per_second: float = 0.0


class Counted:
    """What pg_dump writes, counted on its way."""

    def __init__(self, source: IO[bytes], say: Say) -> None:
        self._source, self._say, self.bytes = source, say, 0
        self.fault: BaseException | None = None

    def read(self, size: int = -1, /) -> bytes:
        """See `encryption.Reading`."""
        try:
            chunk = self._source.read(size)
        except BaseException as error:
            self.fault = error  # the library that reads words errors in its own way
            raise
        if self.bytes >> 24 != (self.bytes + len(chunk)) >> 24:
            self._say(f"{(self.bytes + len(chunk)) / 1e6:,.0f} MB dumped")
        self.bytes += len(chunk)
        return chunk


def create(database: Database, taking: Taking, ask: Ask, say: Say) -> Manifest:
    """Takes a backup. What fails is noted beside the backups and leaves nothing that counts as one.

    Raises:
        SettingsError: programs, recipients or versions do not fit.
        BackupFailed, BackupsDown, Unavailable: it could not be made; the message says why.
    """
    try:
        return _create(database, taking, ask, say)
    except BaseException as error:
        failures.note(taking.store, database.name, "create", error)
        raise


def _create(database: Database, taking: Taking, ask: Ask, say: Say) -> Manifest:
    begun = datetime.now(UTC)
    encryption.check_recipients(taking.recipients)
    program = programs.find("pg_dump", taking.folder)
    with database.server.connected() as session:
        _check(session, program, database, taking.store)
        seen = _look(session)
        id_ = new_id(seen.at)
        draft = taking.store.begin(f"{database.name}/{id_}/{DUMP}")
        with contextlib.closing(_Ending(draft)):
            dumped = _dump(_Dump(database, session, seen.snapshot), program, taking, draft, say)
            draft.finish()
        answers, note = _asked(ask, session, seen.data_snapshot)
    manifest = Manifest(
        id=id_,
        database=database.name,
        dbname=database.dbname,
        begun_at=begun,
        snapshot_at=seen.at,
        finished_at=datetime.now(UTC),
        snapshot=seen.snapshot,
        data_snapshot=seen.data_snapshot,
        schema_version=seen.schema_version,
        server_version=seen.server_version,
        tools={"pg_dump": program.version, "nba-mcp-synthesis": version("nba-mcp-synthesis")},
        recipients=taking.recipients,
        dump_bytes=dumped.bytes,
        parts=dumped.parts,
        contents=dumped.contents,
        properties=seen.properties,
        reference=tuple(answers),
        reference_note=note,
    )
    check_size(taking.store, manifest.key(), manifest.parts)
    taking.store.write(manifest.key(MANIFEST), manifest.model_dump_json(indent=1).encode())
    return manifest


def _asked(ask: Ask, session: "Session", data_snapshot: str | None) -> tuple[Sequence[ReferenceAnswer], str]:
    """The answers; where there are none, why. A dump that is whole counts without them."""
    try:
        return ask(session, data_snapshot)
    except Exception as error:  # noqa: BLE001 - whatever it is, the dump is none the worse for it
        get_logger().warning("backup", step="ask", error=type(error).__name__)
        return (), f"The reference questions were not answered ({type(error).__name__})."


class _Seen(NamedTuple):
    """What the snapshot says of itself."""

    snapshot: str
    at: datetime
    data_snapshot: str | None
    schema_version: str | None
    server_version: str
    properties: Properties


class _Dumped(NamedTuple):
    """What came of the dump: bytes before encryption, the parts, and what the same snapshot holds."""

    bytes: int
    parts: tuple[Part, ...]
    contents: Contents


class _Dump(NamedTuple):
    """What is to be dumped."""

    database: Database
    session: "Session"
    snapshot: str

    def parameters(self) -> Parameters:
        """The way to the very server that has the snapshot, also where the address names several."""
        info = self.session.info
        given = {k: v for k, v in self.database.server.parameters().items() if k != "target_session_attrs"}
        return {**given, "host": info.host, "port": str(info.port)}


class _Ending:
    """Abandons a draft at the end of a block; one that is finished is left alone."""

    def __init__(self, draft: Draft) -> None:
        self.close = draft.abandon


def _check(session: "Session", program: programs.Program, database: Database, store: BackupStore) -> None:
    """Whether version and clock let us begin."""
    programs.check_reads(program, session.info.server_version // 10_000)
    theirs = session.execute("SELECT clock_timestamp()").fetchall()[0][0]
    made = [one.at for one in archive.backups(store, database.name) if one.manifest]
    check_clock(theirs, max(made, default=None))


def _look(session: "Session") -> _Seen:
    """Begins the snapshot, which lasts as long as the session."""
    session.execute(_PATIENT.encode())
    session.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    (snapshot, at) = session.execute("SELECT pg_export_snapshot(), now()").fetchall()[0]
    return _Seen(
        snapshot,
        at.astimezone(UTC),
        contents.data_snapshot(session),
        contents.schema_version(session),
        str(session.info.parameter_status("server_version")).split()[0],
        contents.properties_of(session),
    )


def _dump(dump: _Dump, program: programs.Program, taking: Taking, draft: Draft, say: Say) -> _Dumped:
    """Dumps, encrypts and sends, and meanwhile counts what the same snapshot holds."""
    arguments = ["--format=custom", f"--snapshot={dump.snapshot}", "--lock-wait-timeout=60s"]
    writer = PartWriter(draft, taking.part_bytes, Pace(taking.bytes_per_second))
    with (
        contextlib.closing(writer),
        ThreadPoolExecutor(1, "contents") as thread,
        programs.running(program, arguments, dump.parameters(), stdout=subprocess.PIPE) as run,
    ):
        counting = thread.submit(_contents, dump)
        source = Counted(run.stdout, say)
        try:
            encryption.encrypt(source, writer, taking.recipients)
            run.end()
        except BaseException as error:  # noqa: BLE001 - raised again, by its own name
            _give_up(dump.session, counting)
            raise source.fault or writer.fault or error from None
        return _Dumped(source.bytes, writer.finish(), counting.result())


def _give_up(session: "Session", counting: "Future[Contents]") -> None:
    """Ends the queries that count, also where one has ended and the next begun: nobody waits for them."""
    import psycopg

    for _ in range(_CANCELS):
        if wait([counting], timeout=0.5).done:
            return
        with contextlib.suppress(psycopg.Error):  # the server is gone, and its queries with it
            session.cancel_safe(timeout=5)


def _contents(dump: _Dump) -> Contents:
    with dump.database.server.worded():
        return contents.contents_of(dump.session)
