"""Figures by period and in the clutch, counted from events, against box scores and a game done by hand."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from basketball.stats.asking import WHOLE, ask, rows, stats_of, told
from nba_mcp_synthesis.basketball.events.counts import COUNTS, counts_sql
from nba_mcp_synthesis.basketball.stats.stats import Stats
from nba_mcp_synthesis.errors import UsageError
from nba_mcp_synthesis.schema.arrow import to_arrow
from nba_mcp_synthesis.sources.base import Batch
from nba_mcp_synthesis.sources.door import find_files
from nba_mcp_synthesis.warehouse.duckdb_engine import DuckDBWarehouse
from nba_mcp_synthesis.warehouse.loading import load_demo, load_files
from small_league import BOS, LAL, SEASON, reading

BOX = "fgm fga fg3m fg3a ftm fta oreb dreb reb ast stl blk tov pf pts"
OPPONENTS = " ".join(f"opp_{count}" for count in BOX.split())


def _summed(stats: Stats, measures: str, by: str) -> dict[str, list[int]]:
    """The measures of each player or team, told by period and added up again."""
    sums: dict[str, list[int]] = {}
    for (who, _), values in told(stats, measures, f"{by} period").items():
        before = sums.setdefault(who, [0] * len(values))
        sums[who] = [a + b for a, b in zip(before, values, strict=True)]
    return sums


def test_periods_of_players_sum_to_their_box_scores(demo: Stats) -> None:
    """Every count of every player, added up over the periods of the events, is that of his season."""
    measures = f"{BOX} blka pfd"
    whole = {who: list(values) for who, values in told(demo, measures, "player").items() if any(values)}
    assert len(whole) > 400
    assert _summed(demo, measures, "player") == whole


def test_periods_of_teams_sum_to_their_box_scores(demo: Stats) -> None:
    """The same of teams and of what they allow, team turnovers included and team rebounds not."""
    measures = f"{BOX} {OPPONENTS}"
    whole = {who: list(values) for who, values in told(demo, measures, "team").items()}
    assert len(whole) == 30
    assert _summed(demo, measures, "team") == whole


@pytest.mark.parametrize("quarter", [1, 2, 3, 4])
def test_quarter_points_of_events_are_those_of_line_scores(
    demo: Stats, demo_warehouse: DuckDBWarehouse, quarter: int
) -> None:
    """In every game both teams' points of a quarter are the same by events and by line score."""
    by_events = rows(demo, "pts opp_pts", "team game", where=(f"period={quarter}",))
    line_scores = demo_warehouse.read(
        f"SELECT t.full_name, s.game_id, s.pts_q{quarter}, o.pts_q{quarter} FROM team_game_stats AS s "
        "JOIN teams AS t USING (team_id) "
        "JOIN team_game_stats AS o ON o.game_id = s.game_id AND o.team_id = s.opponent_team_id"
    ).rows
    assert len(line_scores) == 2460
    assert sorted(by_events) == sorted(line_scores)


def test_quarters_and_halves_of_players_sum_to_their_points(demo: Stats) -> None:
    """Quarters and overtime make the points; two quarters make a half."""
    names = "pts_q1 pts_q2 pts_q3 pts_q4 pts_ot pts_h1 pts_h2 pts"
    for q1, q2, q3, q4, ot, h1, h2, pts in told(demo, names, "player").values():
        assert q1 + q2 + q3 + q4 + ot == pts
        assert (q1 + q2, q3 + q4) == (h1, h2)


def test_quarter_points_per_game_are_over_all_games(demo: Stats, demo_warehouse: DuckDBWarehouse) -> None:
    """A player's average of a quarter is by all games that he played."""
    found = told(demo, "pts_q4_per_game", "player")
    points = demo_warehouse.read(
        "SELECT p.full_name, COALESCE(SUM(e.shot_value), 0) FROM players AS p LEFT JOIN play_by_play AS e "
        "ON e.player_id = p.player_id AND e.is_made AND e.period = 4 GROUP BY ALL"
    ).rows
    games = told(demo, "gp", "player")
    assert len(found) > 400
    assert all(found[name][0] == pytest.approx(n / games[name][0]) for name, n in points if name in found)


def test_team_quarters_are_read_from_line_scores(demo: Stats) -> None:
    """Where box scores have a quarter, no event is counted."""
    found = ask(demo, "pts_q1 opp_pts_q1 pts_ot", "team")
    assert "period_stats" not in found.result.sql


