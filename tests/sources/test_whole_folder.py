"""All of the real files: each is loaded, outside, or asks for its season; and together they agree."""

from collections import Counter, defaultdict
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from nba_mcp_synthesis.errors import SourceError
from nba_mcp_synthesis.sources.base import Outside, Reading
from nba_mcp_synthesis.sources.door import find_files, recognise
from sources.readings import read

Tables = dict[tuple[str, str], pa.Table]

# What is left out of all files, by label; anything else is a row lost.
KNOWN = {
    "PlayerCareerStats": {"the season was still being played": 1},
    "PlayerProfileV2": {"the season was still being played": 1},
    "Conference filter": {
        "TEAM_ID is not the id of an NBA team": 1,  # the All-Star game
        "WL is missing": 1,  # a second row without result for a game of the pre-season
        "the opponent is not an NBA team": 5,
    },
    "stats_boxscore_range": {"the minutes of the players are not those of a whole game": 11},
    "period_starters_boxscore": {"the minutes of the players are not those of a whole game": 11},
    "live_nba_2023": {"the game has not been played to its end": 1280},
    "player_shooting": {
        "one team of a player who has a row for all of his teams": 151,
        "the average of the league is no player": 1,
    },
    "play_off_totals": {"the same row twice": 22},
}


@pytest.fixture(scope="module")
def outcomes(real_data: Path) -> dict[str, Reading | Outside | str | None]:
    """What became of each file, by label; the text of the error where it failed."""
    found: dict[str, Reading | Outside | str | None] = {}
    for file in find_files([real_data]):
        try:
            known = recognise(file)
            found[file.label] = known if known is None or isinstance(known, Outside) else known.read(file)
        except SourceError as error:
            found[file.label] = str(error)
    return found


@pytest.fixture(scope="module")
def tables(outcomes: dict[str, Reading | Outside | str | None]) -> Tables:
    """The rows of all files by source and table."""
    parts: dict[tuple[str, str], list[pa.Table]] = defaultdict(list)
    for reading in outcomes.values():
        if isinstance(reading, Reading):
            for batch in reading.batches:
                parts[reading.source, batch.table].append(batch.rows)
    return {name: pa.concat_tables(rows, promote_options="default") for name, rows in parts.items()}


def _query(sql: str, **tables: pa.Table) -> list[tuple[object, ...]]:
    with duckdb.connect() as connection:
        for name, table in tables.items():
            connection.register(name, table)
        return connection.execute(sql).fetchall()


def test_no_file_is_unknown_and_none_fails(outcomes: dict[str, Reading | Outside | str | None]) -> None:
    """Two excerpts tell their season nowhere; they ask for it."""
    assert len(outcomes) > 530
    assert [label for label, found in outcomes.items() if found is None] == []
    failed = {label: found for label, found in outcomes.items() if isinstance(found, str)}
    assert {Path(label).name for label in failed} == {
        "PlayerEstimatedMetrics_excerpt.csv",
        "TeamEstimatedMetrics_excerpt.csv",
    }
    assert all("--season" in why for why in failed.values())


def test_the_excerpts_load_with_their_season(real_data: Path) -> None:
    """60 players with ten figures and their games, and 8 teams with nine."""
    folder = real_data / "nba_api_recorded" / "excerpts"
    players = read(folder / "PlayerEstimatedMetrics_excerpt.csv", "2025-26")
    teams = read(folder / "TeamEstimatedMetrics_excerpt.csv", "2025-26")
    assert (players.rows_read, players.batches[0].rows.num_rows) == (60, 60 * 11)
    assert (teams.rows_read, teams.batches[0].rows.num_rows) == (8, 8 * 10)


def test_rows_are_left_out_only_where_it_is_known(
    outcomes: dict[str, Reading | Outside | str | None],
) -> None:
    """Every rejection of the real files is one of those that are explained here."""
    for label, found in outcomes.items():
        if isinstance(found, Reading) and found.rejected:
            expected = next((reasons for part, reasons in KNOWN.items() if part in label), None)
            assert found.rejected == expected, label


@pytest.mark.parametrize(
    ("part", "rows"),
    [
        ("nba_team_stats_2010-11", 25936),
        ("play_off_totals_2010_2024", 2362),
        ("Basic team search for 2023-24", 2460),
        ("2018_19_Regular_Season", 2460),
        ("test_endpoints[LeagueGameLog]", 1688),
        ("responses/commonallplayers", 5103),
        ("test_endpoints[CommonAllPlayers]", 5111),
        ("test_endpoints[PlayerIndex]", 557),
        ("test_endpoints[LeagueHustleStatsPlayer]", 532),
        ("stats_home_shots_0021600270", 95),
        ("season_2025_26/player_hustle", 581),
        ("season_2025_26/po_player_speed", 230),
        ("season_2025_26/player_shooting", 734),
    ],
)
def test_every_row_of_a_file_is_read(
    outcomes: dict[str, Reading | Outside | str | None], part: str, rows: int
) -> None:
    """The counts are those that the files are described with."""
    (found,) = [found for label, found in outcomes.items() if part in label]
    assert isinstance(found, Reading)
    assert found.rows_read == rows


def test_other_leagues_are_outside(outcomes: dict[str, Reading | Outside | str | None]) -> None:
    """Files of two other leagues, by the ids of their games."""
    found = {label for label, o in outcomes.items() if isinstance(o, Outside) and o.name == "other_league"}
    assert {Path(label).name for label in found if "2021900002" not in label} == {
        "boxscoreadvancedv3.json",
        "boxscoredefensivev2.json",
        "boxscorefourfactorsv3.json",
        "boxscorescoringv3.json",
        "data_wnba_2019.json",
        "stats_gleague_02_25_2020.json",
    }
    assert sum("2021900002" in label for label in found) == 5


