"""The real files of a season: complete, and in agreement with each other."""

from collections import Counter
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from nba_mcp_synthesis.sources.base import Reading
from nba_mcp_synthesis.sources.door import find_files, recognise
from nba_mcp_synthesis.sources.player_totals import PlayerTotals
from sources.readings import read, rows_of

Tables = dict[tuple[str, str], pa.Table]
LOG = "nba_api_recorded/cassettes/smoke/test_endpoints[LeagueGameLog].yaml"
NEUTRAL = {"0022500147", "0022500578", "0022500602", "0022501229", "0022501230"}
COUNTS = (
    *("fgm", "fga", "fg3m", "fg3a", "ftm", "fta", "oreb", "dreb", "reb"),
    *("ast", "stl", "blk", "tov", "pf", "pts"),
)


def _query(sql: str, files: Path | None = None, **tables: pa.Table) -> list[tuple[Any, ...]]:
    """Rows of a query over Arrow tables, and over the raw files that `$files` names."""
    with duckdb.connect() as connection:
        for name, table in tables.items():
            connection.register(name, table)
        return connection.execute(sql, {"files": str(files)} if files else None).fetchall()


@pytest.fixture(scope="module")
def log(real_data: Path) -> Reading:
    """The recorded game log of the season's first 844 games."""
    return read(real_data / LOG)


def test_every_row_is_read(season_readings: list[Reading]) -> None:
    """The files of the season are recognised one by one, and none of their rows is refused."""
    assert Counter(reading.source for reading in season_readings) == {
        "player_shots": 291,
        "box_score": 43,
        "season_games": 2,
        "player_totals": 1,
        "player_per_game": 1,
        "player_profiles": 1,
        "team_per_game": 1,
        "team_opponent": 1,
        "standings": 1,
        "playoff_series": 1,
        "player_hustle": 2,
        "player_speed": 2,
        "player_possessions": 2,
        "player_shooting": 1,
    }
    assert [reading.rejected for reading in season_readings if reading.rejected] == [
        {
            "one team of a player who has a row for all of his teams": 151,
            "the average of the league is no player": 1,
        }
    ]


def test_games_and_their_sides(season_tables: Tables, season_folder: Path) -> None:
    """There are 1225 games of the regular season and 85 of the play-offs, with the points of the files."""
    games = season_tables["season_games", "games"]
    sides = season_tables["season_games", "team_game_stats"]
    by_type = _query("SELECT season_type, count(*) FROM games GROUP BY 1", games=games)
    assert dict(by_type) == {"Regular Season": 1225, "Playoffs": 85}
    assert sides.num_rows == 2 * 1310
    files = season_folder / "*games.csv"
    (in_files,) = _query("SELECT count(*), sum(HOME_PTS + AWAY_PTS) FROM read_csv($files)", files)
    assert in_files == (1310, pc.sum(sides["pts"]).as_py())
    assert pc.sum(sides["pts"]).as_py() == pc.sum(sides["opp_pts"]).as_py()
    assert pc.sum(sides["won"]).as_py() == 1310
    assert pc.sum(sides["plus_minus"]).as_py() == 0


def test_the_log_has_both_rows_of_844_games(log: Reading) -> None:
    """Every row is used; exactly five games were at neutral sites, where neither team is at home."""
    games, sides = rows_of(log, "games"), rows_of(log, "team_game_stats")
    assert (log.rows_read, log.rejected, len(games), len(sides)) == (1688, {}, 844, 1688)
    assert {game["game_id"] for game in games if game["is_neutral"]} == NEUTRAL
    assert {side["game_id"] for side in sides if side["is_home"] is None} == NEUTRAL


def test_the_log_agrees_with_the_games(log: Reading, season_tables: Tables) -> None:
    """839 games are in both and agree, five are in the log only.

    One attempt of 0022500813 became a two after the log was recorded: that percentage differs.
    """
    by_table = {batch.table: batch.rows for batch in log.batches}
    (found,) = _query(
        """SELECT count(*), count(DISTINCT game_id), count(*) FILTER (
             (l.pts, l.opp_pts, l.won, l.is_home, l.opponent_team_id, l.game_date, l.plus_minus, l.fg_pct)
             = (s.pts, s.opp_pts, s.won, s.is_home, s.opponent_team_id, s.game_date, s.plus_minus, s.fg_pct)),
             list(DISTINCT game_id) FILTER (l.fg3_pct <> s.fg3_pct)
           FROM l JOIN s USING (game_id, team_id)""",
        l=by_table["team_game_stats"],
        s=season_tables["season_games", "team_game_stats"],
    )
    assert found == (1678, 839, 1678, ["0022500813"])
    missing = _query(
        "SELECT game_id FROM l ANTI JOIN s USING (game_id)",
        l=by_table["games"],
        s=season_tables["season_games", "games"],
    )
    assert {game_id for (game_id,) in missing} == NEUTRAL


