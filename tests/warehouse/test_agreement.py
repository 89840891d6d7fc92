"""What counts as a contradiction between sources, and what is only how exactly each of them tells it."""

import re
from importlib.resources import files
from pathlib import Path

import pytest

import small_league
from nba_mcp_synthesis.errors import SettingsError
from nba_mcp_synthesis.sources.base import Reading
from nba_mcp_synthesis.sources.door import FORMATS
from nba_mcp_synthesis.warehouse import loading, merging, tolerances
from nba_mcp_synthesis.warehouse.layout import merged_tables

TEXT = files("nba_mcp_synthesis.warehouse").joinpath("tolerances.toml").read_text("utf-8")
SEASON = {"season": "2025-26", "season_type": "Regular Season"}


def contradictions(path: Path, table: str, told: dict[str, dict[str, object]]) -> tuple[str, ...]:
    """The findings where each source tells one row of a table; the rows are of the same key."""
    readings = [
        (source, Reading(source, (small_league._batch(table, [row]),), 1, simulated=True))
        for source, row in told.items()
    ]
    report = loading.load_demo(path / "w.duckdb", readings)
    found = next(check for check in report.checks if check.name == "sources_agree")
    assert found.compared == 1
    return found.failures


def totals(**values: float) -> dict[str, object]:
    return {**SEASON, "player_id": 1, "team_id": None, **values}


def game(**values: object) -> dict[str, object]:
    return {**SEASON, "game_id": "0022500001", "player_id": 1, "team_id": small_league.LAL, **values}


def test_a_difference_within_the_rounding_of_one_source_is_none(tmp_path: Path) -> None:
    """Careers have whole minutes, totals have seconds."""
    told = {"player_totals": totals(minutes=236.6), "player_career_stats": totals(minutes=237.0)}
    assert contradictions(tmp_path, "player_season_stats", told) == ()


def test_the_same_difference_between_two_exact_sources_is_one(tmp_path: Path) -> None:
    """Both tell the seconds, so that both cannot be right."""
    told = {"player_totals": totals(minutes=236.6), "league_dash_player_stats": totals(minutes=237.0)}
    assert contradictions(tmp_path, "player_season_stats", told) == (
        (
            "2025-26 Regular Season, 2025-26 Regular Season 1 player_season_stats.minutes: "
            "league_dash_player_stats says 237.0, player_totals says 236.6"
        ),
    )


def test_a_source_that_rounds_does_not_hide_two_that_contradict_each_other(tmp_path: Path) -> None:
    """The rounded value is as near to the one as to the other; all three are told."""
    told = {
        "player_totals": totals(minutes=236.6),
        "player_career_stats": totals(minutes=237.0),
        "league_dash_player_stats": totals(minutes=237.4),
    }
    (found,) = contradictions(tmp_path, "player_season_stats", told)
    assert found.endswith("player_career_stats says 237.0, player_totals says 236.6")


def test_more_than_the_rounding_is_a_contradiction(tmp_path: Path) -> None:
    """Whole minutes are half a minute off at most."""
    told = {"player_totals": totals(minutes=236.4), "player_career_stats": totals(minutes=237.0)}
    assert len(contradictions(tmp_path, "player_season_stats", told)) == 1


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        ({"box_score": {"minutes": 27 + 38 / 60}}, {"box_score_live": {"minutes": 27 + 38.6 / 60}}, 0),
        ({"demo": {"minutes": 27 + 38 / 60}}, {"box_score_live": {"minutes": 27 + 38.6 / 60}}, 1),
        ({"demo": {"minutes": 27 + 38 / 60}}, {"box_score_live": {"minutes": 1658 / 60}}, 0),
        ({"box_score": {"minutes": 27.0}}, {"box_score_v3": {"minutes": 27.5}}, 1),
        ({"box_score": {"pts": 20}}, {"box_score_v3": {"pts": 21}}, 1),
        ({"box_score": {"pts": 20}}, {"box_score_v3": {"pts": None}}, 0),
        ({"box_score": {"position": "F"}}, {"box_score_v3": {"position": "PF"}}, 0),
        ({"box_score": {"started": True}}, {"box_score_v3": {"started": False}}, 1),
    ],
)
def test_values_of_box_scores(
    tmp_path: Path, one: dict[str, dict[str, object]], other: dict[str, dict[str, object]], found: int
) -> None:
    """Seconds that are cut off, fractions of another making, counts, gaps, texts and truth values."""
    told = {source: game(**values) for source, values in {**one, **other}.items()}
    assert len(contradictions(tmp_path, "player_game_stats", told)) == found


def test_a_row_without_a_part_of_its_key_is_compared_too(tmp_path: Path) -> None:
    """Season totals of all teams together have no team."""
    told = {"player_totals": totals(pts=2000), "player_career_stats": totals(pts=2001)}
    (found,) = contradictions(tmp_path, "player_season_stats", told)
    assert "player_season_stats.pts: player_career_stats says 2001, player_totals says 2000" in found


UNUSABLE = {
    "a table": ("default = 0\n[player_games]\nminutes = 1", "player_games is not a table that is merged"),
    "a record": ("default = 0\n[load_history]\nseconds = 1", "load_history is not a table that is merged"),
    "a column": ("default = 0\n[games]\nscore = 1", r"games\.score is not a column to compare"),
    "a key": ('default = 0\n[games]\ngame_id = "any"', r"games\.game_id is not a column to compare"),
    "a source": (
        "default = 0\n[player_game_stats]\nminutes.box_scores = 1",
        r"minutes\.box_scores: no source of player_game_stats is called 'box_scores'",
    ),
    "a source of another table": (
        "default = 0\n[player_game_stats]\nminutes.season_games = 1",
        "no source of player_game_stats is called 'season_games'",
    ),
    "a word": ('default = 0\n[games]\nhome_pts = "all"', "'all' is neither an amount"),
    "a negative amount": ("default = 0\n[games]\nhome_pts = -1", "-1 is neither an amount"),
    "no number": ("default = 0\n[games]\nhome_pts.demo = nan", "nan is neither an amount"),
    "an amount for a text": ("default = 0\n[players]\nschool = 1", r"players\.school is no number"),
    "no default": ('[players]\nschool = "any"', "default is None"),
    "not TOML": ("default = ", "not valid TOML"),
}


@pytest.mark.parametrize("wrong", UNUSABLE)
def test_what_names_nothing_is_refused(wrong: str) -> None:
    """A tolerance that could never apply is an error that names it, not a silent gap."""
    text, reason = UNUSABLE[wrong]
    with pytest.raises(SettingsError, match=reason):
        tolerances.parse(text)


def test_every_tolerance_says_why() -> None:
    """Each line of the file that sets something has its reason beside it."""
    lines = [line for line in TEXT.splitlines() if "=" in line.partition("#")[0]]
    assert lines
    assert [line for line in lines if not re.search(r"#.*\w{3}", line)] == []


def test_precedence_names_sources_that_there_are() -> None:
    """So a tolerance, whose sources are those of precedence, cannot name another one either."""
    known = {known.name for known in FORMATS} | {"demo"}
    named = {source for table in merged_tables() for source in merging.sources_of(table)}
    assert named <= known
