-- Names beside the numbers of the demo league, for the SQL of its questions.
-- tg, pg, ps, st and shot are the last season; those with _all hold every season.
CREATE TEMP VIEW tg_all AS  -- a row a team and game; rest = days off before it
  SELECT s.*, t.full_name AS team, t.abbreviation AS abbr, t.conference, o.full_name AS opponent,
    o.abbreviation AS opp, o.conference AS opp_conference, g.periods,
    s.game_date - lag(s.game_date) OVER (PARTITION BY s.season, s.team_id ORDER BY s.game_date) - 1 AS rest
  FROM team_game_stats s JOIN teams t USING (team_id) JOIN games g USING (game_id)
  JOIN teams o ON o.team_id = s.opponent_team_id;
CREATE TEMP VIEW pg_all AS  -- a row a player and game
  SELECT s.*, p.full_name AS player, p.from_year, p.birth_date, t.full_name AS team, t.abbreviation AS abbr,
    o.abbreviation AS opp
  FROM player_game_stats s JOIN players p USING (player_id) JOIN teams t USING (team_id)
  JOIN teams o ON o.team_id = s.opponent_team_id;
CREATE TEMP VIEW ps_all AS  -- a row a player and season, all his teams together
  SELECT s.* EXCLUDE (team_id), p.full_name AS player, p.* EXCLUDE (player_id, full_name), t.abbreviation AS abbr
  FROM player_season_stats s JOIN players p USING (player_id) JOIN teams t ON t.team_id = s.last_team_id
  WHERE s.team_id IS NULL;
CREATE TEMP VIEW st_all AS  -- a row a team and season
  SELECT s.* EXCLUDE (conference, division), t.full_name AS team, t.abbreviation AS abbr, t.conference, t.division
  FROM standings s JOIN teams t USING (team_id);
CREATE TEMP VIEW shot_all AS  -- a row a shot
  SELECT s.*, p.full_name AS player, t.abbreviation AS abbr
  FROM shots s JOIN players p USING (player_id) LEFT JOIN teams t USING (team_id);
CREATE TEMP VIEW pbp AS  -- a row an event of the last season; margin = points between the teams before it
  SELECT e.*, p.full_name AS player,
    abs(coalesce(lag(home_score - away_score) OVER (PARTITION BY game_id ORDER BY event_num), 0)) AS margin
  FROM play_by_play e LEFT JOIN players p USING (player_id)
  WHERE season = (SELECT max(season) FROM games);
CREATE TEMP VIEW tg AS FROM tg_all WHERE season = (SELECT max(season) FROM games);
CREATE TEMP VIEW pg AS FROM pg_all WHERE season = (SELECT max(season) FROM games);
CREATE TEMP VIEW ps AS FROM ps_all WHERE season = (SELECT max(season) FROM games);
CREATE TEMP VIEW st AS FROM st_all WHERE season = (SELECT max(season) FROM games);
CREATE TEMP VIEW shot AS FROM shot_all WHERE season = (SELECT max(season) FROM games);
