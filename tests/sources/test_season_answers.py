"""Season figures, careers, lists of players, tracking and published figures."""

import json
from pathlib import Path

import pytest

from nba_mcp_synthesis.errors import SourceError
from nba_mcp_synthesis.sources.base import Outside
from nba_mcp_synthesis.sources.door import find_files, recognise
from nba_mcp_synthesis.sources.name_folding import folded
from sources.api_samples import (
    API_FILES,
    NYK,
    SAS,
    SEASON,
    advanced_rows,
    answer,
    csv_of,
    hustle_rows,
    season_rows,
    standing_rows,
    stints,
    team_rows,
)
from sources.readings import Load, rows_of
from sources.samples import cassette

TOTALS = {**SEASON, "PerMode": "Totals", "MeasureType": "Base"}
URI = "https://stats.nba.com/stats/leaguegamelog?LeagueID=00&PlayerOrTeam=T&SeasonType=Regular+Season"


def _recorded(endpoint: str, text: str, day: str) -> str:
    headers = f"    headers:\n      Date:\n      - {day}\n    status:"
    return (
        cassette(text).replace(URI, f"https://stats.nba.com/stats/{endpoint}").replace("    status:", headers)
    )


def test_totals_of_a_season_that_was_over(load: Load) -> None:
    """They are those of the season, as in the file of totals."""
    reading = load("dash.json", API_FILES["dash.json"][1])
    assert [row["pts"] for row in rows_of(reading, "player_season_stats")] == [28, 28]
    assert [row["full_name"] for row in rows_of(reading, "players")] == ["A B", "A B"]
    team = rows_of(load("teams.json", API_FILES["dash_teams.json"][1]), "team_season_stats")[0]
    assert (team["gp"], team["pts"], team["minutes"]) == (82, 28, 5 * 3966.0)


@pytest.mark.parametrize("day", ["Sun, 22 Feb 2026 05:36:30 GMT", "Fri, 10 Jul 2026 05:36:30 GMT"])
def test_what_was_recorded_within_the_season_is_kept_beside(load: Load, day: str) -> None:
    """Before the season was over the figures are of that day, and no totals."""
    text = answer({"LeagueDashPlayerStats": season_rows()}, TOTALS)
    reading = load("dash.yaml", _recorded("leaguedashplayerstats", text, day))
    metrics = rows_of(reading, "official_metrics")
    assert bool(metrics) is ("Feb" in day)
    assert len(rows_of(reading, "player_season_stats")) == (0 if metrics else 2)
    assert {str(row["as_of"]) for row in metrics} <= {"2026-02-22"}


def test_half_a_season_is_told_by_its_games(load: Load) -> None:
    """Without a day the games played tell: nobody has played nearly all of them."""
    reading = load("dash.json", answer({"LeagueDashTeamStats": team_rows(GP=58)}, TOTALS))
    assert rows_of(reading, "team_season_stats") == []
    assert {row["value"] for row in rows_of(reading, "official_metrics") if row["metric"] == "gp"} == {58}


@pytest.mark.parametrize("part", [{"LastNGames": 10}, {"Location": "Home"}, {"MeasureType": "Advanced"}])
def test_figures_of_a_part_are_not_those_of_the_season(load: Load, part: dict[str, object]) -> None:
    """A filter in the request makes other figures in the same columns."""
    reading = load("dash.json", answer({"LeagueDashTeamStats": team_rows()}, {**TOTALS, **part}))
    assert (reading.batches, reading.rejected.total()) == ((), 2)


def _career(*teams: int) -> str:
    sets = {
        "SeasonTotalsRegularSeason": stints("2024-25", *teams),
        "SeasonTotalsPostSeason": stints("2024-25", NYK),
    }
    return answer(sets, {"PerMode": "Totals"})


@pytest.mark.parametrize(
    ("teams", "rows"),
    [((NYK,), {(NYK, NYK), (None, NYK)}), ((NYK, SAS, 0), {(NYK, SAS), (SAS, SAS), (None, SAS)})],
)
def test_a_career_has_a_row_a_team_and_one_for_all(
    load: Load, teams: tuple[int, ...], rows: set[tuple[int | None, int]]
) -> None:
    """The total of a traded player is the published one; the last team is the one before it."""
    found = rows_of(load("career.json", _career(*teams), None), "player_season_stats")
    regular = [row for row in found if row["season_type"] == "Regular Season"]
    assert {(row["team_id"], row["last_team_id"]) for row in regular} == rows
    assert len(regular) == len(rows)


def test_a_season_in_progress_is_no_season_of_a_career(load: Load) -> None:
    """The row of the day of the recording is counted as left out."""
    text = _recorded("playercareerstats", _career(NYK), "Sun, 23 Feb 2025 05:36:30 GMT")
    assert load("career.yaml", text, None).rejected == {"the season was still being played": 2}


