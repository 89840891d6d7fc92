"""Events of real games against what else was recorded of them: shot charts and the league's rotation."""

from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from nba_mcp_synthesis.basketball.events.lineups import Stint, lineups
from nba_mcp_synthesis.sources.base import Outside
from nba_mcp_synthesis.sources.door import find_files, recognise
from nba_mcp_synthesis.sources.stats_api import recorded_answers, result_sets
from nba_mcp_synthesis.warehouse.duckdb_engine import DuckDBWarehouse
from nba_mcp_synthesis.warehouse.loading import load_files

CASSETTES = Path("nba_api_recorded", "cassettes", "smoke")
ROTATION = CASSETTES / "test_endpoints[GameRotation].yaml"
PLAY_BY_PLAY = CASSETTES / "test_endpoints[PlayByPlayV3].yaml"
Stays = dict[tuple[int, int], list[tuple[float, float]]]


@pytest.fixture(scope="module")
def warehouse(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> DuckDBWarehouse:
    """The recorded games with events, two of them with shot charts."""
    path = tmp_path_factory.mktemp("events") / "w.duckdb"
    samples = real_data / "pbpstats_samples"
    load_files(path, find_files([samples / "pbp", samples / "game_details", real_data / PLAY_BY_PLAY]))
    return DuckDBWarehouse(path)


@pytest.mark.parametrize(("game_id", "shots"), [("0021600270", 193), ("0022100732", 170)])
def test_every_shot_of_a_shot_chart_has_its_event(
    warehouse: DuckDBWarehouse, game_id: str, shots: int
) -> None:
    """By the NBA's number each shot is one event: of the same player, team, period, second and result."""
    sql = f"""
        SELECT count(*), count(DISTINCT e.event_num),
               count(*) FILTER (e.player_id = s.player_id AND e.team_id = s.team_id AND e.period = s.period
                                AND floor(e.clock_seconds) = s.clock_seconds AND e.is_made = s.is_made
                                AND e.event_type IN ('made_shot', 'missed_shot'))
        FROM shots s LEFT JOIN play_by_play e
          ON e.game_id = s.game_id AND s.shot_id = e.game_id || '-' || e.nba_event_num
        WHERE s.game_id = '{game_id}'"""
    assert warehouse.query(sql).rows == ((shots, shots, shots),)
    sql = f"""
        SELECT count(*) FROM play_by_play
        WHERE game_id = '{game_id}' AND event_type IN ('made_shot', 'missed_shot')"""
    assert warehouse.query(sql).rows == ((shots,),)


def test_the_nba_numbers_an_event_once(warehouse: DuckDBWarehouse) -> None:
    """In all four games, from four feeds, every event has a number of its own."""
    sql = """
        SELECT count(DISTINCT game_id), count(*) - count(DISTINCT (game_id, nba_event_num)),
               count(*) FILTER (nba_event_num IS NULL)
        FROM play_by_play"""
    assert warehouse.query(sql).rows == ((4, 0, 0),)


def test_who_was_on_the_court_is_what_the_league_says(warehouse: DuckDBWarehouse, real_data: Path) -> None:
    """All 72 stays of its rotation, from the second of coming to that of going.

    Ours come from the events; only who started the overtime for one team had to be stated.
    """
    sql = "SELECT * FROM play_by_play WHERE game_id = '0022200552' ORDER BY event_num"
    result = warehouse.query(sql)
    events = [dict(zip(result.columns, row, strict=True)) for row in result.rows]
    found = lineups(events)
    assert (len(events), found.unknown) == (546, [])
    published = _published(real_data)
    assert sum(map(len, published.values())) == 72
    assert _joined(found.stints) == published


def _published(real_data: Path) -> Stays:
    (file,) = find_files([real_data / ROTATION])
    ((_, answer),) = recorded_answers(file, "gamerotation")
    stays: Stays = defaultdict(list)
    for table in result_sets(answer).values():
        for values in table["rowSet"]:
            row: dict[str, Any] = dict(zip(table["headers"], values, strict=True))
            times = row["IN_TIME_REAL"] / 10, row["OUT_TIME_REAL"] / 10
            stays[row["TEAM_ID"], row["PERSON_ID"]].append(times)
    return {player: sorted(times) for player, times in stays.items()}


def _joined(stints: list[Stint]) -> Stays:
    """Stays without the ends of periods: who ends one and begins the next never left."""
    stays: Stays = defaultdict(list)
    for stint in sorted(stints, key=lambda stint: stint.start):
        times = stays[stint.team_id, stint.player_id]
        begin = times.pop()[0] if times and times[-1][1] == stint.start else stint.start
        times.append((begin, stint.end))
    return dict(stays)


def test_the_rotation_is_known_and_feeds_no_table(real_data: Path) -> None:
    """It tells nothing that the events do not, and is reported with that reason."""
    (file,) = find_files([real_data / ROTATION])
    found = recognise(file)
    assert isinstance(found, Outside)
    assert (found.name, found.why) == ("gamerotation", "who was on the court follows from play-by-play")