def test_every_season_has_its_games(tables: Tables) -> None:
    """2010-11 to 2020-21 with the short seasons; as many wins as losses as games; 73 and 9."""
    sides = tables["team_games", "team_game_stats"]
    found = _query(
        "SELECT season, count(DISTINCT game_id), count(*) FILTER (won), count(*) FILTER (NOT won) "
        "FROM sides GROUP BY 1 ORDER BY 1",
        sides=sides,
    )
    games = [1230, 990, 1229, 1230, 1230, 1230, 1230, 1230, 1230, 1059, 1080]
    assert [row[1:] for row in found] == [(n, n, n) for n in games]
    warriors = (
        "SELECT count(*) FILTER (won), count(*) FROM sides WHERE season = '2015-16' AND team_id = 1610612744"
    )
    assert _query(warriors, sides=sides) == [(73, 82)]


def test_results_agree_with_the_log_of_the_season(tables: Tables) -> None:
    """2018-19: the points and opponents of all 2460 team rows are the same in both sources."""
    sql = """SELECT count(*) FROM a JOIN b
             USING (game_id, team_id, pts, opp_pts, won, opponent_team_id, minutes)
             WHERE a.season = '2018-19'"""
    found = _query(
        sql, a=tables["team_games", "team_game_stats"], b=tables["league_game_log", "team_game_stats"]
    )
    assert found == [(2460,)]


def test_the_playoffs_of_fourteen_years(tables: Tables) -> None:
    """1170 games, each with a host and two rows."""
    games = _query(
        "SELECT count(*), count(DISTINCT season), count(home_team_id), count(*) FILTER (is_neutral) "
        "FROM games WHERE season_type = 'Playoffs'",
        games=tables["team_game_logs", "games"],
    )
    assert games == [(1170, 14, 1170, 0)]


def test_turnovers_of_players_are_never_more_than_the_teams(tables: Tables) -> None:
    """82 games of a team in both logs: the same box but for turnovers of the team, which 35 games have."""
    found = _query(
        """SELECT count(*), count(*) FILTER (a.tov > b.player_tov), bool_and(a.tov >= b.player_tov)
           FROM (SELECT DISTINCT game_id, team_id, tov, pts, fga, reb, minutes FROM logs) a
           JOIN (SELECT DISTINCT game_id, team_id, player_tov, pts, fga, reb, minutes FROM finder
                 WHERE season_type = 'Regular Season') b
             USING (game_id, team_id, pts, fga, reb, minutes)""",
        logs=tables["team_game_logs", "team_game_stats"],
        finder=tables["league_game_finder", "team_game_stats"],
    )
    assert found == [(82, 35, True)]


def test_box_scores_of_one_game_agree(tables: Tables) -> None:
    """0021600270 in two forms: all 19 players alike, and the turnovers of the teams as in the summary."""
    players = _query(
        """SELECT count(*) FROM a JOIN b USING (game_id, player_id, team_id, fgm, fga, fg3m, fg3a, ftm, fta,
             oreb, dreb, reb, ast, stl, blk, tov, pf, pts, plus_minus, started)
           WHERE abs(a.minutes - b.minutes) < 0.01""",
        a=tables["box_score_v2", "player_game_stats"],
        b=tables["box_score_data", "player_game_stats"],
    )
    teams = _query(
        """SELECT count(*) FROM a JOIN b USING (game_id, team_id, tov, pts, pts_q1, pts_q4, pts_paint,
           biggest_lead, times_tied, is_home, game_date)""",
        a=tables["line_scores", "team_game_stats"],
        b=tables["box_score_data", "team_game_stats"],
    )
    assert (players, teams) == ([(19,)], [(2,)])


def test_shots_of_a_game_are_its_attempts(tables: Tables) -> None:
    """Two games in both: attempts, makes and threes of every team, and zones that fit the values."""
    found = _query(
        """SELECT count(*), bool_and((n, made, threes) = (fga, fgm, fg3a)) FROM (
             SELECT game_id, team_id, count(*) AS n, count(*) FILTER (is_made) AS made,
                    count(*) FILTER (shot_value = 3) AS threes FROM shots GROUP BY ALL)
           JOIN sides USING (game_id, team_id)""",
        shots=tables["shot_charts", "shots"],
        sides=tables["box_score_v2", "team_game_stats"],
    )
    assert found == [(4, True)]


def test_mended_first_seasons_are_those_of_the_leagues_list(tables: Tables) -> None:
    """With the overrides the profiles agree with the list of all players, for every player in both."""
    differing = _query(
        "SELECT DISTINCT p.full_name FROM p JOIN a USING (player_id) WHERE p.from_year <> a.from_year",
        p=tables["player_profiles", "players"],
        a=tables["common_all_players", "players"],
    )
    assert differing == []


def test_tracking_is_of_the_same_players(tables: Tables) -> None:
    """581, 582 and 582 players of the season; 222, 230 and 230 of the play-offs."""
    found = {
        name: Counter(tables[name, "player_tracking"]["season_type"].to_pylist())
        for name in ("player_hustle", "player_speed", "player_possessions")
    }
    assert found == {
        "player_hustle": {"Regular Season": 581, "Playoffs": 222},
        "player_speed": {"Regular Season": 582, "Playoffs": 230},
        "player_possessions": {"Regular Season": 582, "Playoffs": 230},
    }
