-- How much of the players' games is told club by club.
SELECT season, season_type,
       SUM(gp) FILTER (WHERE team_id IS NOT NULL) * 1.0 / NULLIF(SUM(gp) FILTER (WHERE team_id IS NULL), 0) AS share
FROM player_season_stats
GROUP BY season, season_type
HAVING SUM(gp) FILTER (WHERE team_id IS NOT NULL) > 0
