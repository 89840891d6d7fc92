-- John Hollinger's player efficiency rating of each player's season, as Basketball-Reference writes it: times the
-- minutes, so that it can be added up. A traded player is set against the team he was with last. Seasons in
-- which the minutes of players and teams disagree by over 1 % have none, since the league's average would be wrong.
WITH team AS (
    SELECT season, season_type, team_id, gp,
           COALESCE(minutes, minutes_per_game * gp * 5) AS minutes,
           COALESCE(pts, pts_per_game * gp) AS pts, COALESCE(fgm, fgm_per_game * gp) AS fgm,
           COALESCE(fga, fga_per_game * gp) AS fga, COALESCE(ftm, ftm_per_game * gp) AS ftm,
           COALESCE(fta, fta_per_game * gp) AS fta, COALESCE(oreb, oreb_per_game * gp) AS oreb,
           COALESCE(reb, reb_per_game * gp) AS reb, COALESCE(ast, ast_per_game * gp) AS ast,
           COALESCE(tov, tov_per_game * gp) AS tov, COALESCE(pf, pf_per_game * gp) AS pf,
           COALESCE(opp_fgm, opp_fgm_per_game * gp) AS opp_fgm, COALESCE(opp_fga, opp_fga_per_game * gp) AS opp_fga,
           COALESCE(opp_fta, opp_fta_per_game * gp) AS opp_fta, COALESCE(opp_oreb, opp_oreb_per_game * gp) AS opp_oreb,
           COALESCE(opp_dreb, opp_dreb_per_game * gp) AS opp_dreb, COALESCE(opp_tov, opp_tov_per_game * gp) AS opp_tov,
           COALESCE(dreb, dreb_per_game * gp) AS dreb
    FROM team_season_stats
    WHERE gp > 0
),
paced AS (
    SELECT *, 48 * 5 / minutes * 0.5 * (
        fga + 0.4 * fta - 1.07 * oreb / (oreb + opp_dreb) * (fga - fgm) + tov
        + opp_fga + 0.4 * opp_fta - 1.07 * opp_oreb / (opp_oreb + dreb) * (opp_fga - opp_fgm) + opp_tov
    ) AS pace
    FROM team
),
league AS (
    SELECT season, season_type, SUM(minutes) AS minutes, SUM(pace * minutes) / SUM(minutes) AS pace,
           2.0 / 3 - 0.5 * SUM(ast) / SUM(fgm) / (2.0 * SUM(fgm) / SUM(ftm)) AS factor,
           SUM(pts) * 1.0 / SUM(fga - oreb + tov + 0.44 * fta) AS vop,
           SUM(reb - oreb) * 1.0 / SUM(reb) AS drbp,
           SUM(ftm) * 1.0 / SUM(pf) AS ftm_per_foul, SUM(fta) * 1.0 / SUM(pf) AS fta_per_foul
    FROM paced
    GROUP BY season, season_type
),
unadjusted AS (
    SELECT p.*, l.minutes AS league_minutes, l.pace / t.pace * (
        p.fg3m + 2.0 / 3 * p.ast
        + (2 - l.factor * t.ast / t.fgm) * p.fgm
        + 0.5 * p.ftm * (2 - t.ast * 1.0 / t.fgm / 3)
        - l.vop * p.tov
        - l.vop * l.drbp * (p.fga - p.fgm)
        - l.vop * 0.44 * (0.44 + 0.56 * l.drbp) * (p.fta - p.ftm)
        + l.vop * (1 - l.drbp) * (p.reb - p.oreb)
        + l.vop * l.drbp * p.oreb
        + l.vop * p.stl
        + l.vop * l.drbp * p.blk
        - p.pf * (l.ftm_per_foul - 0.44 * l.fta_per_foul * l.vop)
    ) AS rated
    FROM player_season_stats AS p
    LEFT JOIN league AS l ON l.season = p.season AND l.season_type = p.season_type
    LEFT JOIN paced AS t ON t.season = p.season AND t.season_type = p.season_type AND t.team_id = p.last_team_id
    WHERE p.team_id IS NULL
)
SELECT season, season_type, player_id, last_team_id, age, minutes,
       CASE WHEN ABS(SUM(minutes) OVER league / league_minutes - 1) < 0.01
            THEN 15 * rated * SUM(minutes) OVER league / SUM(rated) OVER league END AS rated_minutes
FROM unadjusted
WINDOW league AS (PARTITION BY season, season_type)
