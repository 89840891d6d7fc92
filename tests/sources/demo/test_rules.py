"""The rules of the game, as every simulated game keeps them."""

from sources.demo.conftest import Database


def test_no_game_is_tied_and_overtime_follows_ties_only(league: Database) -> None:
    """Each period from the fourth on but the last ends in a tie."""
    assert league.value("SELECT count(*) FROM games WHERE home_pts = away_pts OR periods < 4") == 0
    assert league.value("""
        SELECT bool_and((home_score = away_score) = (period < periods))
        FROM play_by_play JOIN games USING (game_id)
        WHERE event_type = 'period_end' AND period >= 4""")


def test_the_clock_never_runs_backwards(league: Database) -> None:
    """Events are numbered from 1 without a gap; periods follow each other and clocks fall to 0."""
    assert league.value("""
        SELECT bool_and(event_num = row_number AND elapsed >= before AND clock_seconds >= 0
                        AND clock_seconds <= if(period <= 4, 720, 300))
        FROM (SELECT *, row_number() OVER game AS row_number, lag(elapsed, 1, 0) OVER game AS before
              FROM event WINDOW game AS (PARTITION BY game_id ORDER BY event_num))""")
    assert league.rows("""
        SELECT DISTINCT event_type, clock_seconds FROM play_by_play
        WHERE event_type IN ('period_start', 'period_end') AND period <= 4 ORDER BY ALL""") == [
        ("period_end", 0.0),
        ("period_start", 720.0),
    ]


def test_something_happens_within_every_shot_clock(league: Database) -> None:
    """No 24 seconds of a period pass without an event."""
    assert (
        league.value("""
        SELECT max(gap) FROM (
            SELECT elapsed - lag(elapsed) OVER (PARTITION BY game_id ORDER BY event_num) AS gap
            FROM event)""")
        == 24
    )


def test_minutes_of_a_team_are_those_of_five_players(league: Database) -> None:
    """240 without overtime and 25 more for each, to the second."""
    assert (
        league.value("""
        SELECT max(abs(minutes * 60 - 60 * (240 + 25 * (periods - 4))))
        FROM team_game_stats JOIN games USING (game_id)""")
        < 1e-6
    )


def test_five_players_are_on_the_court_at_every_event(league: Database) -> None:
    """And whoever an event names is one of them."""
    on_court = """
        SELECT e.game_id, e.event_num, c.team_id, count(*) AS n FROM event e JOIN court c
        ON c.game_id = e.game_id AND e.event_num > first_event AND e.event_num <= last_event
        GROUP BY ALL"""
    assert league.rows(f"SELECT DISTINCT n FROM ({on_court})") == [(5,)]
    for who in ("player_id", "assist_player_id", "block_player_id", "steal_player_id", "fouled_player_id"):
        assert (
            league.value(f"""
            SELECT count(*) FROM event e WHERE {who} IS NOT NULL AND NOT EXISTS (
                FROM court c WHERE c.game_id = e.game_id AND c.player_id = e.{who}
                AND e.event_num > first_event AND e.event_num <= last_event)""")
            == 0
        )


def test_nobody_plays_on_after_six_fouls(league: Database) -> None:
    """The sixth foul is the last, and the player leaves in the same second."""
    assert league.value("SELECT max(pf) FROM player_game_stats") == 6
    assert (
        league.value("""
        WITH sixth AS (
            SELECT game_id, player_id, max(elapsed) AS moment FROM event WHERE event_type = 'foul'
            GROUP BY ALL HAVING count(*) = 6)
        SELECT count(*) FROM sixth JOIN court USING (game_id, player_id) WHERE last_second > moment""")
        == 0
    )


