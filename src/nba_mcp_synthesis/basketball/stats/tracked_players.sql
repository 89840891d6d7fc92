-- How many of the players of a season have figures of the cameras; unknown where the totals lack players who have.
SELECT COALESCE(p.season, t.season) AS season, COALESCE(p.season_type, t.season_type) AS season_type,
       COUNT(t.player_id) * 1.0 / COUNT(*) AS share
FROM (SELECT season, season_type, player_id FROM player_season_stats WHERE team_id IS NULL) AS p
FULL JOIN player_tracking AS t
       ON t.season = p.season AND t.season_type = p.season_type AND t.player_id = p.player_id
GROUP BY COALESCE(p.season, t.season), COALESCE(p.season_type, t.season_type)
HAVING COUNT(p.player_id) = COUNT(*)
