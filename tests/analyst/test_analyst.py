"""The analyst on a league small enough to check by hand."""

import pytest

from nba_mcp_synthesis.analyst.analyst import FAMILIES, Analyst
from nba_mcp_synthesis.analyst.examples import near_to
from nba_mcp_synthesis.analyst.families.family import Family
from nba_mcp_synthesis.analyst.reading import Reading
from nba_mcp_synthesis.analyst.settling import frame_of
from nba_mcp_synthesis.analyst.who import set_opponents
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
    "second most points": f"2nd most points {IN}: Ada Test 200.",
    "top 2 in scoring": (
        f"Cid Sample led the league with 73.3 points per game {IN}. 1. Cid Sample 73.3, 2. Ada Test 66.7."
    ),
    "most rebounds": f"Most rebounds {IN}: Ada Test 3, Ben Test 3, Cid Sample 3 and Dag Sample 3.",
    "who led the lakers in points": f"Most points for the Los Angeles Lakers {IN}: Ada Test 200.",
    "most points in the east": f"Most points in the East {IN}: Cid Sample 220.",
    "which team scored the fewest points per game": f"Fewest points per game {IN}: Boston Celtics 106.7.",
    "which team had the most road wins": f"Most wins on the road {IN}: Boston Celtics 1.",
    "ada test ppg": f"Ada Test averaged 66.7 points per game {IN}.",
    "ada test assists": f"Ada Test had 1 assist {IN}.",
    "ben test games played": f"Ben Test played 3 games {IN}.",
    "cid sample rebounds and assists": f"Cid Sample had 3 rebounds and 3 assists {IN}.",
    "ada test ppg and rebounds": f"Ada Test averaged 66.7 points per game and 1.0 rebounds per game {IN}.",
    "ada test points and fg%": f"Ada Test had 200 points and a field goal percentage of 50.0 % {IN}.",
    "ada test and ben test points": f"Ada Test had 200 points; Ben Test had 125 points {IN}.",
    "lakers points scored and allowed": f"The Los Angeles Lakers had 325 points and allowed 320 points {IN}.",
    "best winning percentage": (
        f"The Los Angeles Lakers led the league with a winning percentage of 66.7 % {IN}."
    ),
    "lakers record": f"The Los Angeles Lakers went 2-1 {IN}.",
    "lakers record when they score 100": f"The Los Angeles Lakers went 2-0 with 100 or more points {IN}.",
    "lakers last 2 games record": f"The Los Angeles Lakers went 1-1 over the last 2 games {IN}.",
    "celtics road record": f"The Boston Celtics went 1-2 on the road {IN}.",
    "lakers vs celtics head to head": (
        f"The Los Angeles Lakers went 2-1 and the Boston Celtics 1-2 in their games {IN}."
    ),
    "how many games did the lakers win by 5 or more": (
        f"The Los Angeles Lakers had 1 game with a winning margin of 5 or more {IN}."
    ),
    "lakers celtics score on 11/2": (
        "Final score: Boston Celtics 101, Los Angeles Lakers 95 on November 2, 2025."
    ),
    "lakers last game score": (
        "Final score: Los Angeles Lakers 120, Boston Celtics 119 on November 3, 2025."
    ),
    "who won lakers vs celtics on november 3 2025 and by how much": (
        "The Los Angeles Lakers won by 1 point against the Boston Celtics on November 3, 2025: "
        "Los Angeles Lakers 120, Boston Celtics 119."
    ),
    "highest scoring game": (
        f"Most points of both teams together {IN}: Los Angeles Lakers and Boston Celtics with 239 points on "
        "November 3, 2025 (Boston Celtics 119, Los Angeles Lakers 120)."
    ),
    "most points by a team over any 2 game span": (
        f"Most points over 2 games in a row {IN}: Boston Celtics 220 (November 2, 2025 to November 3, 2025)."
    ),
    "which team had the best record": f"Best record {IN}: Los Angeles Lakers 2-1.",
    "what seed were the celtics": f"The Boston Celtics were 1st in the East with 1-2 {IN}.",
    "west standings": f"The West {IN}: 1. Los Angeles Lakers 2-1.",
    "what is true shooting": "True shooting percentage: TS% = points / (2 x (field goal attempts + 0.44 x "
    "free throw attempts)).",
}


