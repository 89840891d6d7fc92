-- Each of these reads its numbers, in words of DuckDB.
SELECT date_diff('day', min(game_date), max(game_date)) AS days FROM games
SELECT strftime(game_date, '%Y-%m') AS month, COUNT(*) AS n FROM games GROUP BY ALL
SELECT list(pts ORDER BY pts DESC)[1:3] AS best FROM team_game_stats
SELECT CASE strftime(game_date, '%m') WHEN '10' THEN 'October' END AS month, AVG(home_pts) AS v FROM games GROUP BY ALL
SELECT max_by(team_id, pts) AS team FROM team_game_stats
SELECT season[1:4] AS began FROM games QUALIFY row_number() OVER (ORDER BY game_date) <= 3
SELECT full_name, date_part('year', birth_date) AS born FROM players
