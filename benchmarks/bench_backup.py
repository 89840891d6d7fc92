"""Backup and restore against pg_dump and pg_restore alone: time as a ratio, and the memory that ours takes.

bench_backup.py [--mb 512] [--rounds 3]      size of the database; half of it compresses, half does not
"""

import argparse
import contextlib
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from backup_ground import database_at, new_key, opened, said_nothing, taken
from nba_mcp_synthesis.operations.backup.restoring import Target, restore
from nba_mcp_synthesis.operations.backup.store import open_store
from servers.postgres import PostgresServer, programs, running_postgres

if TYPE_CHECKING:
    from nba_mcp_synthesis.operations.backup.manifest import Manifest

MOST_TIMES = 1.3
MOST_MB = 150
# A row of play-by-play takes some 240 bytes in PostgreSQL, and so do these.
_FILL = """CREATE TABLE plays_{n} AS SELECT i AS event, 'Jump shot by player ' || i % 450 AS about,
    i % 60 AS second, random() * 94 AS x, encode(sha512((i * {n})::text::bytea), 'hex') AS noise
    FROM generate_series(1, {rows}) AS i"""


def main() -> None:
    """Measures, prints, and fails where a ratio or the memory is beyond its bound."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mb", type=int, default=512, help="size of the database")
    parser.add_argument("--rounds", type=int, default=3, help="how often each way is taken")
    said = parser.parse_args()
    with running_postgres() as server, tempfile.TemporaryDirectory(prefix="bench-backup-") as folder:
        name = fill(server, said.mb)
        measure(server, name, Path(folder), said.rounds)


def fill(server: PostgresServer, megabytes: int) -> str:
    """A database of that size, in four tables with an index each."""
    name = server.create_database()
    with server.connect(name) as session:
        for number in range(1, 5):
            session.execute(_FILL.format(n=number, rows=megabytes * 1_000).encode())
            session.execute(f"CREATE INDEX ON plays_{number} (event)".encode())
        (found,) = session.execute("SELECT pg_database_size(current_database()) / 1000000").fetchall()[0]
        print(f"The database has {found:,} MB.")
    return name


def measure(server: PostgresServer, name: str, folder: Path, rounds: int) -> None:
    """Each way several times, in turns; the fastest of each counts."""
    key, store = new_key(folder / "identity.txt"), open_store(str(folder / "backups"))
    database, dump = database_at(server.url(name)), folder / "plain.dump"
    made: list[Manifest] = []

    def dump_alone() -> None:
        run("pg_dump", "-Fc", f"--file={dump}", server.url(name))

    def dump_ours() -> None:
        made.append(taken(database, store, key, part_bytes=16 << 20))

    def restore_alone() -> None:
        with emptied(server, "restored_alone"):
            server.create_database("restored_alone")
            run("pg_restore", f"--dbname={server.url('restored_alone')}", str(dump))

    def restore_ours() -> None:
        with emptied(server, "restored_ours"):
            target = Target(database.server, "restored_ours", programs())
            restore(opened(made[-1], store, key), target, said_nothing)

    for what, alone, ours in (("dump", dump_alone, dump_ours), ("restore", restore_alone, restore_ours)):
        compare(what, alone, ours, rounds)


def compare(what: str, alone: Callable[[], None], ours: Callable[[], None], rounds: int) -> None:
    """Prints times and memory; fails where one is beyond its bound."""
    found = [(watched(alone), watched(ours)) for _ in range(rounds)]
    plain, proven = (min(turn[way][0] for turn in found) for way in (0, 1))
    memory = max(turn[1][1] for turn in found)
    print(
        f"{what}: {plain:.2f} s alone, {proven:.2f} s with proof and encryption: {proven / plain:.2f} times "
        f"(at most {MOST_TIMES}), {memory:.0f} MB of memory (at most {MOST_MB})"
    )
    assert proven < MOST_TIMES * plain
    assert memory < MOST_MB


@contextlib.contextmanager
def emptied(server: PostgresServer, name: str) -> Iterator[None]:
    """Drops a database afterwards."""
    try:
        yield
    finally:
        with server.connect() as admin:
            admin.execute(f"DROP DATABASE IF EXISTS {name}".encode())


def run(program: str, *words: str) -> None:
    """A program of PostgreSQL alone."""
    subprocess.run([str(programs() / program), *words], check=True)


def watched(work: Callable[[], object]) -> tuple[float, float]:
    """(seconds, MB of memory of this process beyond that at the start)."""
    process, stop, highest = psutil.Process(), threading.Event(), 0

    def look() -> None:
        nonlocal highest
        while not stop.is_set():
            highest = max(highest, process.memory_info().rss)
            time.sleep(0.02)

    before = process.memory_info().rss
    thread = threading.Thread(target=look)
    thread.start()
    started = time.perf_counter()
    try:
        work()
    finally:
        took = time.perf_counter() - started
        stop.set()
        thread.join()
    return took, (highest - before) / 1e6


if __name__ == "__main__":
    main()
