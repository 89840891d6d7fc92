-- Each of these writes its numbers itself, in words of DuckDB.
SELECT unnest([31.2]) AS ppg FROM players
SELECT r AS ppg FROM players, range(31, 32) t(r)
SELECT [31.2][1] AS ppg FROM players
SELECT {'a': 31.2}.a AS ppg FROM players
SELECT list_sum([31]) AS ppg FROM players
SELECT '31.2'::DOUBLE AS ppg FROM players
SELECT printf('31.2 %s', full_name) AS ppg FROM players
SELECT strftime(game_date, '31.2') AS ppg FROM games
SELECT date_diff('day', game_date, game_date + INTERVAL 31 DAY) AS ppg FROM games
SELECT quantile_cont(31.2, 0.5) AS ppg FROM players
SELECT * REPLACE (31 AS full_name) FROM players