def test_games_and_log_make_the_standings(log: Reading, season_tables: Tables) -> None:
    """With the five neutral games, wins, losses and home records are those published for all 30 teams."""
    by_table = {batch.table: batch.rows for batch in log.batches}
    (agreeing,) = _query(
        """WITH side AS (
             SELECT team_id, won, is_home FROM s WHERE season_type = 'Regular Season'
             UNION ALL SELECT team_id, won, is_home FROM l WHERE is_home IS NULL),
           ours AS (
             SELECT team_id, count(*) FILTER (won) AS wins, count(*) FILTER (NOT won) AS losses,
                    count(*) FILTER (won AND is_home) AS home_wins,
                    count(*) FILTER (NOT won AND NOT is_home) AS road_losses
             FROM side GROUP BY 1),
           published AS (PIVOT m ON metric USING first(value) GROUP BY entity_id)
           SELECT count(*) FROM ours JOIN published p ON p.entity_id = ours.team_id
           WHERE (ours.wins, ours.losses, ours.home_wins, ours.road_losses)
               = (p.wins, p.losses, p.home_wins, p.road_losses)""",
        l=by_table["team_game_stats"],
        s=season_tables["season_games", "team_game_stats"],
        m=season_tables["standings", "official_metrics"],
    )
    assert agreeing == (30,)


def test_an_older_log_as_plain_json(real_data: Path) -> None:
    """All 1230 games of 2018-19 are in the log of that season."""
    folder = real_data / "pbpstats_samples" / "schedule"
    reading = read(folder / "stats_leaguegamelog_nba_2018_19_Regular_Season.json")
    games = rows_of(reading, "games")
    assert (len(games), reading.rejected) == (1230, {})
    assert {(game["season"], game["season_type"]) for game in games} == {("2018-19", "Regular Season")}


def test_totals_are_those_of_the_file(season_tables: Tables, season_folder: Path) -> None:
    """582 players, every column adds up to what the file does, points to those of all 1230 games."""
    totals = season_tables["player_totals", "player_season_stats"]
    assert totals.num_rows == pc.count_distinct(totals["player_id"]).as_py() == 582
    columns = (*COUNTS, "gp", "plus_minus", "blka", "pfd", "dd2", "td3")
    (in_file,) = _query(
        """SELECT sum(COLUMNS('^(FGM|FGA|FG3M|FG3A|FTM|FTA|OREB|DREB|REB|AST|STL|BLK|TOV|PF|PTS)$'))
           FROM (SELECT FGM, FGA, FG3M, FG3A, FTM, FTA, OREB, DREB, REB, AST, STL, BLK, TOV, PF, PTS
                 FROM read_csv($files))""",
        season_folder / "player_totals.csv",
    )
    (rest,) = _query(
        """SELECT sum(GP), sum(PLUS_MINUS), sum(BLKA), sum(PFD), sum(DD2), sum(TD3), sum(MIN), sum(W)
           FROM read_csv($files)""",
        season_folder / "player_totals.csv",
    )
    ours = [pc.sum(totals[name]).as_py() for name in (*columns, "minutes", "wins")]
    assert ours == pytest.approx([*in_file, *rest], abs=1e-6)
    assert pc.sum(totals["pts"]).as_py() == 284395


def test_averages_are_totals_by_games(season_tables: Tables) -> None:
    """All published averages of the 582 players are within 0.05 of totals by games."""
    (found,) = _query(
        """SELECT count(*), max(abs(m.value - t.total / t.gp)) FROM m JOIN (
             UNPIVOT (FROM t) ON COLUMNS('^(fg.*|ft.|.*reb|ast|stl|blk|tov|pf|pts)$')
             INTO NAME what VALUE total) t
           ON m.entity_id = t.player_id AND m.metric = t.what || '_per_game'""",
        m=season_tables["player_per_game", "official_metrics"],
        t=season_tables["player_totals", "player_season_stats"],
    )
    assert found[0] == 582 * len(COUNTS)
    assert found[1] == pytest.approx(0.05, abs=0.001)


def test_profiles_are_of_the_same_players(season_tables: Tables) -> None:
    """582 profiles: 6 without weight, 67 without jersey, 0 and 00 kept apart, 152 not drafted."""
    players = season_tables["player_profiles", "players"]
    totals = season_tables["player_totals", "player_season_stats"]
    assert set(players["player_id"].to_pylist()) == set(totals["player_id"].to_pylist())
    empty = {name: players[name].null_count for name in ("weight_lb", "jersey", "school", "height_in")}
    assert empty == {"weight_lb": 6, "jersey": 67, "school": 8, "height_in": 0}
    assert {"0", "00"} <= set(players["jersey"].to_pylist())
    assert players["draft_number"].null_count == players["draft_year"].null_count
    assert _query("SELECT height_in FROM p WHERE full_name = 'LeBron James'", p=players) == [(81,)]


def test_averages_of_teams_agree_with_the_games(season_tables: Tables) -> None:
    """Published points and opponents' points a game are those of the standings for all 30 teams."""
    own = season_tables["team_per_game", "team_season_stats"]
    opponents = season_tables["team_opponent", "team_season_stats"]
    assert (own.num_rows, opponents.num_rows) == (30, 30)
    assert set(own["gp"].to_pylist()) == set(opponents["gp"].to_pylist()) == {82}
    (agreeing,) = _query(
        """SELECT count(*) FROM own JOIN opponents o USING (team_id)
           JOIN (PIVOT m ON metric USING first(value) GROUP BY entity_id) p ON p.entity_id = team_id
           WHERE own.pts_per_game = p.pts_per_game AND o.opp_pts_per_game = p.opp_pts_per_game
             AND own.wins = p.wins AND own.losses = p.losses""",
        own=own,
        opponents=opponents,
        m=season_tables["standings", "official_metrics"],
    )
    assert agreeing == (30,)


