-- Standings of every regular season, from the games. Ties are broken in the league's order: by the games
-- among the tied teams (division leaders first where three or more are tied), division leaders, the record
-- in the division (teams of one division only), the record in the conference, the points difference. Left
-- out are the records against play-off teams, and starting again after a part of a tie is broken.
WITH game AS (
    SELECT s.season, s.team_id, s.opponent_team_id, s.game_date, s.game_id, s.is_home, s.won, s.pts, s.opp_pts,
           t.conference, t.division, o.conference AS opponent_conference, o.division AS opponent_division,
           row_number() OVER (PARTITION BY s.season, s.team_id ORDER BY s.game_date DESC, s.game_id DESC) AS back
    FROM team_game_stats s
    JOIN teams t ON t.team_id = s.team_id
    LEFT JOIN teams o ON o.team_id = s.opponent_team_id
    WHERE s.season_type = 'Regular Season' AND s.won IS NOT NULL
), turn AS (
    SELECT season, team_id, min(back) FILTER (WHERE won <> latest) AS changed_at, bool_or(latest) AS latest, count(*) AS gp
    FROM (SELECT g.*, first_value(won) OVER (PARTITION BY season, team_id ORDER BY back) AS latest FROM game g) w
    GROUP BY season, team_id
), total AS (
    SELECT g.season, g.team_id, g.conference, g.division,
           count(*) AS gp,
           count(*) FILTER (WHERE won) AS wins,
           count(*) FILTER (WHERE NOT won) AS losses,
           count(*) FILTER (WHERE won) * 1.0 / count(*) AS win_pct,
           avg(pts) AS pts_per_game,
           avg(opp_pts) AS opp_pts_per_game,
           count(*) FILTER (WHERE won AND is_home) AS home_wins,
           count(*) FILTER (WHERE NOT won AND is_home) AS home_losses,
           count(*) FILTER (WHERE won AND NOT is_home) AS road_wins,
           count(*) FILTER (WHERE NOT won AND NOT is_home) AS road_losses,
           count(*) FILTER (WHERE won AND back <= 10) AS last10_wins,
           count(*) FILTER (WHERE NOT won AND back <= 10) AS last10_losses,
           avg(CASE WHEN won THEN 1.0 ELSE 0.0 END) FILTER (WHERE opponent_conference = g.conference) AS conference_pct,
           avg(CASE WHEN won THEN 1.0 ELSE 0.0 END) FILTER (WHERE opponent_division = g.division) AS division_pct
    FROM game g
    GROUP BY g.season, g.team_id, g.conference, g.division
), leader AS (
    SELECT season, team_id, win_pct = max(win_pct) OVER (PARTITION BY season, division) AS leads FROM total
), tied AS (
    SELECT a.season, a.team_id,
           avg(CASE WHEN g.won THEN 1.0 ELSE 0.0 END) AS among_pct,
           count(DISTINCT b.team_id) > 1 AS several,
           bool_and(b.division = a.division) AS one_division
    FROM total a
    JOIN total b ON b.season = a.season AND b.conference = a.conference AND b.win_pct = a.win_pct
                AND b.team_id <> a.team_id
    JOIN game g ON g.season = a.season AND g.team_id = a.team_id AND g.opponent_team_id = b.team_id
    GROUP BY a.season, a.team_id
)
SELECT t.season, 'Regular Season' AS season_type, t.team_id, t.conference, t.division,
       row_number() OVER (PARTITION BY t.season, t.conference
                          ORDER BY t.win_pct DESC,
                                   CASE WHEN i.several AND d.leads THEN 0 ELSE 1 END,
                                   i.among_pct DESC NULLS LAST,
                                   CASE WHEN d.leads THEN 0 ELSE 1 END,
                                   CASE WHEN i.one_division THEN t.division_pct END DESC NULLS LAST,
                                   t.conference_pct DESC NULLS LAST,
                                   t.pts_per_game - t.opp_pts_per_game DESC, t.team_id) AS conference_rank,
       t.gp, t.wins, t.losses, t.win_pct,
       ((max(t.wins - t.losses) OVER (PARTITION BY t.season, t.conference)) - (t.wins - t.losses)) / 2.0 AS games_behind,
       t.pts_per_game, t.opp_pts_per_game, t.pts_per_game - t.opp_pts_per_game AS plus_minus_per_game,
       t.home_wins, t.home_losses, t.road_wins, t.road_losses, t.last10_wins, t.last10_losses,
       CASE WHEN r.latest THEN 1 ELSE -1 END * (coalesce(r.changed_at, r.gp + 1) - 1) AS streak
FROM total t
JOIN turn r ON r.season = t.season AND r.team_id = t.team_id
JOIN leader d ON d.season = t.season AND d.team_id = t.team_id
LEFT JOIN tied i ON i.season = t.season AND i.team_id = t.team_id