def test_shooting_by_period_is_of_the_events(demo: Stats, demo_warehouse: DuckDBWarehouse) -> None:
    """Effective field goal percentage in the second half, against SQL over the events."""
    found = told(demo, "efg_pct", "team", where=("half=second",))
    counted = demo_warehouse.read(
        "SELECT t.full_name, SUM(CASE WHEN event_type = 'missed_shot' THEN 0 WHEN shot_value = 3 THEN 1.5 "
        "ELSE 1 END) / COUNT(*) FROM play_by_play JOIN teams AS t USING (team_id) "
        "WHERE event_type IN ('made_shot', 'missed_shot') AND period IN (3, 4) GROUP BY 1"
    ).rows
    assert {name: (pytest.approx(value),) for name, value in counted} == found


def test_the_clutch_is_the_end_of_a_close_game(demo: Stats, demo_warehouse: DuckDBWarehouse) -> None:
    """Clutch points of every player, against all baskets replayed one by one."""
    baskets = demo_warehouse.query(
        "SELECT game_id, period, clock_seconds, player_id, shot_value, home_score - away_score "
        "FROM play_by_play WHERE is_made ORDER BY game_id, event_num"
    )
    assert not baskets.truncated
    sums: Counter[int] = Counter()
    last, margin = "", 0
    for game, period, clock, player, points, after in baskets.rows:
        before = margin if game == last else 0
        last, margin = game, after
        if period >= 4 and clock <= 300 and abs(before) <= 5:
            sums[player] += points
    names: dict[int, str] = dict(demo_warehouse.read("SELECT player_id, full_name FROM players").rows)
    found = {who: n for who, (n,) in told(demo, "clutch_pts", "player").items() if n}
    assert len(found) > 200
    assert found == {names[player]: n for player, n in sums.items()}
    assert found == {who: n for who, (n,) in told(demo, "pts", "player", where=("clutch=yes",)).items() if n}


# Events of one game: period, seconds left, what, whose, whose else, whether made, value, score after it.
LATE = (
    (3, 200, "made_shot", BOS, 4, None, True, 2, 96, 95),
    (4, 301, "made_shot", LAL, 2, None, True, 2, 98, 95),  # a second too early
    (4, 300, "made_shot", LAL, 1, 2, True, 2, 100, 95),
    (4, 200, "made_shot", BOS, 3, None, True, 3, 100, 98),  # five behind before it
    (4, 100, "made_shot", LAL, 1, None, True, 3, 103, 98),
    (4, 50, "free_throw", LAL, 2, None, True, 1, 104, 98),  # five ahead before it, six after
    (4, 40, "made_shot", BOS, 3, None, True, 2, 104, 100),  # six behind before it
    (4, 30, "missed_shot", BOS, 3, 1, False, 2, 104, 100),
    (4, 29, "rebound", LAL, None, None, None, None, 104, 100),  # the team's
    (5, 290, "turnover", BOS, 4, 2, None, None, 104, 104),
)
OTHERS = {"made_shot": "assist_player_id", "missed_shot": "block_player_id", "turnover": "steal_player_id"}


@pytest.fixture(scope="module")
def by_hand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DuckDBWarehouse]:
    """The small league with the end of one game."""
    events = [_event(n, late) for n, late in enumerate(LATE)]
    columns = {name: [event[name] for event in events] for name in events[0]}
    batch = Batch("play_by_play", to_arrow("play_by_play", columns))
    path = tmp_path_factory.mktemp("late") / "late.duckdb"
    load_demo(path, [("late", replace(reading(), batches=(*reading().batches, batch)))])
    warehouse = DuckDBWarehouse(path)
    yield warehouse
    warehouse.close()


def _event(n: int, late: tuple[Any, ...]) -> dict[str, object]:
    period, clock, kind, team, player, other, made, value, home, away = late
    others = {column: other if of == kind else None for of, column in OTHERS.items()}
    plain = {"game_id": "0022500001", "event_num": n, "period": period, "clock_seconds": float(clock)}
    what = {"event_type": kind, "team_id": team, "player_id": player, "is_made": made, "shot_value": value}
    return {**SEASON, **plain, **what, **others, "home_score": home, "away_score": away}


def test_a_clutch_done_by_hand(by_hand: DuckDBWarehouse) -> None:
    """The score before an event counts, the clock to the second, and each act for who did it."""
    found = told(stats_of(by_hand), "pts fgm fga ast blk stl tov reb", "player", where=("clutch=yes",))
    assert found == {
        "Ada Test": (5, 2, 2, 0, 1, 0, 0, 0),
        "Ben Test": (1, 0, 0, 1, 0, 1, 0, 0),
        "Cid Sample": (3, 1, 2, 0, 0, 0, 0, 0),
        "Dag Sample": (0, 0, 0, 0, 0, 0, 1, 0),
    }


