"""Conditions that look like something else: refused, never answered around."""

import pytest

from nba_mcp_synthesis.facts import Question
from nba_mcp_synthesis.warehouse.duckdb_engine import DuckDBWarehouse
from small_league import analyst_of

REFUSED = [
    "who led the league in scoring in the play-in",
    "celtics points per game in the play-in",
    "score of the lakers celtics playoff game on 2025-12-05",
    "what team does the leading scorer play for",
    "which team has the best rebounder",
    "who led the best team in scoring",
    "top 5 scorers on the worst team",
    "jokic points in double-doubles",
    "jokic points from free throws",
    "luka points from threes",
    "jokic points from deep",
    "who made the most threes and attempted the most free throws",
    "who scored the most points in boston",
    "how many games did the lakers win by",
    "celtics 5 or more",
    "how many threes did curry shoot",
    "how many times did luka get to the line",
    "players who made 100+",
    "jokic shots per game",
    "who did not score 20 points",
    "most points without lebron",
    "jokic points except against the lakers",
    "who is the most efficient scorer",
    "players with 20 points but not 5 rebounds",
    "lakers record without luka",
    "most points by a player who never played in college",
    "which player improved the most",
    "luka points per minute",
    "curry threes per attempt",
    "difference in ppg between luka and sga",
    "lebron points compared to last season",
    "celtics record when tatum scores 30",
    "most assists to a single teammate",
    "jokic assists to murray",
    "how many points per game did the lakers average when they lost by 10",
    "the other team's points",
    "half of jokic points",
    "double the points of curry",
    "jokic rebounds minus embiid rebounds",
    "top scorer not named luka",
    "which team other than the thunder won 60",
    "jokic and murray combined points",
    "lakers and clippers combined wins",
    "luka ppg if you remove the first 10 games",
    "youngest team",
    "each team's leading scorer",
]


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_not_understood_as_a_whole_is_refused(real_warehouse: DuckDBWarehouse, text: str) -> None:
    """A condition read as a second measure, a place as a team, or a type not heard: no answer."""
    analyst = analyst_of(real_warehouse)
    assert analyst.propose(Question("q", text)).status != "answered"


@pytest.mark.parametrize(
    "text",
    [
        "who led the heat in total points and total rebounds",
        "jokic points, rebounds and assists per game",
        "celtics points allowed per game",
        "how many free throws did jokic attempt",
        "which team allowed the fewest points per game",
        "celtics ppg in wins",
        "how many points and rebounds do the celtics allow per game",
        "points scored and allowed per game by the celtics",
        "how many threes did curry make and attempt",
    ],
)
def test_lists_of_measures_and_their_forms_are_answered(real_warehouse: DuckDBWarehouse, text: str) -> None:
    """What is said plainly is still understood."""
    analyst = analyst_of(real_warehouse)
    assert analyst.propose(Question("q", text)).status == "answered"
