-- How many of the players of a season have figures of the cameras; unknown where the totals lack players who have.
SELECT season, season_type, COUNT(t.player_id) * 1.0 / COUNT(*) AS share
FROM (SELECT season, season_type, player_id FROM player_season_stats WHERE team_id IS NULL) AS p
FULL JOIN player_tracking AS t USING (season, season_type, player_id)
GROUP BY season, season_type
HAVING COUNT(p.player_id) = COUNT(*)
