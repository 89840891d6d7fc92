"""A backup becomes a database: a new one, in three stages that a restore which was cut short goes on from.

Tables, then rows, then indexes and constraints. The first and the last stage are one transaction each; rows
come table
by table, each in one statement, so that a table has all of its rows or none. What is there is compared with
the manifest at the end, and only then is the restore done.
"""

import contextlib
import subprocess
import tempfile
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nba_mcp_synthesis.errors import BackupDamaged, UsageError
from nba_mcp_synthesis.operations.backup import contents, programs, scratch
from nba_mcp_synthesis.operations.backup.databases import Server
from nba_mcp_synthesis.operations.backup.feeding import Dump
from nba_mcp_synthesis.operations.backup.manifest import Contents, Digest

Say = Callable[[str], None]
_LATER = ("indexes", "keys", "foreign keys", "triggers")
_NONE = dict.fromkeys(_LATER, 0)
_STAGES = ("made", "tables", "rows", "indexes", "proven")


@dataclass(frozen=True, slots=True)
class Restored:
    """What came of a restore. `resumed` names the stage that an earlier one had reached.

    `lost` names settings of the database itself that the server did not take from this role, or that no
    backup keeps.
    """

    dbname: str
    seconds: float
    tables: int
    rows: int
    server_version: str
    resumed: str | None = None
    lost: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Target:
    """Where to, and by which programs. `owned`: with owners and rights, whose roles have to be there."""

    server: Server
    dbname: str
    folder: Path | None = None
    owned: bool = False

    @property
    def database(self) -> Server:
        """The server, in the new database."""
        return self.server.at(self.dbname)


def restore(dump: Dump, target: Target, say: Say) -> Restored:
    """Restores into a new database, or goes on with one that a restore of the same backup began.

    Raises:
        UsageError: the database is there already, and is something else; or the key is the wrong one.
        SettingsError: the programs do not fit the dump or the server.
        BackupDamaged: the backup is not what its manifest says.
        BackupFailed, BackupsDown, Unavailable: it was cut short; the same call goes on.
    """
    started = time.perf_counter()
    program = programs.find("pg_restore", target.folder)
    dump.check()
    version = _checked(dump, target, program)
    told = _begun(dump, target)
    resumed: str | None = told.get("stage")
    steps: dict[str, Callable[[], None]] = {
        "tables": lambda: _section("pre-data", dump, target, program),
        "rows": lambda: _rows(dump, target, program, begun=resumed == "tables"),
        "indexes": lambda: _indexes(
            dump, target, program, told.get("later", _NONE) if resumed == "rows" else None
        ),
        "proven": lambda: _proven(dump, target),
    }
    for name in _STAGES[_STAGES.index(resumed or "made") + 1 :]:
        say(f"{target.dbname}: {name}")
        steps[name]()
        if name == "tables":
            told["later"] = _later(target)
        told.update(restore=dump.manifest.id, stage=name)
        scratch.mark(target.server, target.dbname, **told)
    lost = scratch.settle(target.server, target.dbname, dump.manifest.properties) if target.owned else ()
    found = dump.manifest.contents.tables
    rows = sum(table.rows for table in found.values())
    return Restored(target.dbname, time.perf_counter() - started, len(found), rows, version, resumed, lost)


def _checked(dump: Dump, target: Target, program: programs.Program) -> str:
    """The server's version, where programs and server are new enough for the dump."""
    programs.check_reads(program, int(dump.manifest.tools["pg_dump"].split(".")[0]))
    with target.server.at("postgres").connected() as session:
        major = session.info.server_version // 10_000
        version = str(session.info.parameter_status("server_version")).split()[0]
    if major < dump.manifest.server_major:
        raise UsageError(
            f"The dump is of PostgreSQL {dump.manifest.server_version}, and {target.server.shown} has "
            f"{version}.",
            "Restore onto the same major version, or a newer one.",
        )
    return version


