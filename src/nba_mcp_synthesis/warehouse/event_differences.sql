-- Where the box score of a player and the count of his events differ: a row a game, player and column.
-- Reads player_game_stats, play_by_play and event_counts (event_counts.sql); values that are not published
-- are not compared.
WITH games AS (
    SELECT DISTINCT game_id FROM play_by_play INTERSECT SELECT DISTINCT game_id FROM player_game_stats
),
players AS (
    SELECT coalesce(p.season, c.season) AS season, coalesce(p.season_type, c.season_type) AS season_type,
           coalesce(p.game_id, c.game_id) AS game_id, coalesce(p.player_id, c.player_id) AS player_id,
           p.player_id IS NOT NULL AS published, p, c
    FROM (FROM player_game_stats SEMI JOIN games USING (game_id)) p
    FULL JOIN (FROM event_counts SEMI JOIN games USING (game_id) WHERE player_id IS NOT NULL) c
      ON c.game_id = p.game_id AND c.player_id = p.player_id
),
pairs AS (
    SELECT season, season_type, game_id, player_id, unnest([
        {'stat': 'fgm', 'published': if(published, p.fgm, 0), 'counted': coalesce(c.fgm, 0)},
        {'stat': 'fga', 'published': if(published, p.fga, 0), 'counted': coalesce(c.fga, 0)},
        {'stat': 'fg3m', 'published': if(published, p.fg3m, 0), 'counted': coalesce(c.fg3m, 0)},
        {'stat': 'fg3a', 'published': if(published, p.fg3a, 0), 'counted': coalesce(c.fg3a, 0)},
        {'stat': 'ftm', 'published': if(published, p.ftm, 0), 'counted': coalesce(c.ftm, 0)},
        {'stat': 'fta', 'published': if(published, p.fta, 0), 'counted': coalesce(c.fta, 0)},
        {'stat': 'oreb', 'published': if(published, p.oreb, 0), 'counted': coalesce(c.oreb, 0)},
        {'stat': 'dreb', 'published': if(published, p.dreb, 0), 'counted': coalesce(c.dreb, 0)},
        {'stat': 'reb', 'published': if(published, p.reb, 0), 'counted': coalesce(c.reb, 0)},
        {'stat': 'ast', 'published': if(published, p.ast, 0), 'counted': coalesce(c.ast, 0)},
        {'stat': 'stl', 'published': if(published, p.stl, 0), 'counted': coalesce(c.stl, 0)},
        {'stat': 'blk', 'published': if(published, p.blk, 0), 'counted': coalesce(c.blk, 0)},
        {'stat': 'tov', 'published': if(published, p.tov, 0), 'counted': coalesce(c.tov, 0)},
        {'stat': 'pf', 'published': if(published, p.pf, 0), 'counted': coalesce(c.pf, 0)},
        {'stat': 'pts', 'published': if(published, p.pts, 0), 'counted': coalesce(c.pts, 0)}
    ], recursive := true)
    FROM players
)
SELECT season, season_type, game_id, player_id, stat, published, counted
FROM pairs WHERE published <> counted
