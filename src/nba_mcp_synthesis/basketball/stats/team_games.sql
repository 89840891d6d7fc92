-- How many of the games that are loaded have both teams' rows.
SELECT g.season, g.season_type, COUNT(s.sides) * 1.0 / COUNT(*) AS share
FROM games AS g
LEFT JOIN (
    SELECT game_id, COUNT(*) AS sides FROM team_game_stats WHERE won IS NOT NULL GROUP BY game_id HAVING COUNT(*) = 2
) AS s ON s.game_id = g.game_id
GROUP BY g.season, g.season_type
