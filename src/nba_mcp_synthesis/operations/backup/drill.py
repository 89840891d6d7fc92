"""A drill: everything is restored elsewhere, a server is started on it, and asked what was asked before.

Time to recover (RTO) runs from the first look at the backups to the last right answer. What would have been
lost (RPO) is what came in since the newest backup.
"""

import contextlib
import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal
from urllib.parse import quote, urlencode

from nba_mcp_synthesis.errors import BackupFailed, UsageError
from nba_mcp_synthesis.operations.backup import reference, scratch
from nba_mcp_synthesis.operations.backup.databases import Login, Parameters, Server
from nba_mcp_synthesis.operations.backup.feeding import Dump
from nba_mcp_synthesis.operations.backup.manifest import DatabaseName, ReferenceAnswer
from nba_mcp_synthesis.operations.backup.restoring import Restored, Say, Target, restore
from nba_mcp_synthesis.operations.backup.served import serving
from nba_mcp_synthesis.operations.backup.verifying import failed, prove

Dumps = Mapping[DatabaseName, Dump]
Verdict = Literal["same answers", "other answers", "not asked"]
_FAULTS_TOLD = 3


@dataclass(frozen=True, slots=True)
class Drilled:
    """What became of one database. `faults` say which answers are others than at the time of the backup."""

    database: DatabaseName
    backup: str
    snapshot_at: datetime
    lost_seconds: float
    restore_seconds: float
    tables: int
    rows: int
    asked: int
    note: str
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """A whole drill; `rpo_seconds` is that of the database that would have lost most."""

    at: datetime
    server: str
    rto_seconds: float
    rpo_seconds: float
    server_seconds: float
    databases: tuple[Drilled, ...]

    @property
    def holds(self) -> bool:
        """Whether every database came back with the same answers, and some were asked for."""
        return self.verdict == "same answers"

    @property
    def verdict(self) -> Verdict:
        """What the drill has shown; where nothing was asked, rows and objects are proven and answers not."""
        if any(one.faults for one in self.databases):
            return "other answers"
        return "same answers" if all(one.asked for one in self.databases) else "not asked"


def drill(dumps: Dumps, server: Server, folder: Path | None, say: Say) -> Report:
    """Restores the backups onto the server, asks, and drops what was restored.

    Raises what `restore` raises and BackupFailed where no server runs on it, after it was noted beside the
    backups.
    """
    if not dumps:
        raise UsageError("There is no backup to drill with.", "`nba-mcp ops backup create` makes one.")
    begun, started = datetime.now(UTC), time.perf_counter()
    at: DatabaseName | None = None
    try:
        with scratch.one_at_a_time(server), contextlib.ExitStack() as stack:
            restored = {}
            for name, dump in dumps.items():
                at, dbname = name, scratch.named(f"{scratch.SCRATCH}{name}", secrets.token_hex(4))
                stack.callback(scratch.drop, server, dbname)
                restored[name] = restore(dump, Target(server, dbname, folder), say)
            at, served = None, time.perf_counter()
            say("starting a server on it, and asking")
            places = {name: server.at(one.dbname) for name, one in restored.items()}
            answers = dict(_answers(dumps, places))
            ended = time.perf_counter()
    except BaseException as error:
        for name, dump in dumps.items():
            if at in (None, name):  # None: it was no single database's restore
                failed(dump, "drill", error, blamed=at is not None)
        raise
    found = [_drilled(name, dump, restored[name], answers[name], begun) for name, dump in dumps.items()]
    for one in found:
        _judge(dumps[one.database], one, restored[one.database])
    lost = max(one.lost_seconds for one in found)
    return Report(
        begun, server.shown, round(ended - started, 3), lost, round(ended - served, 3), tuple(found)
    )


def _drilled(
    name: DatabaseName, dump: Dump, restored: Restored, answers: Sequence[ReferenceAnswer], begun: datetime
) -> Drilled:
    """What is told of one database."""
    manifest = dump.manifest
    return Drilled(
        name,
        manifest.id,
        manifest.snapshot_at,
        round((begun - manifest.snapshot_at).total_seconds(), 3),
        round(restored.seconds, 3),
        restored.tables,
        restored.rows,
        len(manifest.reference),
        manifest.reference_note,
        tuple(reference.differences(manifest.reference, answers)),
    )


def _judge(dump: Dump, found: Drilled, restored: Restored) -> None:
    """Marks the backup as proven; where answers are others, notes that beside the backups, which alerts."""
    if not found.faults:
        prove(dump, restored)
        return
    told = " ".join(found.faults[:_FAULTS_TOLD])
    failed(dump, "drill", BackupFailed(f"Answered otherwise than at the time of the backup. {told}"))


def _answers(
    dumps: Dumps, places: Mapping[DatabaseName, Server]
) -> Iterator[tuple[DatabaseName, Sequence[ReferenceAnswer]]]:
    """What the restored databases answer to the reference questions of their backups."""
    if "state" in dumps:
        yield "state", list(_recorded(dumps["state"], places["state"]))
    if "warehouse" in dumps:
        urls = {f"{name.upper()}_URL": address(place.parameters()) for name, place in places.items()}
        with serving(**urls) as server:
            asked = [one.question for one in dumps["warehouse"].manifest.reference]
            yield "warehouse", [reference.kept_of(server.ask(question)) for question in asked]


def _recorded(dump: Dump, server: Server) -> Iterator[ReferenceAnswer]:
    """The recorded answers, read as the program reads them."""
    from nba_mcp_synthesis.connectors.rds import RDSConnector
    from nba_mcp_synthesis.state.database import StateDatabase
    from nba_mcp_synthesis.state.engines import postgres_engine

    login = Login(server)
    state = StateDatabase(lambda: postgres_engine(RDSConnector(lambda: login).connect))
    with contextlib.closing(state):
        for one in dump.manifest.reference:
            found = state.answer(one.question)
            if found:
                yield ReferenceAnswer(question=one.question, status=found["status"], text=found["text"])


def address(parameters: Parameters) -> str:
    """The parameters of libpq as one URL, with the password in it."""
    left = dict(parameters)
    user, password = left.pop("user", ""), left.pop("password", "")
    host, port, dbname = left.pop("host", "localhost"), left.pop("port", "5432"), left.pop("dbname")
    if "," in host:
        raise BackupFailed(
            "A drill needs one server, and the address names several.",
            "Set NBA_MCP_BACKUP_SCRATCH_URL to a server for it.",
        )
    login = quote(user, safe="") + (f":{quote(password, safe='')}" if password else "")
    place = f"[{host}]" if ":" in host else quote(host, safe="")
    more = f"?{urlencode(left)}" if left else ""
    return f"postgresql://{login}{'@' if login else ''}{place}:{port}/{quote(dbname, safe='')}{more}"
