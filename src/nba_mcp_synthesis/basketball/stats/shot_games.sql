-- How many of the shots that are loaded say in which game and period they were taken.
SELECT season, season_type, COUNT(CASE WHEN game_id IS NOT NULL AND period IS NOT NULL THEN team_id END) * 1.0 / COUNT(*) AS share
FROM shots
GROUP BY season, season_type
