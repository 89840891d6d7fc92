"""Every count of the box scores, computed again from the events by another path: SQL."""

from itertools import chain

import pytest

from sources.demo.conftest import Database

SHOT = "event_type IN ('made_shot', 'missed_shot')"
# count: (who, which events, how much each counts)
COUNTS = {
    "fgm": ("player_id", "event_type = 'made_shot'", "1"),
    "fga": ("player_id", SHOT, "1"),
    "fg3m": ("player_id", "event_type = 'made_shot' AND shot_value = 3", "1"),
    "fg3a": ("player_id", f"{SHOT} AND shot_value = 3", "1"),
    "ftm": ("player_id", "event_type = 'free_throw' AND is_made", "1"),
    "fta": ("player_id", "event_type = 'free_throw'", "1"),
    "oreb": ("player_id", "event_type = 'rebound' AND event_subtype = 'offensive'", "1"),
    "dreb": ("player_id", "event_type = 'rebound' AND event_subtype = 'defensive'", "1"),
    "reb": ("player_id", "event_type = 'rebound'", "1"),
    "ast": ("assist_player_id", "event_type = 'made_shot'", "1"),
    "stl": ("steal_player_id", "event_type = 'turnover'", "1"),
    "blk": ("block_player_id", "event_type = 'missed_shot'", "1"),
    "tov": ("player_id", "event_type = 'turnover'", "1"),
    "pf": ("player_id", "event_type = 'foul'", "1"),
    "pts": ("player_id", "is_made", "shot_value"),
}
SEASON_ONLY = {
    "blka": ("player_id", "event_type = 'missed_shot' AND block_player_id IS NOT NULL", "1"),
    "pfd": ("fouled_player_id", "event_type = 'foul'", "1"),
}
ADDED_UP = (*COUNTS, "minutes", "plus_minus")


@pytest.mark.parametrize("count", COUNTS)
def test_player_counts_are_what_the_events_say(league: Database, count: str) -> None:
    """No player and game has another count than the events, and no event is of a missing player."""
    who, which, amount = COUNTS[count]
    wrong = league.rows(f"""
        SELECT game_id, player_id, n, {count} FROM (
            SELECT game_id, {who} AS player_id, sum({amount}) AS n
            FROM play_by_play WHERE {which} AND {who} IS NOT NULL GROUP BY ALL)
        FULL JOIN player_game_stats USING (game_id, player_id)
        WHERE coalesce(n, 0) IS DISTINCT FROM {count}""")
    assert wrong == []
    assert league.value(f"SELECT sum({count}) FROM player_game_stats") > 0


@pytest.mark.parametrize("count", [*COUNTS, *SEASON_ONLY])
def test_season_counts_are_what_the_events_say(league: Database, count: str) -> None:
    """The all-teams row of a player holds the count of all his events."""
    who, which, amount = (COUNTS | SEASON_ONLY)[count]
    wrong = league.rows(f"""
        SELECT player_id, n, {count} FROM (
            SELECT {who} AS player_id, sum({amount}) AS n
            FROM play_by_play WHERE {which} AND {who} IS NOT NULL GROUP BY ALL)
        FULL JOIN (FROM player_season_stats WHERE team_id IS NULL) USING (player_id)
        WHERE coalesce(n, 0) IS DISTINCT FROM {count}""")
    assert wrong == []


def test_starters_are_those_named_before_they_come_in(league: Database) -> None:
    """Five start for each team, and the box score and the events agree on who they are."""
    assert (
        league.rows("""
        SELECT game_id, player_id
        FROM (SELECT game_id, player_id, bool_or(started) AS s FROM court GROUP BY ALL)
        FULL JOIN player_game_stats USING (game_id, player_id) WHERE s IS DISTINCT FROM started""")
        == []
    )
    assert league.rows("""
        SELECT DISTINCT starters, centres FROM (
            SELECT count_if(started) AS starters, count_if(position = 'C') AS centres
            FROM player_game_stats GROUP BY game_id, team_id)""") == [(5, 1)]


