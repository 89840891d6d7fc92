-- Each of these reads its numbers, whatever literals it has.
SELECT full_name, SUM(pts) * 1.0 / SUM(gp) AS pts_per_game FROM player_season_stats JOIN players USING (player_id) GROUP BY 1
SELECT SUM(pts) / (2 * (SUM(fga) + 0.44 * SUM(fta))) AS ts_pct FROM player_season_stats
SELECT (SUM(fgm) + 0.5 * SUM(fg3m)) / NULLIF(SUM(fga), 0) AS efg_pct FROM player_season_stats
SELECT 100.0 * SUM(pts) / (SUM(fga) + 0.44 * SUM(fta) + SUM(tov) - SUM(oreb)) AS rating FROM player_season_stats
SELECT SUM(CASE WHEN won THEN 1 ELSE 0 END) AS wins FROM team_game_stats
SELECT COUNT(*) FILTER (WHERE won) * 100.0 / COUNT(*) AS win_pct FROM team_game_stats
SELECT COUNT(CASE WHEN won THEN 1 END) * 100.0 / COUNT(*) AS win_pct FROM team_game_stats
SELECT AVG(CAST(won AS INT)) AS win_pct FROM team_game_stats
SELECT AVG(CASE WHEN pts >= 120 THEN 1.0 ELSE 0.0 END) AS share FROM team_game_stats
SELECT ROUND(AVG(pts), 1) AS ppg FROM team_game_stats WHERE season = '2025-26' AND pts > 31
SELECT SUBSTRING(season, 1, 4) AS began, SUM(pts) AS total FROM player_season_stats GROUP BY 1
SELECT '2025-26' AS season, SUM(pts) AS total FROM player_season_stats
SELECT full_name, pts FROM players JOIN player_season_stats USING (player_id) WHERE gp >= 58 ORDER BY pts DESC LIMIT 5
SELECT team_id, AVG(pts) AS ppg FROM team_game_stats GROUP BY team_id HAVING COUNT(*) >= 20
SELECT player_id, RANK() OVER (ORDER BY pts DESC) AS place FROM player_season_stats
SELECT player_id, NTILE(4) OVER (ORDER BY pts) AS quarter FROM player_season_stats
SELECT PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY pts) AS median FROM team_game_stats
SELECT pts - LAG(pts, 1, 0) OVER (ORDER BY game_date) AS change FROM team_game_stats
SELECT full_name FROM players p WHERE EXISTS (SELECT 1 FROM team_game_stats s WHERE s.pts >= 30)
SELECT AVG(pts) AS ppg FROM (SELECT pts FROM team_game_stats ORDER BY game_date DESC LIMIT 10) AS newest
SELECT CASE WHEN is_home THEN 'home' ELSE 'away' END AS place, AVG(pts) AS ppg FROM team_game_stats GROUP BY 1
SELECT 'Lakers' AS team, AVG(pts) AS ppg FROM team_game_stats WHERE team_id = 1610612747
SELECT COALESCE(SUM(pts), 0) AS pts FROM player_season_stats
SELECT 36.0 * SUM(pts) / SUM(minutes) AS per_36 FROM player_season_stats
SELECT CASE WHEN fga = 0 THEN NULL ELSE 100.0 * fgm / fga END AS shot FROM player_season_stats
WITH s AS (SELECT game_date, CASE WHEN won THEN 0 ELSE 1 END AS lost FROM team_game_stats), g AS (SELECT SUM(lost) OVER (ORDER BY game_date) AS run FROM s) SELECT run, COUNT(*) AS n FROM g GROUP BY run
SELECT a.pts - b.pts AS ahead FROM player_season_stats a JOIN player_season_stats b ON a.player_id = 1 AND b.player_id = 3
SELECT (SELECT SUM(pts) FROM player_season_stats) / NULLIF((SELECT COUNT(*) FROM games), 0) AS ratio FROM teams
SELECT MAX(pts) - MIN(pts) AS span FROM player_season_stats
SELECT EXTRACT(MONTH FROM game_date) AS month, COUNT(*) AS n FROM games GROUP BY 1
SELECT home_pts AS pts FROM games
SELECT wins || '-' || losses AS record, team_id FROM standings
SELECT CONCAT(city, ' ', name) AS team FROM teams
