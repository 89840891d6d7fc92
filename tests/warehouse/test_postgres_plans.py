"""How the server finds rows: six filled seasons beside the small league, and the tools' queries."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from nba_mcp_synthesis.app import App
from nba_mcp_synthesis.basketball.box_score import box_score
from nba_mcp_synthesis.settings import load_settings
from servers.leagues import load_small
from servers.postgres import PostgresServer

# The filled games, 1,200 a season, and the team and player of a row in one.
_GAME = """SELECT '0' || (2000000 + g)::text AS game_id, 2019 + g % 6 || '-' || 20 + g % 6 AS season,
'Regular Season' AS season_type, DATE '2020-10-20' + g / 8 AS game_date, g
FROM generate_series(1, 7200) AS g"""
_TEAM = "1610612737 + (g * 7 + n * 11) % 30"
_PLAYER = "1000 + (g % 6) * 100 + (g * 3 + n * 17) % 500"
_FILLED = {
    "games": (1, "game_id, season, season_type, game_date", ""),
    "team_game_stats": (2, "game_id, season, season_type, game_date, team_id, pts", f", {_TEAM}, 100 + n"),
    "player_game_stats": (
        20,
        "game_id, season, season_type, game_date, player_id, team_id, pts",
        f", 1000 + g % 25 * 20 + n, {_TEAM}, n",
    ),
    "play_by_play": (60, "game_id, season, season_type, event_num", ", n"),
    "shots": (40, "game_id, season, season_type, game_date, shot_id, player_id", f", g * 100 + n, {_PLAYER}"),
    "player_period_stats": (
        40,
        "game_id, season, season_type, game_date, period, clutch, team_id, player_id",
        f", 1 + n % 4, false, {_TEAM}, 1000 + n",
    ),
    "team_period_stats": (
        8,
        "game_id, season, season_type, game_date, period, clutch, team_id",
        ", 1 + n % 4, false, n",
    ),
}
QUESTIONS = (
    "who led the league in scoring",
    "top 5 in rebounds per game",
    "lakers record",
    "celtics record on the road",
    "lakers vs celtics head to head",
    "lakers points per game by month",
    "lakers longest win streak",
    "players averaging 10+ points",
    "most points by a team in a game",
    "west standings",
)
# What people and models send by themselves.
SENT = {
    "a player's season": "SELECT game_date, pts FROM player_game_stats WHERE player_id = 1107 "
    "AND season = '2022-23' AND season_type = 'Regular Season'",
    "a player's shots": "SELECT x, y, is_made FROM shots WHERE player_id = 1107 AND season = '2022-23' "
    "AND season_type = 'Regular Season'",
    "a game's events": "SELECT * FROM play_by_play WHERE game_id = '02000007' ORDER BY event_num",
    "a season's events": "SELECT game_id, count(*) FROM play_by_play WHERE season = '2022-23' "
    "AND season_type = 'Regular Season' GROUP BY game_id",
    "a day's games": "SELECT * FROM games WHERE game_date = DATE '2022-12-25'",
    "a season's best": "SELECT player_id, sum(pts) FROM player_game_stats WHERE season = '2022-23' "
    "AND season_type = 'Regular Season' GROUP BY player_id ORDER BY 2 DESC LIMIT 10",
}


@pytest.fixture(scope="module")
def url(postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a warehouse with some seven hundred thousand rows."""
    found = postgres_server.url(postgres_server.create_database()) + "?sslmode=disable"
    load_small(found, tmp_path_factory.mktemp("home"))
    with psycopg.connect(found, autocommit=True) as admin:
        for table, (times, columns, more) in _FILLED.items():
            own = ", ".join(name for name in columns.split(", ") if name in _GAME)
            rows = f"SELECT {own}{more} FROM ({_GAME}) AS game, generate_series(1, {times}) AS n"
            admin.execute(f"INSERT INTO nba.{table} ({columns}) {rows} ON CONFLICT DO NOTHING".encode())
            admin.execute(f"VACUUM ANALYZE nba.{table}".encode())
    return found


@pytest.fixture
def app(url: str, tmp_path: Path) -> Iterator[App]:
    """The product over it."""
    app = App(load_settings({"NBA_MCP_WAREHOUSE_URL": url, "NBA_MCP_HOME": str(tmp_path)}))
    yield app
    app.warehouse.close()


def read_whole(url: str, sql: str) -> set[str]:
    """The filled tables that a statement would read from end to end."""
    with psycopg.connect(url) as session:
        session.execute(b"SET search_path = nba")
        session.execute(b"SET cursor_tuple_fraction = 1.0")
        plan = [row[0] for row in session.execute(f"EXPLAIN {sql}".encode()).fetchall()]
    scans = [line.partition("Seq Scan on ")[2].split()[0] for line in plan if "Seq Scan on " in line]
    return set(scans) & (_FILLED.keys() - {"games"})  # a row a game: joined whole where it is joined


@pytest.mark.parametrize("sql", SENT.values(), ids=SENT)
def test_a_season_a_player_and_a_game_are_found_by_index(url: str, sql: str) -> None:
    """As the planner decides, with nothing switched off."""
    assert read_whole(url, sql) == set()


def test_without_a_condition_a_table_is_read_whole(url: str) -> None:
    """So that the others can fail."""
    assert read_whole(url, "SELECT sum(pts) FROM player_game_stats") == {"player_game_stats"}


def seen(app: App, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is sent to the server from here on."""
    query, found = app.warehouse.query, list[str]()

    def noting(sql: str, *more: Any) -> Any:
        found.append(sql)
        return query(sql, *more)

    monkeypatch.setattr(app.warehouse, "query", noting)
    return found


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_question_reads_a_large_table_whole(
    app: App, url: str, question: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asked a second time: what is counted once for a state of the warehouse may read all."""
    app.ask(question)
    sent = seen(app, monkeypatch)
    answer = app.ask(question)
    assert answer.status == "answered", answer.text
    assert {sql: tables for sql in sent if (tables := read_whole(url, sql))} == {}


def test_a_box_score_is_found_by_index(app: App, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The game, both teams, all players."""
    sent = seen(app, monkeypatch)
    box_score(app.warehouse, "0022500001")
    assert len(sent) == 3
    assert [read_whole(url, sql) for sql in sent] == [set()] * 3
