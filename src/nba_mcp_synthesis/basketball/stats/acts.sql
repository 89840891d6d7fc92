-- What was done in each event: a row an act (a made shot and its assist are two) and side. `is_own` rows are
-- the acts of the team, the others those of its opponents. `clutch`: in the last five minutes of the
-- fourth quarter or overtime with the score before the event within five points.
WITH plays AS NOT MATERIALIZED (
    SELECT e.season, e.season_type, e.game_id, g.game_date, e.period, e.team_id, e.player_id,
           g.home_team_id + g.away_team_id - e.team_id AS other_team_id,
           e.event_type, e.event_subtype, e.is_made, e.shot_value,
           e.assist_player_id, e.block_player_id, e.steal_player_id, e.fouled_player_id,
           e.period >= 4 AND e.clock_seconds <= 300 AND ABS(
               e.home_score - e.away_score
               - CASE WHEN NOT COALESCE(e.is_made, FALSE) THEN 0
                      WHEN e.team_id = g.home_team_id THEN e.shot_value ELSE -e.shot_value END
           ) <= 5 AS clutch,
           g.home_team_id, g.is_neutral, g.home_pts - g.away_pts AS home_margin
    FROM play_by_play AS e
    JOIN games AS g ON g.game_id = e.game_id
    WHERE e.team_id IS NOT NULL
),
acts AS NOT MATERIALIZED (
    SELECT *, event_type AS act, team_id AS by_team_id, player_id AS by_player_id FROM plays
    WHERE event_type IN ('made_shot', 'missed_shot', 'free_throw', 'rebound', 'turnover', 'foul')
    UNION ALL
    SELECT *, 'assist', team_id, assist_player_id FROM plays WHERE assist_player_id IS NOT NULL
    UNION ALL
    SELECT *, 'blocked', team_id, player_id FROM plays WHERE block_player_id IS NOT NULL
    UNION ALL
    SELECT *, 'block', other_team_id, block_player_id FROM plays WHERE block_player_id IS NOT NULL
    UNION ALL
    SELECT *, 'steal', other_team_id, steal_player_id FROM plays WHERE steal_player_id IS NOT NULL
    UNION ALL
    SELECT *, 'fouled', other_team_id, fouled_player_id FROM plays WHERE fouled_player_id IS NOT NULL
),
sides AS NOT MATERIALIZED (
    SELECT a.*, s.is_own,
           CASE WHEN s.is_own THEN a.by_team_id ELSE a.team_id + a.other_team_id - a.by_team_id END AS side_id
    FROM acts AS a
    CROSS JOIN (VALUES (TRUE), (FALSE)) AS s(is_own)
)
SELECT season, season_type, game_id, game_date, period, clutch, is_own, act, event_subtype AS kind, is_made, shot_value,
       by_player_id AS player_id, by_player_id IS NOT NULL AS is_of_player, side_id AS team_id, team_id + other_team_id - side_id AS opponent_team_id,
       CASE WHEN NOT is_neutral THEN side_id = home_team_id END AS is_home,
       (home_margin > 0) = (side_id = home_team_id) AS won,
       CASE WHEN side_id = home_team_id THEN home_margin ELSE -home_margin END AS margin
FROM sides
