"""PostgreSQL as the warehouse beside raw psycopg, raw COPY, DuckDB and `postgres-mcp`, in one run.

The name of a demo warehouse that is already there may be given, for more seasons than the two made otherwise.
"""

import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import duckdb
import psycopg
from benchmarks import postgres_peer, recovery

from nba_mcp_synthesis.app import App
from nba_mcp_synthesis.settings import load_settings
from nba_mcp_synthesis.sources.demo.league import simulate
from nba_mcp_synthesis.warehouse.loading import load_demo
from nba_mcp_synthesis.warehouse.postgres.loading import workshop
from nba_mcp_synthesis.warehouse.postgres.publishing import relations
from servers.postgres import PostgresServer, running_postgres

RUNS, SEASONS = 25, 2
QUERIES = {
    "SELECT 1": "SELECT 1",
    "top 10 of all games": "SELECT player_id, SUM(pts) AS pts FROM nba.player_game_stats GROUP BY player_id "
    "ORDER BY pts DESC, player_id LIMIT 10",
    "1,000 x 22": "SELECT game_id, player_id, team_id, game_date, opponent_team_id, is_home, won, started, "
    "position, minutes, plus_minus, season, season_type, fgm, fga, fg3m, fg3a, ftm, fta, oreb, dreb, reb "
    "FROM nba.player_game_stats LIMIT 1000",
}
QUESTIONS = (
    "who led the league in scoring",
    "top 5 in rebounds per game",
    "lakers record",
    "celtics record on the road",
    "heat vs knicks head to head",
    "lakers points per game by month",
    "nuggets longest win streak",
    "players averaging 20+ points and 5+ rebounds",
    "west standings",
    "most points by a team in a game",
)


def median(work: Callable[[], object], runs: int = RUNS) -> float:
    """Median milliseconds, after one run that does not count."""
    work()
    found = []
    for _ in range(runs):
        started = time.perf_counter()
        work()
        found.append(1_000 * (time.perf_counter() - started))
    return statistics.median(found)


def product(url: str, home: Path) -> App:
    """The product over a warehouse."""
    return App(load_settings({"NBA_MCP_WAREHOUSE_URL": url, "NBA_MCP_HOME": str(home)}))


def loaded(url: str, path: Path, home: Path) -> float:
    """Seconds to bring an empty PostgreSQL level with a file."""
    started = time.perf_counter()
    with workshop(lambda: url, home) as made:
        made.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, made)
    return time.perf_counter() - started


def copied(url: str, path: Path) -> float:
    """Seconds to COPY the same rows into tables without keys, indexes or anything else."""
    started = time.perf_counter()
    with (
        duckdb.connect(str(path), read_only=True) as file,
        psycopg.connect(url) as raw,
        tempfile.TemporaryDirectory() as folder,
    ):
        for number, relation in enumerate(relations()):
            bare, names = f"raw_{number}", ", ".join(relation.columns)
            raw.execute(f"CREATE TABLE {bare} (LIKE {relation.server})".encode())
            written = Path(folder) / "rows.csv"
            rows = f"SELECT {names} FROM {relation.file}"
            file.execute(f"COPY ({rows}) TO '{written}' (FORMAT csv, HEADER false)")
            into = f"COPY {bare} ({names}) FROM STDIN (FORMAT csv)"
            with raw.cursor() as cursor, cursor.copy(into.encode()) as copy, written.open("rb") as lines:
                while block := lines.read(1 << 20):
                    copy.write(block)
    return time.perf_counter() - started


def fetched(raw: "psycopg.Connection[tuple[object, ...]]", sql: str) -> list[tuple[object, ...]]:
    """All rows, by psycopg alone."""
    return raw.execute(sql.encode()).fetchall()


def queries(app: App, url: str) -> None:
    """`query_sql` in the process beside psycopg alone."""
    with psycopg.connect(url, autocommit=True) as raw:
        for name, sql in QUERIES.items():
            ours = median(partial(app.queries.run, sql, 10_000))
            theirs = median(partial(fetched, raw, sql))
            print(f"{name:22} {ours:8.2f} ms  raw psycopg {theirs:8.2f} ms  {ours / theirs:5.2f} x")


def questions(apps: dict[str, App]) -> None:
    """The commonest questions on both engines."""
    print(f"{'question':46}" + "".join(f"{name:>12}" for name in apps))
    found: dict[str, list[float]] = {name: [] for name in apps}
    for question in QUESTIONS:
        times = {name: median(partial(app.ask, question), 5) for name, app in apps.items()}
        for name, ms in times.items():
            found[name].append(ms)
        print(f"{question:46}" + "".join(f"{ms:9.1f} ms" for ms in times.values()))
    print(f"{'median':46}" + "".join(f"{statistics.median(ms):9.1f} ms" for ms in found.values()))


def measure(server: PostgresServer, path: Path, home: Path) -> None:
    """All of it."""
    url = server.url(server.create_database()) + "?sslmode=disable"
    ours = loaded(url, path, home)
    raw = copied(url, path)
    print(
        f"loading {path.stat().st_size / 1e6:.0f} MB: {ours:.1f} s, raw COPY {raw:.1f} s, {ours / raw:.2f} x"
    )
    apps = {"duckdb": product(f"duckdb:///{path}", home), "postgres": product(url, home)}
    with ExitStack() as stack:
        for app in apps.values():
            stack.callback(app.warehouse.close)
            stack.callback(app.queries.close)
        queries(apps["postgres"], url)
        questions(apps)
    postgres_peer.compare(url, home, QUERIES)
    recovery.measure()


def main() -> None:
    """Measures the warehouse that is named, or a new one."""
    with tempfile.TemporaryDirectory() as folder, running_postgres() as server:
        path = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(folder) / "demo.duckdb"
        if len(sys.argv) == 1:
            seasons = simulate(SEASONS, 1, processes=2)
            load_demo(path, ((f"season {n}", reading) for n, reading in enumerate(seasons)))
        measure(server, path, Path(folder))


if __name__ == "__main__":
    main()
