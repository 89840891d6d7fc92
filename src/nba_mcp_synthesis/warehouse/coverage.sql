-- A row a season, season type and table: rows, games, date of the newest game, and how much of the whole is
-- there, as `have` of `want` in the unit that tells best. Expected games come from the table `expected`.
WITH team AS (
    SELECT season, season_type, sum(pts) AS pts, sum(minutes) AS minutes FROM team_game_stats GROUP BY season, season_type
), series AS (
    SELECT season, season_type, sum(team1_wins + team2_wins) AS games FROM playoff_series GROUP BY season, season_type
), event AS ( -- the large tables are read once, a row a game
    SELECT season, season_type, game_id, count(*) AS n FROM play_by_play GROUP BY season, season_type, game_id
), shot AS (
    SELECT season, season_type, game_id, count(*) AS n, max(game_date) AS as_of
    FROM shots GROUP BY season, season_type, game_id
), line AS (
    SELECT season, season_type, game_id, count(*) AS n, max(game_date) AS as_of
    FROM player_game_stats GROUP BY season, season_type, game_id
), season AS (
    SELECT season, season_type FROM games UNION SELECT season, season_type FROM player_season_stats
    UNION SELECT season, season_type FROM team_season_stats UNION SELECT season, season_type FROM shot
    UNION SELECT season, season_type FROM event UNION SELECT season, season_type FROM line
    UNION SELECT season, season_type FROM playoff_series
), want AS (
    SELECT s.season, s.season_type, coalesce(e.games, r.games) AS games
    FROM season s
    LEFT JOIN expected e ON e.season = s.season AND e.season_type = s.season_type
    LEFT JOIN series r ON r.season = s.season AND r.season_type = s.season_type
), loaded AS (
    SELECT season, season_type, 'games' AS table_name, count(*) AS n, count(*) AS games, max(game_date) AS as_of
    FROM games GROUP BY season, season_type
    UNION ALL
    SELECT season, season_type, 'team_game_stats', count(*), count(DISTINCT game_id) FILTER (WHERE fga IS NOT NULL), max(game_date)
    FROM team_game_stats GROUP BY season, season_type
    UNION ALL
    SELECT season, season_type, 'player_game_stats', sum(n), count(game_id), max(as_of)
    FROM line GROUP BY season, season_type
    UNION ALL
    SELECT season, season_type, 'play_by_play', sum(n), count(game_id), NULL FROM event GROUP BY season, season_type
)
SELECT l.season, l.season_type, l.table_name, l.n AS rows, l.games, l.as_of::VARCHAR AS data_as_of,
       l.games AS have, w.games AS want,
       CASE l.table_name WHEN 'team_game_stats' THEN 'games with full box' ELSE 'games' END AS counted_in
FROM loaded l JOIN want w ON w.season = l.season AND w.season_type = l.season_type
UNION ALL
SELECT p.season, p.season_type, 'player_season_stats', count(*), NULL, NULL,
       sum(p.pts) FILTER (WHERE p.team_id IS NULL), max(t.pts), 'points'
FROM player_season_stats p LEFT JOIN team t ON t.season = p.season AND t.season_type = p.season_type
GROUP BY p.season, p.season_type
UNION ALL
SELECT season, season_type, 'team_season_stats', count(*), NULL, NULL, count(*),
       CASE season_type WHEN 'Regular Season' THEN 30 END, 'teams'
FROM team_season_stats GROUP BY season, season_type
UNION ALL
SELECT s.season, s.season_type, 'shots', s.n, s.games, s.as_of::VARCHAR, s.n, p.fga, 'field goal attempts'
FROM (SELECT season, season_type, sum(n) AS n, count(game_id) AS games, max(as_of) AS as_of FROM shot GROUP BY season, season_type) s
LEFT JOIN ( -- attempts are known where the totals are complete
    SELECT p.season, p.season_type, sum(p.fga) AS fga
    FROM player_season_stats p JOIN team t ON t.season = p.season AND t.season_type = p.season_type
    WHERE p.team_id IS NULL GROUP BY p.season, p.season_type, t.pts HAVING sum(p.pts) = t.pts
) p ON p.season = s.season AND p.season_type = s.season_type
UNION ALL
SELECT season, season_type, 'playoff_series', count(*), NULL, NULL, count(*) FILTER (WHERE winner_team_id IS NOT NULL), 15, 'series'
FROM playoff_series GROUP BY season, season_type
ORDER BY 1, 2, 3
