-- Each of these writes its numbers itself, in words of PostgreSQL.
SELECT x'1f'::int AS ppg FROM players
SELECT B'11111'::int AS ppg FROM players
SELECT to_char(game_date, '"31.2"') AS ppg FROM games
SELECT date_part('day', INTERVAL '31 days') AS ppg FROM games