def test_a_team_in_the_clutch_done_by_hand(by_hand: DuckDBWarehouse) -> None:
    """A team's rebounds are its players'; what opponents did counts against it."""
    found = told(stats_of(by_hand), "pts opp_pts reb fga opp_fga", "team", where=("clutch=yes",))
    assert found == {"Los Angeles Lakers": (6, 3, 0, 2, 2), "Boston Celtics": (3, 6, 0, 2, 2)}


def test_periods_and_halves_done_by_hand(by_hand: DuckDBWarehouse) -> None:
    """The third period is in the second half; overtime is in neither."""
    stats = stats_of(by_hand)
    assert told(stats, "pts", "half") == {"second": (15,), "overtime": (0,)}
    assert told(stats, "pts", "period") == {3: (2,), 4: (13,), 5: (0,)}


def test_a_few_games_are_flagged_as_such(real: Stats) -> None:
    """Where events of a season are lacking, they are refused or flagged."""
    with pytest.raises(UsageError, match="nothing loaded"):
        ask(real, "pts", "player", where=("period=4",))


def test_what_events_cannot_tell_is_refused(demo: Stats) -> None:
    """Games, minutes and the most in a game are not to be had of periods."""
    for measures in ("pts_per_game", "gp", "minutes", "usg_pct", "pts_high", "pts_per_36"):
        with pytest.raises(UsageError, match="nothing loaded that gives"):
            ask(demo, measures, "player", where=("period=4",))


# Two queries over the same columns: the rows that only one of them has.
EITHER = "(({0}) EXCEPT ALL ({1})) UNION ALL (({1}) EXCEPT ALL ({0}))"


@pytest.fixture(scope="module")
def recorded_warehouse(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> DuckDBWarehouse:
    """Every real play-by-play."""
    path = tmp_path_factory.mktemp("recorded") / "w.duckdb"
    load_files(path, find_files([real_data / "nba_api_recorded", real_data / "pbpstats_samples"]))
    return DuckDBWarehouse(path, WHOLE)


@pytest.fixture(scope="module", params=["demo_warehouse", "recorded_warehouse"])
def events(request: pytest.FixtureRequest) -> DuckDBWarehouse:
    """A whole demo season, and every real play-by-play."""
    warehouse: DuckDBWarehouse = request.getfixturevalue(request.param)
    return warehouse


def assert_same(warehouse: DuckDBWarehouse, one: str, other: str, least: int) -> None:
    """Asserts that two queries have the same rows, `least` or more."""
    assert warehouse.query(f"SELECT count(*) FROM ({one})").rows[0][0] >= least
    assert warehouse.query(EITHER.format(one, other)).rows == ()


def test_periods_add_up_to_the_events(events: DuckDBWarehouse) -> None:
    """Over all periods, each count of every player and team is that of another query over the events."""
    counts = (*COUNTS, "blka", "pfd")
    ours = ", ".join(f"SUM({name})::BIGINT" for name in counts)
    periods = f"SELECT game_id, team_id, player_id, {ours} FROM player_period_stats GROUP BY ALL"
    theirs = f"SELECT game_id, team_id, player_id, {', '.join(counts)} FROM ({counts_sql()})"
    assert_same(events, periods, theirs, least=100)


def test_teams_are_their_players_and_their_opponents_opponents(events: DuckDBWarehouse) -> None:
    """What its players and nobody did is a team's, team rebounds apart; it counts against the other team."""
    key, any_count = "game_id, period, clutch, team_id", " + ".join(COUNTS)
    sums = ", ".join(
        f"COALESCE(SUM({n}) FILTER (player_id IS NOT NULL OR '{n}' NOT LIKE '%reb'), 0)::BIGINT AS {n}"
        for n in COUNTS
    )
    players = f"SELECT {key}, {sums} FROM player_period_stats GROUP BY ALL"
    teams = f"SELECT {key}, {', '.join(COUNTS)} FROM team_period_stats WHERE {any_count} > 0"
    assert_same(events, f"FROM ({players}) WHERE {any_count} > 0", teams, least=50)
    key, other = "game_id, period, clutch, team_id", "game_id, period, clutch, opponent_team_id"
    allowed = f"SELECT {other}, {', '.join(f'opp_{n}' for n in COUNTS)} FROM team_period_stats"
    assert_same(events, f"SELECT {key}, {', '.join(COUNTS)} FROM team_period_stats", allowed, least=50)