def test_series_are_those_of_the_games(season_tables: Tables) -> None:
    """The 15 series have the wins, rounds and dates of the 85 play-off games."""
    assert season_tables["playoff_series", "playoff_series"].num_rows == 15
    differing = _query(
        """WITH game AS (
             SELECT least(team_id, opponent_team_id) AS low, greatest(team_id, opponent_team_id) AS high,
                    team_id, won, game_date, playoff_round
             FROM sides JOIN (SELECT game_id, playoff_round FROM games) USING (game_id)
             WHERE season_type = 'Playoffs')
           SELECT s.team1_id, s.team2_id FROM series s JOIN game
             ON low = least(team1_id, team2_id) AND high = greatest(team1_id, team2_id)
           GROUP BY ALL
           HAVING count(*) FILTER (won AND team_id = team1_id) <> any_value(team1_wins)
               OR count(*) FILTER (won AND team_id = team2_id) <> any_value(team2_wins)
               OR min(game_date) <> any_value(first_game_date) OR max(game_date) <> any_value(last_game_date)
               OR min(playoff_round) <> any_value(round) OR max(playoff_round) <> any_value(round)""",
        series=season_tables["playoff_series", "playoff_series"],
        sides=season_tables["season_games", "team_game_stats"],
        games=season_tables["season_games", "games"],
    )
    assert differing == []


def test_box_scores_agree_with_the_games(season_tables: Tables) -> None:
    """43 box scores have the scores, hosts and Eastern dates of the list of games."""
    (found,) = _query(
        """SELECT count(*), count(DISTINCT b.periods) FROM b JOIN g
           USING (game_id, home_team_id, away_team_id, home_pts, away_pts, game_date, season,
                  season_type, playoff_round, series_game)""",
        b=season_tables["box_score", "games"],
        g=season_tables["season_games", "games"],
    )
    assert found == (43, 2)


def test_players_of_box_scores_add_up_to_their_teams(season_tables: Tables, season_folder: Path) -> None:
    """All 86 sides have every count, and the players' sums are the figures that the files publish."""
    sides = season_tables["box_score", "team_game_stats"]
    assert sides.num_rows == 86
    assert [name for name in sides.column_names if sides[name].null_count] == []
    found = _query(
        """WITH t AS (SELECT gameId, unnest(teamStats, recursive := true) FROM read_json($files))
           SELECT (sum(pts), sum(reb), sum(ast), sum(stl), sum(blk), sum(tov)) = any_value(
               (points, reboundsTotal, assists, steals, blocks, turnovers))
           FROM p JOIN t ON p.game_id = t.gameId AND p.team_id = t.teamId
           GROUP BY game_id, team_id""",
        season_folder / "boxscores" / "*.json",
        p=season_tables["box_score", "player_game_stats"],
    )
    assert found == [(True,)] * 86


def test_shots_are_the_attempts_of_the_totals(season_tables: Tables) -> None:
    """All 291 players have the attempts and makes of their totals; threes differ by one at the most."""
    shots = season_tables["player_shots", "shots"]
    assert shots.num_rows == pc.count_distinct(shots["shot_id"]).as_py() == 120324
    found = _query(
        """SELECT count(*), bool_and(fga = tried AND fgm = made), max(abs(fg3a - threes))
           FROM (SELECT player_id, count(*) AS tried, count(*) FILTER (is_made) AS made,
                        count(*) FILTER (shot_value = 3) AS threes
                 FROM shots WHERE season_type = 'Regular Season' GROUP BY 1)
           JOIN (SELECT player_id, fga, fgm, fg3a FROM totals) USING (player_id)""",
        shots=shots,
        totals=season_tables["player_totals", "player_season_stats"],
    )
    assert found == [(291, True, 1)]


def test_excerpts_are_of_their_own_season_type(season_folder: Path) -> None:
    """Excerpts of totals and averages of the play-offs are, as their names say."""
    files = {file.path.name: file for file in find_files([season_folder]) if "excerpts" in file.label}
    found = {name: known.name for name, file in files.items() if (known := recognise(file))}
    assert found == {
        "player_advanced_excerpt.csv": "player_advanced",
        "po_player_advanced_excerpt.csv": "player_advanced",
        "team_advanced_excerpt.csv": "team_advanced",
        "po_player_per_game_excerpt.csv": "player_per_game",
        "po_player_totals_excerpt.csv": "player_totals",
    }
    reading = PlayerTotals().read(files["po_player_totals_excerpt.csv"])
    rows = rows_of(reading, "player_season_stats")
    assert {(row["season"], row["season_type"]) for row in rows} == {("2025-26", "Playoffs")}
    assert len(rows) == 20
