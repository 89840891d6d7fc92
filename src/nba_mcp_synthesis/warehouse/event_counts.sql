-- What each player did in each game, counted from its events. The row without a player is what was
-- put down to the team itself: team rebounds and team turnovers.
WITH sides AS (
    SELECT game_id, min(team_id) + max(team_id) AS two_teams
    FROM play_by_play WHERE team_id IS NOT NULL GROUP BY game_id
),
acts AS (
    SELECT season, season_type, game_id, team_id, player_id, event_type AS act, event_subtype, is_made, shot_value
    FROM play_by_play
    WHERE team_id IS NOT NULL
      AND event_type IN ('made_shot', 'missed_shot', 'free_throw', 'rebound', 'turnover', 'foul')
    UNION ALL
    SELECT season, season_type, game_id, team_id, assist_player_id, 'assist', NULL, NULL, NULL
    FROM play_by_play WHERE assist_player_id IS NOT NULL
    UNION ALL
    SELECT season, season_type, game_id, team_id, player_id, 'blocked', NULL, NULL, NULL
    FROM play_by_play WHERE block_player_id IS NOT NULL
    UNION ALL
    -- these three are of the team that the event is not of
    SELECT season, season_type, game_id, two_teams - team_id, block_player_id, 'block', NULL, NULL, NULL
    FROM play_by_play JOIN sides USING (game_id) WHERE block_player_id IS NOT NULL
    UNION ALL
    SELECT season, season_type, game_id, two_teams - team_id, steal_player_id, 'steal', NULL, NULL, NULL
    FROM play_by_play JOIN sides USING (game_id) WHERE steal_player_id IS NOT NULL
    UNION ALL
    SELECT season, season_type, game_id, two_teams - team_id, fouled_player_id, 'fouled', event_subtype, NULL, NULL
    FROM play_by_play JOIN sides USING (game_id) WHERE fouled_player_id IS NOT NULL
)
SELECT season, season_type, game_id, team_id, player_id,
       count(*) FILTER (act = 'made_shot') AS fgm,
       count(*) FILTER (act IN ('made_shot', 'missed_shot')) AS fga,
       count(*) FILTER (act = 'made_shot' AND shot_value = 3) AS fg3m,
       count(*) FILTER (act IN ('made_shot', 'missed_shot') AND shot_value = 3) AS fg3a,
       count(*) FILTER (act = 'free_throw' AND is_made) AS ftm,
       count(*) FILTER (act = 'free_throw') AS fta,
       count(*) FILTER (act = 'rebound' AND event_subtype = 'offensive') AS oreb,
       count(*) FILTER (act = 'rebound' AND event_subtype = 'defensive') AS dreb,
       count(*) FILTER (act = 'rebound') AS reb,
       count(*) FILTER (act = 'assist') AS ast,
       count(*) FILTER (act = 'steal') AS stl,
       count(*) FILTER (act = 'block') AS blk,
       count(*) FILTER (act = 'turnover') AS tov,
       -- technical fouls are no personal fouls
       count(*) FILTER (act = 'foul' AND coalesce(event_subtype, '') NOT LIKE 'technical%') AS pf,
       count(*) FILTER (act = 'fouled' AND coalesce(event_subtype, '') NOT LIKE 'technical%') AS pfd,
       count(*) FILTER (act = 'blocked') AS blka,
       coalesce(sum(shot_value) FILTER (is_made), 0)::BIGINT AS pts
FROM acts
GROUP BY ALL
