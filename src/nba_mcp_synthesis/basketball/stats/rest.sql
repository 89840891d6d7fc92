-- Whole days between a team's game and its game before, in one season; none for the first.
SELECT game_id, team_id,
       game_date - LAG(game_date) OVER (PARTITION BY season, season_type, team_id ORDER BY game_date, game_id) - 1 AS days
FROM team_game_stats