def test_minutes_are_those_between_substitutions(league: Database) -> None:
    """Seconds from coming in to going out, added up, are the minutes of everybody who played."""
    assert (
        league.rows("""
        SELECT game_id, player_id, s, minutes FROM (
            SELECT game_id, player_id, sum(last_second - first_second) AS s FROM court GROUP BY ALL)
        FULL JOIN player_game_stats USING (game_id, player_id)
        WHERE s IS DISTINCT FROM round(minutes * 60, 9) OR s <= 0""")
        == []
    )


@pytest.mark.parametrize(
    "within",
    [
        "event_num > first_event AND event_num <= last_event",
        "elapsed > first_second AND elapsed <= last_second",
    ],
    ids=["by order of events", "by the clock"],
)
def test_plus_minus_is_the_score_while_on_the_court(league: Database, within: str) -> None:
    """Points for less points against in a player's stints; the two usual rules come to the same."""
    assert (
        league.rows(f"""
        WITH scored AS (
            SELECT court.game_id, court.player_id, sum(CASE court.team_id WHEN home_team_id
                THEN home_points - away_points ELSE away_points - home_points END) AS n
            FROM court JOIN (FROM event WHERE home_points + away_points > 0) AS basket
                ON basket.game_id = court.game_id AND {within}
            GROUP BY ALL)
        SELECT game_id, player_id, n, plus_minus
        FROM player_game_stats LEFT JOIN scored USING (game_id, player_id)
        WHERE coalesce(n, 0) <> plus_minus""")
        == []
    )


@pytest.mark.parametrize("count", [c for c in ADDED_UP if c not in ("tov", "plus_minus")])
def test_team_counts_are_the_sums_of_the_players(league: Database, count: str) -> None:
    """A team's count in a game is what its players have together."""
    assert (
        league.rows(f"""
        SELECT game_id, team_id, n, {count}
        FROM (SELECT game_id, team_id, sum({count}) AS n FROM player_game_stats GROUP BY ALL)
        FULL JOIN team_game_stats USING (game_id, team_id)
        WHERE abs(n - {count}) IS DISTINCT FROM 0 AND coalesce(abs(n - {count}), 1) > 1e-9""")
        == []
    )


def test_team_turnovers_are_charged_to_no_player(league: Database) -> None:
    """Team tov counts all turnovers, player_tov those with a player; there are some without."""
    assert (
        league.rows("""
        SELECT game_id, team_id FROM (
            SELECT game_id, team_id, count(*) AS n, count(player_id) AS charged
            FROM play_by_play WHERE event_type = 'turnover' GROUP BY ALL)
        FULL JOIN team_game_stats USING (game_id, team_id)
        WHERE (n, charged) IS DISTINCT FROM (tov, player_tov)""")
        == []
    )
    assert 0.3 < league.value("SELECT avg(tov - player_tov) FROM team_game_stats") < 1.2


def test_scores_and_winners_are_those_of_the_last_event(league: Database) -> None:
    """Games, both team rows and the final score of the events say the same."""
    assert (
        league.rows("""
        SELECT g.game_id FROM games g
        JOIN (SELECT game_id, max(home_score) AS h, max(away_score) AS a, max(period) AS p
              FROM play_by_play GROUP BY game_id) e USING (game_id)
        JOIN team_game_stats t USING (game_id)
        WHERE (home_pts, away_pts, periods) <> (h, a, p)
           OR (is_home, t.team_id, opponent_team_id, t.pts, opp_pts, plus_minus, won) <>
              if(is_home, (true, home_team_id, away_team_id, h, a, h - a, h > a),
                          (false, away_team_id, home_team_id, a, h, a - h, a > h))""")
        == []
    )