def test_free_throws_are_as_many_as_the_foul_gives(league: Database) -> None:
    """One after a made shot, else two or three for a shot; two for others in the bonus; else none."""
    given = league.rows("""
        WITH foul AS (
            SELECT *, coalesce(lag(is_made AND x IS NOT NULL) OVER game
                               AND (lag((player_id, elapsed)) OVER game) = (fouled_player_id, elapsed),
                               false) AS scored,
                   lead(event_type) OVER game AS after, lead(event_subtype) OVER game AS throw,
                   sum((event_type = 'foul' AND event_subtype <> 'offensive')::int) OVER so_far AS fouls,
                   sum((event_type = 'foul' AND event_subtype <> 'offensive' AND clock_seconds <= 120)::int)
                       OVER so_far AS late
            FROM event WINDOW
                game AS (PARTITION BY game_id ORDER BY event_num),
                so_far AS (PARTITION BY game_id, period, team_id ORDER BY event_num))
        SELECT DISTINCT event_subtype, scored,
               event_subtype = 'personal' AND (fouls > if(period <= 4, 4, 3) OR late > 1),
               CASE WHEN after = 'free_throw' THEN throw END
        FROM foul WHERE event_type = 'foul' ORDER BY ALL""")
    assert set(given) == {
        ("offensive", False, False, None),
        ("personal", False, False, None),
        ("personal", False, True, "1 of 2"),
        ("shooting", False, False, "1 of 2"),
        ("shooting", False, False, "1 of 3"),
        ("shooting", True, False, "1 of 1"),
    }


def test_an_offensive_foul_is_a_turnover_too(league: Database) -> None:
    """It is followed by a turnover of the same player."""
    assert league.rows("""
        SELECT DISTINCT after, same FROM (
            SELECT event_subtype, lead(event_subtype) OVER game AS after,
                   lead(player_id) OVER game = player_id AS same
            FROM event WINDOW game AS (PARTITION BY game_id ORDER BY event_num))
        WHERE event_subtype = 'offensive' AND after LIKE '%foul%'""") == [("offensive foul", True)]
    fouls, turnovers = league.rows("""
        SELECT count_if(event_type = 'foul' AND event_subtype = 'offensive'),
               count_if(event_type = 'turnover' AND event_subtype = 'offensive foul') FROM event""")[0]
    assert fouls == turnovers > 0


def test_every_miss_has_a_rebound_except_between_free_throws(league: Database) -> None:
    """A player's, or a team's without a player; a miss before the last free throw is the team's own."""
    kinds = league.rows("""
        SELECT event_type, event_subtype, after, of_player, same_team FROM (
            SELECT event_type, if(event_type = 'free_throw',
                       split_part(event_subtype, ' ', 1) = split_part(event_subtype, ' ', 3), NULL)
                       ::text AS event_subtype,
                   lead(event_type) OVER game AS after, lead(player_id) OVER game IS NOT NULL AS of_player,
                   lead(team_id) OVER game = team_id AS same_team, is_made
            FROM (FROM event WHERE event_type NOT IN ('substitution', 'timeout'))
            WINDOW game AS (PARTITION BY game_id ORDER BY event_num))
        WHERE NOT is_made GROUP BY ALL""")
    assert {after for _, _, after, _, _ in kinds} == {"rebound"}
    between = {kind[3:] for kind in kinds if kind[1] == "false"}
    assert between == {(False, True)}
    live = {kind[3:] for kind in kinds if kind[1] != "false"}
    assert live == {(True, True), (True, False), (False, True), (False, False)}


def test_points_change_only_by_what_goes_in(league: Database) -> None:
    """The score rises by the value of made shots and free throws, for the team that made them."""
    assert league.value("""
        SELECT bool_and(CASE WHEN is_made AND team_id = home_team_id
                             THEN (home_points, away_points) = (shot_value, 0)
                             WHEN is_made THEN (home_points, away_points) = (0, shot_value)
                             ELSE (home_points, away_points) = (0, 0) END) FROM event""")


def test_every_event_is_described_in_words(league: Database) -> None:
    """With the names of the players in it."""
    assert league.value("SELECT bool_and(length(description) > 10) FROM play_by_play")
    assert league.value("""
        SELECT bool_and(contains(description, full_name)) FROM play_by_play JOIN players USING (player_id)""")