def test_tracking_figures(load: Load) -> None:
    """Hustle figures are by games with hustle data."""
    row = rows_of(load("hustle.csv", csv_of(hustle_rows())), "player_tracking")[0]
    assert (row["hustle_gp"], row["box_outs_per_game"], row["season_type"]) == (16, 1.25, "Regular Season")
    with pytest.raises(SourceError, match="--season"):
        load("hustle.csv", csv_of(hustle_rows()), None)


def test_percentages_of_two_scales_are_fractions(load: Load) -> None:
    """The turnover percentage is printed per 100 for players; the ratio of assists stays per 100."""
    found = rows_of(load("advanced.csv", csv_of(advanced_rows())), "official_metrics")
    values = {row["metric"]: row["value"] for row in found if row["entity_id"] == 1}
    assert (values["tm_tov_pct"], values["ast_ratio"], values["usg_pct"]) == (pytest.approx(0.063), 15.9, 0.2)


def test_recorded_standings_go_by_our_names(load: Load) -> None:
    """They are another source than the published standings of the end."""
    found = rows_of(load("standings.json", answer({"Standings": standing_rows()})), "official_metrics")
    values = {row["metric"]: (row["source"], row["value"]) for row in found if row["entity_id"] == NYK}
    assert values["win_pct"] == ("league_standings", 0.754)
    assert values["plus_minus_per_game"] == ("league_standings", 11.0)


def test_a_known_wrong_value_is_mended(load: Load) -> None:
    """And only that value: what a source has mended itself stays."""
    people = [
        {"PERSON_ID": i, "DISPLAY_FIRST_LAST": "A B", "FROM_YEAR": y}
        for i, y in ((1630703, 2021), (1630699, 2020))
    ]
    found = rows_of(load("people.json", answer({"CommonAllPlayers": people})), "players")
    assert [row["from_year"] for row in found] == [2023, 2020]


@pytest.mark.parametrize(
    ("name", "same"),
    [("Luka Dončić", "Luka Doncic"), ("Egor D\u0451min", "Egor Dëmin"), ("A.J. Green", "AJ Green Jr.")],
)
def test_names_in_several_spellings_are_one(name: str, same: str) -> None:
    """Accents, points and suffixes do not tell players apart; nor does a letter of another script."""
    assert folded(name) == folded(same)


def test_shooting_is_told_by_the_players_beside_it(load: Load, tmp_path: Path) -> None:
    """A traded player's total counts; a name that nobody bears is counted with the name."""
    (tmp_path / "player_profiles.csv").write_text(
        "PLAYER_ID,PLAYER_NAME\n1641842,Ronald Holland II\n1630286,Trevon Scott\n", encoding="utf-8"
    )
    columns = "Player,Tm,G,FG%,Dist.,2P,0-3,3-10,10-16,16-3P,3P,%FGA,#,%3PA,3P%,Att.,Md."
    figures = "41.0,0.5,7.8,0.9,0.4,0.3,0.1,0.1,0.1,0.2,20.0,0.5,0.2,1.0,0.0"
    lines = [
        f"{who},{figures}" for who in ("Ron Holland,2TM", "Ron Holland,DET", "Tre Scott,CLE", "No One,CLE")
    ]
    reading = load("player_shooting.csv", "\n".join([columns, *lines, ""]))
    found = {
        row["entity_id"]: row["value"]
        for row in rows_of(reading, "official_metrics")
        if row["metric"] == "fg_pct"
    }
    assert found == {1641842: 0.5, 1630286: 0.5}
    assert reading.rejected == {
        "one team of a player who has a row for all of his teams": 1,
        "No One is not the name of exactly one player in the lists beside the file": 1,
    }


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("wnba.json", json.dumps({"boxScoreTraditional": {"gameId": "1022500165"}}), "another league"),
        ("other.json", answer({"X": [{"A": 1}]}, {"LeagueID": "10"}), "another league"),
        ("gl.yaml", cassette("{}", "LeagueID=20&PlayerOrTeam=T"), "another league"),
        ("draft.json", json.dumps({"resource": "drafthistory"}), "the drafts of all years"),
        ("rotation.json", json.dumps({"resource": "gamerotation"}), "who was on the court follows"),
        ("awards.yaml", _recorded("playerawards", "{}", "x"), "awards are not kept"),
        ("modern_RAPTOR_by_player.csv", "player_name,player_id\nA,1\n", "RAPTOR is another site's"),
    ],
)
def test_what_is_known_and_feeds_no_table_says_why(tmp_path: Path, name: str, text: str, why: str) -> None:
    """It is told from what nobody knows, and without reading it."""
    (tmp_path / name).write_text(text, encoding="utf-8")
    found = recognise(find_files([tmp_path])[0])
    assert isinstance(found, Outside)
    assert found.why.startswith(why)
