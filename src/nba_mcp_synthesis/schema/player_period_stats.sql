-- Each event as what was done in it, an act each (a made shot and its assist are two), added up.
WITH sides AS (
    SELECT game_id, MIN(team_id) + MAX(team_id) AS both_ids
    FROM play_by_play WHERE team_id IS NOT NULL GROUP BY game_id
),
plays AS (
    SELECT e.season, e.season_type, e.game_id, e.period, e.team_id, e.player_id, e.event_type, e.event_subtype,
           e.is_made, e.shot_value, e.assist_player_id, e.block_player_id, e.steal_player_id, e.fouled_player_id,
           COALESCE(g.home_team_id + g.away_team_id, s.both_ids) AS both_ids,
           g.game_date, g.home_team_id, g.is_neutral, g.home_pts > g.away_pts AS home_won,
           -- unknown where the score is: neither in the clutch nor out of it
           e.period >= 4 AND e.clock_seconds <= 300 AND ABS(
               e.home_score - e.away_score
               - CASE WHEN NOT COALESCE(e.is_made, FALSE) THEN 0
                      WHEN e.team_id = g.home_team_id THEN e.shot_value
                      WHEN e.team_id = g.away_team_id THEN -e.shot_value END
           ) <= 5 AS clutch
    FROM play_by_play AS e
    JOIN sides AS s ON s.game_id = e.game_id
    LEFT JOIN games AS g ON g.game_id = e.game_id
    WHERE e.team_id IS NOT NULL
),
acts AS (
    SELECT *, event_type AS act, team_id AS by_team_id, player_id AS by_player_id FROM plays
    WHERE event_type IN ('made_shot', 'missed_shot', 'free_throw', 'rebound', 'turnover', 'foul')
    UNION ALL
    SELECT *, 'assist', team_id, assist_player_id FROM plays WHERE assist_player_id IS NOT NULL
    UNION ALL
    SELECT *, 'blocked', team_id, player_id FROM plays WHERE block_player_id IS NOT NULL
    UNION ALL
    -- these three are of the team that the event is not of
    SELECT *, 'block', both_ids - team_id, block_player_id FROM plays WHERE block_player_id IS NOT NULL
    UNION ALL
    SELECT *, 'steal', both_ids - team_id, steal_player_id FROM plays WHERE steal_player_id IS NOT NULL
    UNION ALL
    SELECT *, 'fouled', both_ids - team_id, fouled_player_id FROM plays WHERE fouled_player_id IS NOT NULL
)
SELECT season, season_type, game_id, period, clutch, by_team_id AS team_id, by_player_id AS player_id,
       both_ids - by_team_id AS opponent_team_id, game_date,
       CASE WHEN NOT is_neutral THEN by_team_id = home_team_id END AS is_home,
       home_won = (by_team_id = home_team_id) AS won,
       COUNT(*) FILTER (WHERE act = 'made_shot') AS fgm,
       COUNT(*) FILTER (WHERE act IN ('made_shot', 'missed_shot')) AS fga,
       COUNT(*) FILTER (WHERE act = 'made_shot' AND shot_value = 3) AS fg3m,
       COUNT(*) FILTER (WHERE act IN ('made_shot', 'missed_shot') AND shot_value = 3) AS fg3a,
       COUNT(*) FILTER (WHERE act = 'free_throw' AND is_made) AS ftm,
       COUNT(*) FILTER (WHERE act = 'free_throw') AS fta,
       COUNT(*) FILTER (WHERE act = 'rebound' AND event_subtype = 'offensive') AS oreb,
       COUNT(*) FILTER (WHERE act = 'rebound' AND event_subtype = 'defensive') AS dreb,
       COUNT(*) FILTER (WHERE act = 'rebound') AS reb,
       COUNT(*) FILTER (WHERE act = 'assist') AS ast,
       COUNT(*) FILTER (WHERE act = 'steal') AS stl,
       COUNT(*) FILTER (WHERE act = 'block') AS blk,
       COUNT(*) FILTER (WHERE act = 'turnover') AS tov,
       -- technical fouls are no personal fouls
       COUNT(*) FILTER (WHERE act = 'foul' AND COALESCE(event_subtype, '') NOT LIKE 'technical%') AS pf,
       COUNT(*) FILTER (WHERE act = 'fouled' AND COALESCE(event_subtype, '') NOT LIKE 'technical%') AS pfd,
       COUNT(*) FILTER (WHERE act = 'blocked') AS blka,
       COALESCE(SUM(shot_value) FILTER (WHERE is_made AND act IN ('made_shot', 'free_throw')), 0) AS pts
FROM acts
GROUP BY season, season_type, game_id, period, clutch, by_team_id, by_player_id, both_ids, game_date, is_neutral,
         home_team_id, home_won
