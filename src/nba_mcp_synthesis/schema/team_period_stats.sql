-- What the players of a team and the team itself did, and what their opponents did; each row counts for both sides.
WITH sides AS (
    SELECT p.*, team_id AS side_id, opponent_team_id AS other_id, is_home AS side_is_home, won AS side_won, TRUE AS is_own
    FROM player_period_stats AS p
    UNION ALL
    SELECT p.*, opponent_team_id, team_id, NOT is_home, NOT won, FALSE
    FROM player_period_stats AS p
)
SELECT season, season_type, game_id, period, clutch, side_id AS team_id, other_id AS opponent_team_id, game_date,
       side_is_home AS is_home, side_won AS won,
       -- team rebounds are nobody's
       COALESCE(SUM(fgm) FILTER (WHERE is_own), 0) AS fgm,
       COALESCE(SUM(fga) FILTER (WHERE is_own), 0) AS fga,
       COALESCE(SUM(fg3m) FILTER (WHERE is_own), 0) AS fg3m,
       COALESCE(SUM(fg3a) FILTER (WHERE is_own), 0) AS fg3a,
       COALESCE(SUM(ftm) FILTER (WHERE is_own), 0) AS ftm,
       COALESCE(SUM(fta) FILTER (WHERE is_own), 0) AS fta,
       COALESCE(SUM(oreb) FILTER (WHERE is_own AND player_id IS NOT NULL), 0) AS oreb,
       COALESCE(SUM(dreb) FILTER (WHERE is_own AND player_id IS NOT NULL), 0) AS dreb,
       COALESCE(SUM(reb) FILTER (WHERE is_own AND player_id IS NOT NULL), 0) AS reb,
       COALESCE(SUM(ast) FILTER (WHERE is_own), 0) AS ast,
       COALESCE(SUM(stl) FILTER (WHERE is_own), 0) AS stl,
       COALESCE(SUM(blk) FILTER (WHERE is_own), 0) AS blk,
       COALESCE(SUM(tov) FILTER (WHERE is_own), 0) AS tov,
       COALESCE(SUM(pf) FILTER (WHERE is_own), 0) AS pf,
       COALESCE(SUM(pts) FILTER (WHERE is_own), 0) AS pts,
       COALESCE(SUM(blka) FILTER (WHERE is_own), 0) AS blka,
       COALESCE(SUM(pfd) FILTER (WHERE is_own), 0) AS pfd,
       COALESCE(SUM(fgm) FILTER (WHERE NOT is_own), 0) AS opp_fgm,
       COALESCE(SUM(fga) FILTER (WHERE NOT is_own), 0) AS opp_fga,
       COALESCE(SUM(fg3m) FILTER (WHERE NOT is_own), 0) AS opp_fg3m,
       COALESCE(SUM(fg3a) FILTER (WHERE NOT is_own), 0) AS opp_fg3a,
       COALESCE(SUM(ftm) FILTER (WHERE NOT is_own), 0) AS opp_ftm,
       COALESCE(SUM(fta) FILTER (WHERE NOT is_own), 0) AS opp_fta,
       COALESCE(SUM(oreb) FILTER (WHERE NOT is_own AND player_id IS NOT NULL), 0) AS opp_oreb,
       COALESCE(SUM(dreb) FILTER (WHERE NOT is_own AND player_id IS NOT NULL), 0) AS opp_dreb,
       COALESCE(SUM(reb) FILTER (WHERE NOT is_own AND player_id IS NOT NULL), 0) AS opp_reb,
       COALESCE(SUM(ast) FILTER (WHERE NOT is_own), 0) AS opp_ast,
       COALESCE(SUM(stl) FILTER (WHERE NOT is_own), 0) AS opp_stl,
       COALESCE(SUM(blk) FILTER (WHERE NOT is_own), 0) AS opp_blk,
       COALESCE(SUM(tov) FILTER (WHERE NOT is_own), 0) AS opp_tov,
       COALESCE(SUM(pf) FILTER (WHERE NOT is_own), 0) AS opp_pf,
       COALESCE(SUM(pts) FILTER (WHERE NOT is_own), 0) AS opp_pts
FROM sides
GROUP BY season, season_type, game_id, period, clutch, side_id, other_id, game_date, side_is_home, side_won
