"""What must not change an answer: other words, assumptions spelled out, another name for a player."""

from pathlib import Path

import pytest

from nba_mcp_synthesis.analyst.analyst import Analyst
from nba_mcp_synthesis.facts import Proposal, Question
from nba_mcp_synthesis.schema.arrow import to_arrow
from nba_mcp_synthesis.sources.base import Batch
from nba_mcp_synthesis.sources.base import Reading as Loaded
from nba_mcp_synthesis.warehouse.duckdb_engine import DuckDBWarehouse
from nba_mcp_synthesis.warehouse.loading import load_demo
from small_league import analyst_of, reading

PARAPHRASES = [
    (
        "most points",
        "who scored the most points",
        "who has the most points",
        "points leader",
        "MOST POINTS??",
    ),
    ("ada test ppg", "points per game of ada test", "how many points does Ada Test average", "Ada's ppg"),
    ("ada test rebounds", "how many rebounds did ada test grab", "Ada Test's boards", "rebounds by ada test"),
    ("lakers record", "what is the record of the lakers", "LAL record", "the lakers' win-loss record"),
    ("celtics road record", "celtics record on the road", "boston celtics away record", "record of bos away"),
    ("top 2 in scoring", "top two scorers", "2 best scorers", "who are the top 2 in ppg"),
    ("who led the lakers in points", "lakers points leader", "most points on the lakers"),
    ("lakers vs celtics head to head", "lakers celtics h2h", "season series lakers vs celtics"),
    (
        "lakers celtics score on 11/2",
        "score of lakers vs celtics on november 2",
        "final score bos lal nov 2nd",
    ),
    ("lakers last game score", "what was the score of the lakers' last game"),
]
SPELLED_OUT = [
    ("most points", "most total points in the 2025-26 regular season"),
    ("ada test ppg", "ada test ppg in the 2025-26 regular season"),
    ("lakers record", "lakers record this season in the regular season"),
    ("west standings", "west standings 2025-26"),
    ("which team had the best record", "which team had the best record in the 2025-26 regular season"),
]


def ask(analyst: Analyst, text: str) -> Proposal:
    """What the analyst says."""
    return analyst.propose(Question("q", text))


@pytest.mark.parametrize("questions", PARAPHRASES, ids=lambda questions: questions[0])
def test_paraphrases_have_one_answer(analyst: Analyst, questions: tuple[str, ...]) -> None:
    """Word order, case, spelling and synonyms do not change what is claimed."""
    proposals = [ask(analyst, text) for text in questions]
    assert [p.status for p in proposals] == ["answered"] * len(questions), [p.text for p in proposals]
    claims = [{(c.entity, c.measure, c.value) for c in p.claims} for p in proposals]
    assert claims == [claims[0]] * len(questions)


@pytest.mark.parametrize(("short", "spelled_out"), SPELLED_OUT)
def test_adding_what_was_assumed_changes_nothing(analyst: Analyst, short: str, spelled_out: str) -> None:
    """Season and type that were assumed give the same answer when they are said."""
    assert ask(analyst, short).text == ask(analyst, spelled_out).text


def test_renaming_a_player_renames_the_answer(analyst: Analyst, tmp_path: Path) -> None:
    """Answers come from the data: under another name the same player has the same figures."""
    loaded = reading()
    renamed = tuple(_renamed(batch) if batch.table == "players" else batch for batch in loaded.batches)
    path = tmp_path / "renamed.duckdb"
    load_demo(path, [("renamed", Loaded("demo", renamed, loaded.rows_read, simulated=True))])
    other = analyst_of(DuckDBWarehouse(path))
    for text in ("{} ppg", "most points", "top 3 in rebounds", "{} and ben test points"):
        before = ask(analyst, text.format("cid sample"))
        after = ask(other, text.format("cora quirk"))
        assert after.text == before.text.replace("Cid Sample", "Cora Quirk")
        assert after.status == "answered"


def _renamed(batch: Batch) -> Batch:
    rows = batch.rows.to_pylist()
    names = ["Cora Quirk" if row["full_name"] == "Cid Sample" else row["full_name"] for row in rows]
    return Batch(
        "players", to_arrow("players", {"player_id": [r["player_id"] for r in rows], "full_name": names})
    )