def test_quarter_points_follow_from_the_events(league: Database) -> None:
    """Points of each quarter, the overtimes being what is left."""
    for quarter in range(1, 5):
        assert (
            league.rows(f"""
            SELECT game_id, team_id FROM team_game_stats JOIN (
                SELECT game_id, sum(home_points) AS h, sum(away_points) AS a
                FROM event WHERE period = {quarter} GROUP BY game_id) USING (game_id)
            WHERE pts_q{quarter} <> if(is_home, h, a)""")
            == []
        )
    beyond = "pts - (pts_q1 + pts_q2 + pts_q3 + pts_q4)"
    assert league.value(f"""
        SELECT bool_and(({beyond} > 0) = (periods > 4)) FROM team_game_stats JOIN games USING (game_id)""")


def test_points_in_the_paint_and_of_the_bench(league: Database) -> None:
    """Paint points are made shots of the two zones near the rim, bench points those of substitutes."""
    assert (
        league.rows("""
        SELECT game_id, team_id FROM team_game_stats JOIN (
            SELECT game_id, team_id, sum(shot_value) AS n FROM shots
            WHERE is_made AND zone IN ('Restricted Area', 'In The Paint (Non-RA)') GROUP BY ALL
        ) USING (game_id, team_id) WHERE n <> pts_paint""")
        == []
    )
    assert (
        league.rows("""
        SELECT game_id, team_id FROM team_game_stats JOIN (
            SELECT game_id, team_id, sum(pts) AS n FROM player_game_stats WHERE NOT started GROUP BY ALL
        ) USING (game_id, team_id) WHERE n <> pts_bench""")
        == []
    )


def test_leads_follow_from_the_order_of_baskets(league: Database) -> None:
    """Largest leads, changes of the leader and ties after the first basket."""
    assert (
        league.rows("""
        WITH score AS (
            SELECT game_id, event_num, home_score - away_score AS lead FROM event
            WHERE home_points + away_points > 0
        ), step AS (
            SELECT *, lag(sign(lead)) OVER (PARTITION BY game_id ORDER BY event_num) AS before FROM (
                FROM score WHERE lead <> 0)
        ), found AS (
            SELECT game_id, max(greatest(lead, 0)) AS home, max(greatest(-lead, 0)) AS away,
                   count_if(lead = 0) AS ties
            FROM score GROUP BY game_id
        ), change AS (
            SELECT game_id, count_if(sign(lead) <> before) AS changes FROM step GROUP BY game_id
        )
        SELECT game_id FROM team_game_stats JOIN found USING (game_id) JOIN change USING (game_id)
        WHERE (biggest_lead, lead_changes, times_tied) <> (if(is_home, home, away), changes, ties)""")
        == []
    )


@pytest.mark.parametrize("count", ADDED_UP)
def test_season_rows_are_the_sums_of_the_games(league: Database, count: str) -> None:
    """Players with and without a team, teams, and what their opponents had against them."""
    for table, keys, games, name in (
        ("player_season_stats", "player_id, team_id", "player_game_stats", count),
        ("team_season_stats", "team_id", "team_game_stats", count),
        ("team_season_stats", "team_id", "against", f"opp_{count}"),
    ):
        if name in ("opp_minutes", "opp_plus_minus"):
            continue
        assert (
            league.rows(f"""
            WITH against AS (
                SELECT o.* REPLACE (o.opponent_team_id AS team_id) FROM team_game_stats o),
            total AS (SELECT {keys}, sum({count}) AS n FROM {games} GROUP BY ALL)
            SELECT * FROM total FULL JOIN (FROM {table} WHERE team_id IS NOT NULL) s USING ({keys})
            WHERE coalesce(abs(n - s.{name}), 1) > 1e-6""")
            == []
        )
    assert (
        league.rows(f"""
        SELECT player_id FROM player_season_stats GROUP BY player_id
        HAVING abs(sum({count}) FILTER (team_id IS NULL)
                 - sum({count}) FILTER (team_id IS NOT NULL)) > 1e-6""")
        == []
    )


