"""The calendar of a season."""

from datetime import date

import pytest

from nba_mcp_synthesis.schema.teams import teams
from nba_mcp_synthesis.sources.demo.schedule import fixtures, opening_day, trade_deadline
from sources.demo.conftest import SEED, Database


def test_each_team_plays_41_games_at_home_and_41_away(league: Database) -> None:
    """1,230 games in all, none of them at a neutral site."""
    assert league.value("SELECT count(*) FROM games WHERE NOT is_neutral") == 1230
    for side in ("home_team_id", "away_team_id"):
        counts = league.rows(f"SELECT {side}, count(*) FROM games GROUP BY ALL")
        assert dict(counts) == {team.team_id: 41 for team in teams()}


@pytest.mark.parametrize("year", [1986, 2024, 2025, 2026, 2027, 2028, 2029])
def test_pairs_meet_as_often_as_the_nba_has_it(year: int) -> None:
    """Four times in a division, three or four in a conference, twice otherwise; 52 games in the own."""
    meetings: dict[frozenset[int], int] = {}
    for game in fixtures(SEED, year):
        pair = frozenset((game.home_id, game.away_id))
        meetings[pair] = meetings.get(pair, 0) + 1
    for one in teams():
        counts: dict[str, list[int]] = {"division": [], "conference": [], "other": []}
        for other in teams():
            if other != one:
                kind = "division" if other.division == one.division else "conference"
                kind = kind if other.conference == one.conference else "other"
                counts[kind].append(meetings[frozenset((one.team_id, other.team_id))])
        assert sorted(counts["division"]) == [4] * 4
        assert sorted(counts["conference"]) == [3] * 4 + [4] * 6
        assert sorted(counts["other"]) == [2] * 15


def test_nobody_plays_twice_a_day(league: Database) -> None:
    """And three days running next to never."""
    days = league.rows("""
        SELECT team_id, game_date, games, game_date - lag(game_date, 2) OVER
            (PARTITION BY team_id ORDER BY game_date) AS since_the_last_but_one
        FROM (SELECT team_id, game_date, count(*) AS games FROM team_game_stats GROUP BY ALL)""")
    assert {games for _, _, games, _ in days} == {1}
    assert sum(gap == 2 for *_, gap in days) <= 3


def test_game_ids_follow_the_dates_from_october_to_april(league: Database) -> None:
    """Ids are those of regular season games, numbered in order."""
    rows = league.rows("SELECT game_id, game_date FROM games ORDER BY game_id")
    assert [game_id for game_id, _ in rows] == [f"00225{n:05d}" for n in range(1, 1231)]
    assert [day for _, day in rows] == sorted(day for _, day in rows)
    assert (rows[0][1], rows[-1][1]) == (date(2025, 10, 21), date(2026, 4, 12))


def test_the_season_begins_on_the_nbas_day() -> None:
    """Opening days and trade deadlines of three real seasons."""
    days = [(opening_day(year), trade_deadline(year)) for year in (2023, 2024, 2025)]
    assert days == [
        (date(2023, 10, 24), date(2024, 2, 8)),
        (date(2024, 10, 22), date(2025, 2, 6)),
        (date(2025, 10, 21), date(2026, 2, 5)),
    ]
