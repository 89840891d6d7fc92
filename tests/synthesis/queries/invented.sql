-- Each of these writes its numbers itself.
SELECT 31.2 AS ppg
SELECT 31.2 AS ppg FROM player_season_stats
SELECT full_name, 31 AS ppg FROM players
SELECT AVG(pts) * 0 + 31.2 AS ppg FROM player_season_stats
SELECT (AVG(pts) * 0 + 36) * 1 AS ppg FROM player_season_stats
SELECT pts + (1) + (1) + (1) AS ppg FROM player_season_stats
SELECT pts - -1 AS ppg FROM player_season_stats
SELECT pts + CAST(1 AS INT) AS ppg FROM player_season_stats
SELECT 31.2 * COUNT(*) / COUNT(*) AS ppg FROM player_season_stats
SELECT 36 * COUNT(*) / COUNT(*) AS ppg FROM player_season_stats
SELECT 36 * COUNT(*) / COUNT(pts) AS ppg FROM player_season_stats
SELECT 36 * COUNT(*) FILTER (WHERE gp > 1) / COUNT(*) FILTER (WHERE gp > 1) AS ppg FROM player_season_stats
SELECT 36 * pts / (pts) AS ppg FROM player_season_stats
SELECT pts - pts + ast AS ppg FROM player_season_stats
SELECT gp / gp + gp / gp AS ppg FROM player_season_stats
SELECT 3 * 4 AS ppg FROM player_season_stats
SELECT 100 / 4 AS ppg, full_name FROM players
SELECT POWER(pts, 0) * 36 AS ppg FROM player_season_stats
SELECT POWER(2, 5) AS ppg FROM player_season_stats
SELECT EXP(pts * 0) * 36 AS ppg FROM player_season_stats
SELECT SIGN(pts) * 36 AS ppg FROM player_season_stats
SELECT CAST(pts > 0 AS INT) * 36 AS ppg FROM player_season_stats
SELECT CAST(pts > 0 AS INT) AS wins FROM player_season_stats
SELECT (CASE WHEN pts > 0 THEN 1 ELSE 0 END) * 36 AS ppg FROM player_season_stats
SELECT MAX(CASE WHEN pts > 0 THEN 1 END) * 36 AS ppg FROM player_season_stats
SELECT pts & 31 AS ppg FROM player_season_stats
SELECT pts << 2 AS ppg FROM player_season_stats
SELECT pts % 7 AS ppg FROM player_season_stats
SELECT * FROM (VALUES (31.2)) v(ppg)
SELECT ppg FROM players, (VALUES (31.2)) v(ppg)
SELECT pts FROM player_season_stats UNION ALL SELECT 31
SELECT pts FROM player_season_stats UNION ALL SELECT 31 FROM players
SELECT CASE WHEN pts > 0 THEN 31.2 ELSE 5 END AS ppg FROM player_season_stats
SELECT CASE pts WHEN 200 THEN 31 END AS ppg FROM player_season_stats
SELECT CASE WHEN pts > 0 THEN 1 ELSE 0 END AS wins FROM player_season_stats
SELECT SUM(CASE WHEN pts > 0 THEN 31 ELSE 0 END) AS ppg FROM player_season_stats
SELECT COALESCE(NULLIF(pts, pts), 31.2) AS ppg FROM player_season_stats
SELECT GREATEST(MIN(pts), 31.2) AS ppg FROM player_season_stats
SELECT LEAST(pts, 25) AS ppg FROM player_season_stats
SELECT ROUND(31.2, 1) AS ppg FROM player_season_stats
SELECT ROUND(pts * 0 + 31.2, 1) AS ppg FROM player_season_stats
SELECT SUM(31) FILTER (WHERE pts > 0) AS ppg FROM player_season_stats
SELECT SUM(5) AS ppg FROM player_season_stats
SELECT MAX(31.2) AS ppg FROM player_season_stats
SELECT FIRST_VALUE(31) OVER (ORDER BY pts) AS ppg FROM player_season_stats
SELECT LAG(pts, 99, 31) OVER (ORDER BY pts) AS ppg FROM player_season_stats
SELECT PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY 31.2) AS ppg FROM player_season_stats
SELECT r AS ppg FROM generate_series(31, 31) AS t(r)
SELECT r AS ppg FROM players, generate_series(31, 31) AS t(r)
SELECT generate_series(31, 31) AS ppg FROM players
SELECT unnest(ARRAY[31.2]) AS ppg FROM players
SELECT ppg FROM players CROSS JOIN UNNEST(ARRAY[31]) AS t(ppg)
SELECT CAST('31.2' AS DOUBLE PRECISION) AS ppg FROM player_season_stats
SELECT LENGTH('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa') AS ppg FROM player_season_stats
SELECT LENGTH(full_name || 'aaaaaaaaaaaaaaaa') AS ppg FROM players
SELECT LENGTH(RPAD(full_name, 31, 'a')) AS ppg FROM players
SELECT '31.2' AS ppg FROM players
SELECT full_name || ' 31.2' AS ppg FROM players
SELECT 'thirty-one' AS ppg FROM players
SELECT '３１' AS ppg FROM players
SELECT 'Ⅻ' AS ppg FROM players
SELECT '½' AS ppg FROM players
SELECT REPLACE(full_name, full_name, '31.2') AS ppg FROM players
SELECT STRING_AGG(full_name, '31.2') AS ppg FROM players
SELECT PI() * 10 AS ppg FROM players
SELECT RANDOM() * 40 AS ppg FROM players
WITH x AS (SELECT 31.2 AS ppg) SELECT ppg FROM x, players
WITH x AS (SELECT 31.2 AS ppg FROM players) SELECT ppg FROM x
WITH X(ppg) AS (SELECT 31.2) SELECT ppg FROM x
SELECT full_name, (SELECT 31.2) AS ppg FROM players
SELECT ppg FROM players JOIN (SELECT 31 AS ppg) t ON true
SELECT ppg FROM players p JOIN LATERAL (SELECT 31 AS ppg) t ON true
SELECT x FROM (SELECT 31 AS x FROM players) t
SELECT DISTINCT 31 AS x FROM players
SELECT -1 AS ppg FROM players
SELECT EXTRACT(year FROM DATE '1931-01-01') AS ppg FROM games
SELECT DATE '2025-01-31' - DATE '2025-01-01' AS ppg FROM games
SELECT EXTRACT(DAY FROM INTERVAL '31 days') AS ppg FROM games
SELECT (game_date + INTERVAL '31 days') - game_date AS ppg FROM games
SELECT INTERVAL '31 days' AS ppg FROM games
SELECT ast AS pts FROM player_season_stats
SELECT SUM(ast) AS pts FROM player_season_stats
SELECT 'A' || 'da ' || 'Te' || 'st' AS player, pts FROM player_season_stats
SELECT CONCAT('A', 'da Test', full_name) AS player FROM players
SELECT TRANSLATE(full_name, 'Cid', 'Ada') AS player FROM players
SELECT REPLACE(full_name, 'Cid Sample', 'Ada Test') AS player FROM players