def test_season_records_count_games_won_and_lost(league: Database) -> None:
    """gp, wins and losses of players' all-teams rows and of teams."""
    for table, games, key in (
        ("player_season_stats", "player_game_stats", "player_id"),
        ("team_season_stats", "team_game_stats", "team_id"),
    ):
        whole = "WHERE team_id IS NULL" if key == "player_id" else ""
        assert (
            league.rows(f"""
            SELECT {key} FROM (
                SELECT {key}, count(*) AS n, count_if(won) AS w FROM {games} GROUP BY ALL)
            FULL JOIN (FROM {table} {whole}) USING ({key})
            WHERE (n, w, n - w) IS DISTINCT FROM (gp, wins, losses)""")
            == []
        )


def test_double_doubles_and_triple_doubles(league: Database) -> None:
    """dd2 counts games with two categories of ten or more, td3 those with three."""
    tens = " + ".join(f"({c} >= 10)::int" for c in ("pts", "reb", "ast", "stl", "blk"))
    assert (
        league.rows(f"""
        SELECT player_id FROM (
            SELECT player_id, count_if({tens} >= 2) AS d, count_if({tens} >= 3) AS t
            FROM player_game_stats GROUP BY ALL)
        JOIN (FROM player_season_stats WHERE team_id IS NULL) USING (player_id)
        WHERE (d, t) <> (dd2, td3)""")
        == []
    )
    assert league.value("SELECT sum(td3) FROM player_season_stats") > 20


def test_a_traded_player_has_a_row_a_team_and_one_for_all(league: Database) -> None:
    """Somebody was traded; last_team_id is the team of his last game on all of his rows."""
    rows = league.rows("""
        SELECT count(team_id), count_if(team_id IS NULL) FROM player_season_stats GROUP BY player_id""")
    assert {all_teams for _, all_teams in rows} == {1}
    assert {1, 2} <= {teams for teams, _ in rows}
    assert (
        league.rows("""
        SELECT player_id FROM player_season_stats s JOIN (
            SELECT player_id, arg_max(team_id, game_date) AS last FROM player_game_stats GROUP BY ALL
        ) USING (player_id) WHERE last_team_id <> last""")
        == []
    )


def test_shots_are_the_field_goal_attempts_of_the_events(league: Database) -> None:
    """Each attempt once, in both tables alike, with zone and distance by its place."""
    both = "game_id, event_num, player_id, team_id, period, clock_seconds, x, y, shot_value, is_made"
    attempts, shots = f"(SELECT {both} FROM event WHERE {SHOT})", f"(SELECT {both} FROM shots)"
    assert league.rows(f"{attempts} EXCEPT ALL {shots}") == []
    assert league.rows(f"{shots} EXCEPT ALL {attempts}") == []
    assert league.value("SELECT count(DISTINCT shot_id) = count(*) FROM shots")
    assert league.value("SELECT max(abs(distance_ft - sqrt(x * x + y * y) / 10)) FROM shots") < 1e-9
    assert league.value(
        "SELECT bool_and((shot_value = 3) = (zone LIKE '%3' OR zone = 'Backcourt')) FROM shots"
    )


def test_identities_hold_in_every_row(league: Database) -> None:
    """Points, rebounds and attempts fit together, and plus-minus adds up to nothing in a game."""
    for table in ("player_game_stats", "team_game_stats", "player_season_stats", "team_season_stats"):
        assert league.value(f"""
            SELECT bool_and(pts = 2 * fgm + fg3m + ftm AND reb = oreb + dreb AND fgm <= fga
                AND fg3m <= fg3a AND ftm <= fta AND fg3m <= fgm AND fg3a <= fga) FROM {table}""")
    sums = (
        league.rows(f"SELECT DISTINCT sum(plus_minus) OVER (PARTITION BY game_id) FROM {table}")
        for table in ("player_game_stats", "team_game_stats")
    )
    assert set(chain.from_iterable(sums)) == {(0,)}