@pytest.mark.parametrize(("question", "text"), ANSWERS.items())
def test_answers_in_words(analyst: Analyst, league: DuckDBWarehouse, question: str, text: str) -> None:
    """Each kind of question is answered in a sentence whose every number its queries return."""
    proposal = ask(analyst, question)
    assert (proposal.status, proposal.text) == ("answered", text)
    assert verify(proposal, league.query).failures == ()
    assert proposal.rows
    assert proposal.claims or question.startswith("what is")


# What is asked besides a question that could be answered, and the words that must be named for it.
CONDITIONS = {
    "most points in a season": "in a season",
    "most points not ada test": "not",
    "lakers record except november": "except",
    "ada test points \u51b0": "\u51b0",
    "ada test points with a broken hand": "broken",
    "ada test points in double-doubles": "in double-doubles",
    "ada test points from free throws": "from free throws",
    "most points in boston": "boston",
    "top 2 scorers on the worst team": "worst team",
    "who led the best team in scoring": "best team",
    "lakers record in the rain": "rain",
    "ada test points in the second half of the season": "in the second half of the season",
    "ada test points after halftime": "halftime",
    "lakers head to head celtics since halloween": "halloween",
}


@pytest.mark.parametrize(("question", "named"), CONDITIONS.items())
def test_no_condition_is_ignored(analyst: Analyst, question: str, named: str) -> None:
    """A question with anything that is not answered for is refused, and the refusal names it."""
    proposal = ask(analyst, question)
    assert proposal.status == "refused"
    assert f'"{named}"' in proposal.text or f'{named}"' in proposal.text
    assert proposal.claims == ()


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("who won mvp", "Awards are not in the data."),
        ("will the lakers win tomorrow", "Forecasts are not in the data"),
        ("how much does ada test earn", "Salaries and contracts are not in the data."),
        ("who is better ada test or ben test", "opinion"),
        ("lakers record in 2003-04", "2003-04 regular season is not loaded"),
        ("ada test ppg last season", "2024-25"),
        ("lakers record in the playoffs", "No playoffs is loaded"),
        ("lakers celtics score on november 9", "No such game"),
        ("lakers celtics score on november 2 2024", "2024-25"),
        ("box score of lakers celtics november 2", "its box score is not"),
        ("michael test points", "michael"),
        ("fewest points", "hardly played"),
        ("most wins by a player", "cannot be told for a player"),
        ("lakers free throw percentage", "nothing loaded that gives"),
        ("most and fewest points", "both ends"),
        ("hello", "cannot answer"),
        ("lakers", "cannot answer this kind of question"),
    ],
)
def test_refusals_say_why(analyst: Analyst, question: str, reason: str) -> None:
    """What is not loaded, or makes no sense, is refused in plain words."""
    proposal = ask(analyst, question)
    assert proposal.status == "refused"
    assert reason in proposal.text


def test_a_refusal_offers_a_question_about_the_same_player(analyst: Analyst) -> None:
    """What is offered is about whom was asked, and can be answered."""
    offered = ask(analyst, "ada test points under water").text.rpartition('answer: "')[2].rstrip('".')
    assert "Ada Test" in offered
    assert ask(analyst, offered).status == "answered"


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


def test_how_a_question_was_read_is_explained(analyst: Analyst) -> None:
    """Every answer and refusal names the family, what each word was taken for, and what was asked."""
    told = ask(analyst, "ada test ppg").explained
    assert "'ppg' as measures" in told[-2]
    assert "pts_per_game of players" in told[-1]
    assert "but that leaves 'under'" in " ".join(ask(analyst, "most points under water").explained)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_examples_belong_to_their_families(league: DuckDBWarehouse, family: Family) -> None:
    """The question that a refusal offers is one that its family takes completely."""
    names = Names.of(league)
    example = near_to(family.example, Reading.of("ada test, ben test, lakers and celtics", names).tokens)
    frame = frame_of(example, Reading.of(example, names).tokens)
    set_opponents(frame)
    assert family.fits(frame), example
    assert frame.beyond(family.uses) == [], example
