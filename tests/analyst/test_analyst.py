"""The analyst on a league small enough to check by hand."""

import pytest

from nba_mcp_synthesis.analyst.analyst import FAMILIES, Analyst
from nba_mcp_synthesis.analyst.reading import Reading, Taking
from nba_mcp_synthesis.basketball.names import Names
from nba_mcp_synthesis.facts import Proposal, Question
from nba_mcp_synthesis.synthesis.verify import verify
from nba_mcp_synthesis.warehouse.duckdb_engine import DuckDBWarehouse


def ask(analyst: Analyst, text: str) -> Proposal:
    """What the analyst says."""
    return analyst.propose(Question("q", text))


IN = "in the 2025-26 regular season"
ANSWERS = {
    "most points": f"Cid Sample led the league with 220 points {IN}.",
    "top 2 in scoring": (
        f"Cid Sample led the league with 73.3 points per game {IN}. 1. Cid Sample 73.3, 2. Ada Test 66.7."
    ),
    "most rebounds": f"Most rebounds {IN}: Ada Test 3, Ben Test 3, Cid Sample 3 and Dag Sample 3.",
    "who led the lakers in points": f"Ada Test led the Los Angeles Lakers with 200 points {IN}.",
    "which team scored the fewest points per game": f"Fewest points per game {IN}: Boston Celtics 106.7.",
    "ada test ppg": f"Ada Test averaged 66.7 points per game {IN}.",
    "ada test assists": f"Ada Test had 1 assist {IN}.",
    "ben test games played": f"Ben Test played 3 games {IN}.",
    "cid sample rebounds and assists": f"Cid Sample had 3 rebounds and 3 assists {IN}.",
    "ada test ppg and rebounds": f"Ada Test averaged 66.7 points per game and 1.0 rebounds per game {IN}.",
    "ada test points and fg%": f"Ada Test had 200 points and a field goal percentage of 50.0 % {IN}.",
    "lakers record": f"The Los Angeles Lakers went 2-1 {IN}.",
    "celtics road record": f"The Boston Celtics went 1-2 away {IN}.",
    "lakers celtics score on 11/2": (
        "Final score: Boston Celtics 101, Los Angeles Lakers 95 on November 2, 2025."
    ),
    "who won lakers vs celtics on november 3 2025 and by how much": (
        "The Los Angeles Lakers won by 1 point against the Boston Celtics on November 3, 2025: "
        "Los Angeles Lakers 120, Boston Celtics 119."
    ),
    "which team had the best record": f"The Los Angeles Lakers (2-1) had the best record of the league {IN}.",
    "what seed were the celtics": f"The Boston Celtics were 1st in the East with 1-2 {IN}.",
    "west standings": f"The West {IN}: 1. Los Angeles Lakers 2-1.",
}


@pytest.mark.parametrize(("question", "text"), ANSWERS.items())
def test_answers_in_words(analyst: Analyst, league: DuckDBWarehouse, question: str, text: str) -> None:
    """Each kind of question is answered in a sentence whose every number its queries return."""
    proposal = ask(analyst, question)
    assert (proposal.status, proposal.text) == ("answered", text)
    verdict = verify(proposal, league.query)
    assert verdict.failures == ()
    assert proposal.claims
    assert proposal.rows


# What is asked besides a question that could be answered, and the words that must be named for it.
CONDITIONS = {
    "ada test points on the road": "on the road",
    "ada test points against the celtics": "celtics",
    "most points in clutch": "clutch",
    "ada test points since january": "since",
    "ada test points in december": "december",
    "most points by a rookie": "rookie",
    "most points by a center": "center",
    "most points under 25": "under",
    "most points per 36 minutes": "per",
    "most points in a game": "in a game",
    "most points in a season": "in a season",
    "second most points": "second",
    "most points not ada test": "not",
    "most 30 point games": "point games",
    "lakers record when they score 100": "when",
    "lakers record against the celtics": "celtics",
    "lakers record without ada test": "without",
    "lakers record since november": "since",
    "lakers last 2 games record": "last",
    "ada test and ben test points": "ben test",
    "ada test points 2025-26 and 2024-25": "2024-25",
    "most points in the east": "east",
    "lakers celtics points": "celtics",
    "how many threes did ada test shoot": "shoot",
    "which team had the most road wins": "road",
    "ada test ppg and total rebounds": "total",
    "ada test points \u51b0": "\u51b0",
}


@pytest.mark.parametrize(("question", "named"), CONDITIONS.items())
def test_no_condition_is_ignored(analyst: Analyst, question: str, named: str) -> None:
    """A question with anything that is not answered for is refused, and the refusal names it."""
    proposal = ask(analyst, question)
    assert proposal.status == "refused"
    assert f'"{named}"' in proposal.text
    assert proposal.claims == ()


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("who won mvp", "Awards are not in the data."),
        ("ada test career points", "Career figures are not in the data"),
        (
            "lakers record in 2003-04",
            "The games of the 2003-04 regular season are not loaded. Loaded: 2025-26.",
        ),
        ("ada test ppg last season", "2024-25"),
        ("lakers record in the playoffs", "not loaded"),
        ("lakers celtics score on november 9", "No such game"),
        ("lakers celtics score on november 2 2024", "No such game"),
        ("box score of lakers celtics november 2", "its box score is not"),
        ("michael test points", "michael"),
        ("fewest points", "hardly played"),
        ("most rebounds with 10+ points", "per game or in the whole season"),
        ("most wins by a player", "cannot be told for a player"),
        ("lakers free throw percentage", "do not give"),
        ("most and fewest points", "both ends"),
        ("hello", "do not understand"),
        ("lakers", "cannot answer this kind of question"),
    ],
)
def test_refusals_say_why(analyst: Analyst, question: str, reason: str) -> None:
    """What is not loaded, or makes no sense, is refused in plain words."""
    proposal = ask(analyst, question)
    assert proposal.status == "refused"
    assert reason in proposal.text


@pytest.mark.parametrize(
    ("question", "choices"),
    [("test points", 2), ("sample ppg", 2), ("la record", 2), ("score of the lakers celtics game", 3)],
)
def test_an_ambiguous_name_or_game_is_asked_back(analyst: Analyst, question: str, choices: int) -> None:
    """Where several players, teams or games may be meant, the choices are given."""
    proposal = ask(analyst, question)
    assert proposal.status == "asked_back"
    assert len(proposal.choices) == choices


def test_what_the_question_left_open_is_told(analyst: Analyst) -> None:
    """Season, season type, totals and qualifiers that were assumed are stated."""
    assumed = " ".join(ask(analyst, "most points").assumptions)
    assert "2025-26 season, the newest" in assumed
    assert "regular season" in assumed
    assert "total" in assumed
    assert "at least 3 games" in " ".join(ask(analyst, "who leads in ppg").assumptions)
    assert ask(analyst, "most total points in the 2025-26 regular season").assumptions == ()


def test_measures_are_defined(analyst: Analyst) -> None:
    """An answer carries the definition of its measure."""
    assert ask(analyst, "ada test true shooting").definitions[0].startswith("True shooting percentage: TS% =")


def test_examples_belong_to_their_families(league: DuckDBWarehouse) -> None:
    """The question that a refusal offers is one that its family takes completely."""
    names = Names.of(league)
    for family in FAMILIES:
        taking = Taking(Reading.of(family.example.replace("jokic", "ada test"), names))
        assert family.match(taking) is not None, family.example
        assert taking.left == [], family.example
