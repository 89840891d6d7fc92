"""What an attack must not touch: a warehouse with secrets beside what is served, files, and two listeners."""

import contextlib
import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

import small_league

# In every secret; and in a served table, whose values belong into rows but into no error and no log.
SECRET, SERVED = "CANARY", "PIGEON"
TABLES = ("teams", "players", "games", "player_game_stats", "team_game_stats", "play_by_play", "shots")
_FILES = {"secret.txt": "{}", "secret.csv": "k,v\nkey,{}\n", "secret.json": '[{{"k": "key", "v": "{}"}}]'}


@dataclass
class Sink:
    """A listener on loopback; `count` is how many connected."""

    port: int
    count: int = 0


@dataclass(frozen=True)
class Ground:
    """Where attacks are let loose."""

    warehouse: Path
    lake: Path
    out: Path
    tcp: Sink
    http: Sink

    def filled(self, sql: str) -> str:
        """A statement of the corpus with its places filled in."""
        for name, value in (
            ("{LAKE}", str(self.lake)),
            ("{OUT}", str(self.out)),
            ("{SINKPORT}", str(self.tcp.port)),
            ("{HTTP}", f"127.0.0.1:{self.http.port}"),
            ("{DB}", "nba"),
            ("{PGPORT}", str(self.tcp.port)),
        ):
            sql = sql.replace(name, value)
        return sql

    def untouched(self) -> None:
        """Asserts that nobody called and nobody wrote."""
        assert (self.tcp.count, self.http.count) == (0, 0)
        assert list(self.out.iterdir()) == []


@contextlib.contextmanager
def ground(folder: Path, corpus: Path) -> Iterator[Ground]:
    """The ground below `folder`, with the tables of the corpus."""
    lake, out = folder / "lake", folder / "out"
    lake.mkdir()
    out.mkdir()
    for name, text in _FILES.items():
        (lake / name).write_text(text.format(f"{SECRET}_file"))
    with duckdb.connect(str(lake / "other.duckdb")) as other:
        other.execute(f"CREATE TABLE t AS SELECT '{SECRET}_other' AS v")
        other.execute("COPY t TO ? (FORMAT parquet)", [str(lake / "secret.parquet")])
    warehouse = _warehouse(folder / "canaries.duckdb", corpus / "fixtures", lake)
    with _sink() as tcp, _sink() as http:
        yield Ground(warehouse, lake, out, tcp, http)


def statements(corpus: Path, kind: str) -> list[dict[str, Any]]:
    """The lines of one file of the corpus."""
    lines = (corpus / f"{kind}_duckdb.jsonl").read_text("utf-8").split("\n")
    return [json.loads(line) for line in lines if line]


def _warehouse(path: Path, fixtures: Path, lake: Path) -> Path:
    """A warehouse whose tables have the corpus' columns beside their own, and secret ones among them."""
    small_league.build(path)
    with duckdb.connect(str(path)) as made:
        own = {table: made.execute(f"DESCRIBE {table}").fetchall() for table in TABLES}
        for table in TABLES:
            made.execute(f"DROP TABLE {table}")
        for name in ("schema_common.sql", "rows.sql", "fixtures_duckdb.sql"):
            made.execute((fixtures / name).read_text("utf-8").replace("{LAKE}", str(lake)))
        for table, columns in own.items():
            for column, kind, *_ in columns:
                made.execute(f"ALTER TABLE {table} ADD COLUMN IF NOT EXISTS {column} {kind}")
        made.execute(f"UPDATE players SET country = '{SERVED}'")
    return path


@contextlib.contextmanager
def _sink() -> Iterator[Sink]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        sink = Sink(listener.getsockname()[1])
        thread = threading.Thread(target=_count, args=(listener, sink), daemon=True)
        thread.start()
        yield sink
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


def _count(listener: socket.socket, sink: Sink) -> None:
    with contextlib.suppress(OSError):  # the listener was shut down
        while True:
            listener.accept()[0].close()
            sink.count += 1