def _begun(dump: Dump, target: Target) -> dict[str, Any]:
    """Makes the database; where it is there, gives what is told of the stage that it has reached."""
    if target.server.exists(target.dbname):
        told = scratch.marked(target.server, target.dbname)
        if told["restore"] != dump.manifest.id:
            raise UsageError(
                f"{target.dbname} has part of another backup, {told['restore']}.",
                "Name another database with --into, or drop that one.",
            )
        if told.get("stage") in _STAGES[1:]:
            return told
        scratch.drop(target.server, target.dbname)
    scratch.make(target.server, target.dbname, dump.manifest.properties, owned=target.owned)
    scratch.mark(target.server, target.dbname, restore=dump.manifest.id, stage="made")
    if target.owned:
        scratch.grant(target.server, target.dbname, dump.manifest.properties)
    return {}


def _section(name: str, dump: Dump, target: Target, program: programs.Program) -> None:
    """All of a section of the dump, or nothing."""
    _run([f"--section={name}", "--single-transaction"], dump, target, program)


def _later(target: Target) -> dict[str, int]:
    """How many there are of what the last section makes; extensions bring some of it before."""
    with target.database.connected() as session:
        there = contents.objects_of(session)
    return {kind: there.get(kind, 0) for kind in _LATER}


def _indexes(dump: Dump, target: Target, program: programs.Program, before: dict[str, int] | None) -> None:
    """The last section, unless an earlier restore ended between doing it and saying so.

    `before` are the counts without it, where a restore goes on at this stage.
    """
    if before is None or _later(target) == before:
        _section("post-data", dump, target, program)


def _rows(dump: Dump, target: Target, program: programs.Program, *, begun: bool) -> None:
    """The rows; where an earlier restore has `begun` with them, those of the tables that lack them."""
    complete: list[str] = []
    if begun:
        with target.database.connected() as session:
            complete = contents.complete_tables(session, dump.manifest.contents)
            every = contents.names(session)
    if not complete:
        _run(["--section=data", "--exit-on-error"], dump, target, program)
        return
    with tempfile.NamedTemporaryFile("w", suffix=".list") as file:
        lines = _listed(dump, program)
        left = [line for line in lines if _table_of(line, every) not in complete]
        file.write("\n".join(left))
        file.flush()
        _run(["--section=data", "--exit-on-error", f"--use-list={file.name}"], dump, target, program)


def _table_of(line: str, names: Collection[str]) -> str | None:
    """The table whose rows such a line is about. The owner follows it, and either may have blanks."""
    _, _, told = line.partition(" TABLE DATA ")
    return max((name for name in names if told.startswith(f"{name} ")), key=len, default=None)


def _listed(dump: Dump, program: programs.Program) -> list[str]:
    """The table of contents of a dump, a line an entry."""
    with (
        tempfile.TemporaryFile() as out,
        programs.running(program, ["--list"], stdin=subprocess.PIPE, stdout=out) as run,
    ):
        dump.feed(run)
        out.seek(0)
        return out.read().decode("utf-8", "replace").splitlines()


def _run(arguments: list[str], dump: Dump, target: Target, program: programs.Program) -> None:
    plain = [] if target.owned else ["--no-owner", "--no-privileges"]
    parameters = target.database.to_write()
    with programs.running(program, [*arguments, *plain], parameters, stdin=subprocess.PIPE) as run:
        dump.feed(run)


def _proven(dump: Dump, target: Target) -> None:
    """BackupDamaged where what was restored is not what was dumped."""
    found = found_in(target.database, dump.manifest.contents.digest)
    if told := contents.differences(dump.manifest.contents, found):
        more = f" And {len(told) - 3} more." if len(told) > 3 else ""
        raise BackupDamaged(
            f"What came out of {dump.manifest.key()} is not what went in. {' '.join(told[:3])}{more}",
            "Take another backup, and keep this one for a look at it.",
        )


def found_in(server: Server, digest: Digest) -> Contents:
    """What a database holds, read in one snapshot."""
    with server.connected() as session, contextlib.ExitStack() as stack:
        session.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        stack.callback(session.execute, "ROLLBACK")
        return contents.contents_of(session, digest)
